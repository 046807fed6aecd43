"""A small index by time for the dashboard: rows come in the order of time, so ranges will do."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Adds a BRIN index, some kilobytes even over years."""

    dependencies = [("cases", "0004_cards")]

    operations = [
        migrations.AddIndex(
            "case", BrinIndex(fields=["accepted_on"], name="cases_case_time", autosummarize=True)
        ),
    ]
