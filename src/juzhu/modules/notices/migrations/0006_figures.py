"""A small index by time for the dashboard: rows come in the order of time, so ranges will do."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Adds a BRIN index, some kilobytes even over years."""

    dependencies = [("notices", "0005_wechat")]

    operations = [
        migrations.AddIndex(
            "message",
            BrinIndex(fields=["written_at"], name="notices_message_time", autosummarize=True),
        ),
    ]
