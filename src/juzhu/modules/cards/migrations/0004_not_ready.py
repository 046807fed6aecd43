"""Every staff page counts the cards that are late: they get an index of their own."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("cards", "0003_patience"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                condition=models.Q(("state__in", ("ordered", "in_production", "made", "on_way"))),
                fields=["due_on", "id"],
                name="cards_not_ready",
            ),
        ),
    ]
