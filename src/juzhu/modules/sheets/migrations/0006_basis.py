"""A department's legal basis is longer than an officer's occasion."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sheets", "0005_asked_by")]

    operations = [
        migrations.AlterField(
            model_name="sheet",
            name="basis",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
