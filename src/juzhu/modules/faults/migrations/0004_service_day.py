"""What one day of the service was like."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the public record of the service."""

    dependencies = [("faults", "0003_outages")]

    operations = [
        migrations.CreateModel(
            name="ServiceDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("silent_minutes", models.PositiveIntegerField(db_default=0, default=0)),
                ("errors", models.PositiveIntegerField(db_default=0, default=0)),
            ],
        ),
    ]
