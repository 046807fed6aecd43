"""Events that are said again to one partner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("permits", "0003_events")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="only_for",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("position__isnull", False)),
                fields=["numbered_at"],
                name="permits_event_numbered",
            ),
        ),
    ]
