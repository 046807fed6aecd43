"""Reading the ledger."""

from dataclasses import replace
from datetime import datetime

from django.utils.timezone import localtime

from juzhu.modules.audit.contracts import LookView, Purpose
from juzhu.modules.audit.models import Entry


def looks(person_id: int, since: datetime) -> list[LookView]:
    """Return who looked at this person's data since that instant, newest first.

    Every look is a row of its own in the ledger; looks that differ in nothing but the minute are
    told together, one line a day. The person's own signing in is not a look by somebody else and
    is left out.
    """
    rows = (
        Entry.objects.filter(person_id=person_id, at__gte=since)
        .exclude(purpose=Purpose.SIGN_IN)
        .order_by("-at", "-id")
    )
    told: dict[tuple[object, ...], LookView] = {}
    for row in rows:
        same = (localtime(row.at).date(), row.actor, row.purpose, row.fields, row.occasion)
        first = told.get(same)
        told[same] = replace(first, times=first.times + 1) if first else _view(row)
    return list(told.values())


def _view(row: Entry) -> LookView:
    return LookView(
        at=row.at,
        who=row.actor,
        purpose=Purpose(row.purpose),
        fields=tuple(name for name in row.fields.split(",") if name),
        occasion=row.occasion,
    )
