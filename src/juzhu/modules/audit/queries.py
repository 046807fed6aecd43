"""Reading the ledger."""

from datetime import datetime

from juzhu.modules.audit.contracts import LookView, Purpose
from juzhu.modules.audit.models import Entry


def looks(person_id: int, since: datetime) -> list[LookView]:
    """Return who looked at this person's data since that instant, newest first.

    The person's own signing in is not a look by somebody else and is left out.
    """
    rows = (
        Entry.objects.filter(person_id=person_id, at__gte=since)
        .exclude(purpose=Purpose.SIGN_IN)
        .order_by("-at", "-id")
    )
    return [
        LookView(
            at=row.at,
            who=row.actor,
            purpose=Purpose(row.purpose),
            fields=tuple(name for name in row.fields.split(",") if name),
            occasion=row.occasion,
        )
        for row in rows
    ]
