"""Why a sheet is held: a character without a glyph, or a photograph that cannot be read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0003_misses")]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="hold",
            field=models.CharField(blank=True, default="", max_length=8),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "UPDATE sheets_sheet SET hold = 'glyph' WHERE state = 'held'",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="sheet",
            index=models.Index(
                fields=["asked_at"], condition=models.Q(state="held"), name="sheets_sheet_held"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(state="held", hold__in=["glyph", "photo"])
                | (~models.Q(state="held") & models.Q(hold="")),
                name="sheets_held_for_a_reason",
            ),
        ),
    ]
