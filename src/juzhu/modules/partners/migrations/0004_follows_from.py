"""From which place on the feed tells a partner of a person; those known so far begin anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_noted_at")]

    operations = [
        migrations.RemoveIndex(model_name="known", name="partners_known_new"),
        migrations.RemoveField(model_name="known", name="introduced"),
        migrations.AddField(
            model_name="known",
            name="follows_from",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="known",
            index=models.Index(
                condition=models.Q(("follows_from__isnull", True)),
                fields=["partner"],
                name="partners_known_new",
            ),
        ),
    ]
