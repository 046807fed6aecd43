"""Which officer asked for a sheet, and on which legal occasion."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0004_hold")]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="asked_by",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sheet",
            name="basis",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
    ]
