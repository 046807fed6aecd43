"""Indexes for the round: a day's permits in the order of their numbers, and the latest acts."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the register stays open while the indexes are built

    dependencies = [("people", "0001_tables"), ("permits", "0004_said_again")]

    operations = [
        AddIndexConcurrently(
            model_name="permit",
            index=models.Index(fields=["window_opens", "id"], name="permits_permit_opens"),
        ),
        AddIndexConcurrently(
            model_name="permit",
            index=models.Index(fields=["suspended_from", "id"], name="permits_permit_lapses"),
        ),
        AddIndexConcurrently(
            model_name="permit",
            index=models.Index(fields=["ends_on", "id"], name="permits_permit_end"),
        ),
        AddIndexConcurrently(
            model_name="permitaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["recorded_at"], name="permits_action_recorded", autosummarize=True
            ),
        ),
        RemoveIndexConcurrently(model_name="permit", name="permits_permit_window"),
        RemoveIndexConcurrently(model_name="permit", name="permits_permit_suspended"),
        RemoveIndexConcurrently(model_name="permit", name="permits_permit_ends"),
    ]
