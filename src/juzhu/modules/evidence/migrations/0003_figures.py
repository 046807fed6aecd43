"""A small index by time for the dashboard: rows come in the order of time, so ranges will do."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Adds a BRIN index, some kilobytes even over years."""

    dependencies = [("evidence", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            "answer",
            BrinIndex(fields=["asked_at"], name="evidence_answer_time", autosummarize=True),
        ),
    ]
