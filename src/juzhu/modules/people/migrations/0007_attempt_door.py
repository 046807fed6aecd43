from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_former_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinattempt",
            name="door",
            field=models.CharField(db_default="face", max_length=4),
        ),
    ]
