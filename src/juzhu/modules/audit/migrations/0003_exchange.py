"""Looks of departments: legal basis, confidential until a day, of people not in the register."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name="entry", name="person_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="entry", name="subject", field=models.BinaryField(max_length=32, null=True)
        ),
        migrations.AddField(
            model_name="entry",
            name="basis",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="entry", name="visible_from", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("subject__isnull", False)),
                fields=["subject", "-at"],
                name="audit_entry_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("person_id__isnull", False), ("subject__isnull", False), _connector="OR"
                ),
                name="audit_entry_about_somebody",
            ),
        ),
    ]
