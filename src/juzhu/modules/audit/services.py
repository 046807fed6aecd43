"""Writing to the ledger, always inside the transaction of the act itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.audit.models import Entry

RECORD_MANY: Final = """
INSERT INTO audit_entry (person_id, subject, actor, purpose, at, fields, occasion, note, basis,
                         visible_from)
SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::timestamptz[],
                     %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
"""
"""One statement for any number of entries; its parameters are `columns(entries)`."""


def record(
    *,
    person_id: int,
    actor: str,
    purpose: Purpose,
    at: datetime,
    fields: Sequence[str] = (),
    occasion: str = "",
    note: str = "",
) -> None:
    """Write one ledger entry (台账); it commits or vanishes with the act it describes.

    Args:
        person_id: whose data.
        actor: `kind:name`, e.g. `system:decision`.
        purpose: why.
        at: when.
        fields: names of what was seen.
        occasion: acceptance number or the like.
        note: outcome in one word, never personal data.

    """
    Entry.objects.create(
        person_id=person_id,
        actor=actor,
        purpose=purpose,
        at=at,
        fields=",".join(fields),
        occasion=occasion,
        note=note,
    )


def record_many(entries: Sequence[NewEntry]) -> None:
    """Write many ledger entries in one statement; they commit or vanish with the act."""
    if entries:
        with connection.cursor() as cursor:
            cursor.execute(RECORD_MANY, columns(entries))


def columns(entries: Sequence[NewEntry]) -> list[list[object]]:
    """Return the entries column by column, as `RECORD_MANY` takes them."""
    return [
        [it.person_id for it in entries],
        [it.subject for it in entries],
        [it.actor for it in entries],
        [it.purpose.value for it in entries],
        [it.at for it in entries],
        [",".join(it.fields) for it in entries],
        [it.occasion for it in entries],
        [it.note for it in entries],
        [it.basis for it in entries],
        [it.visible_from for it in entries],
    ]
