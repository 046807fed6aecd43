"""Values of messages that nobody may read in the rows are sealed (`notices.secrets`)."""

import json
from typing import Any

from django.db import migrations

import juzhu.modules.vault.fields

OPEN = {
    "amount",
    "answer_by",
    "cancelled_on",
    "due_on",
    "hear_by",
    "last_day",
    "number",
    "on",
    "pay_by",
    "suspended_from",
    "until",
    "valid_through",
    "window_opens",
    "yuan",
}
ROWS_AT_ONCE = 1_000


def seal(apps: Any, _editor: Any) -> None:  # Any: Django's state of the models then
    """Seal what was written before, row by row; safe to repeat."""
    messages = apps.get_model("notices", "Message").objects
    with_rest = messages.filter(occasion__in=["card_posted", "share_used"], secret__isnull=True)
    after = 0
    while rows := list(with_rest.filter(pk__gt=after).order_by("pk")[:ROWS_AT_ONCE]):
        for row in rows:
            rest = {name: row.values[name] for name in row.values if name not in OPEN}
            known = {name: row.values[name] for name in row.values if name in OPEN}
            sealed = json.dumps(rest, ensure_ascii=False) if rest else None
            messages.filter(pk=row.pk).update(values=known, secret=sealed)
        after = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notices", "0007_followups")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="secret",
            field=juzhu.modules.vault.fields.SealedTextField(null=True),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
