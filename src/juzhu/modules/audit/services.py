"""Writing to the ledger, always inside the transaction of the act itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.audit.models import Entry

_TYPES: Final = {
    "person_id": "bigint",
    "subject": "bytea",
    "actor": "text",
    "purpose": "text",
    "at": "timestamptz",
    "fields": "text",
    "occasion": "text",
    "note": "text",
    "basis": "text",
    "visible_from": "timestamptz",
}
"""Columns of an entry, and what they are sent as."""


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
    """Write many ledger entries in one statement; they commit or vanish with the act.

    A column in which all entries agree travels once: the thousand looks of a batch differ in two
    or three.
    """
    if not entries:
        return
    chosen, rows, once, each = [], [], [], []
    for (name, kind), values in zip(_TYPES.items(), _columns(entries), strict=True):
        if name != "person_id" and values.count(values[0]) == len(values):
            chosen.append(f"%s::{kind}")
            once.append(values[0])
        else:
            chosen.append(f"entry.{name}")
            rows.append((name, f"%s::{kind}[]"))
            each.append(_bytea_array(values) if kind == "bytea" else values)
    names, arrays = zip(*rows, strict=True)
    sql = (
        f"INSERT INTO audit_entry ({', '.join(_TYPES)}) SELECT {', '.join(chosen)}"  # noqa: S608
        f" FROM unnest({', '.join(arrays)}) AS entry({', '.join(names)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*once, *each])


def record_alike(
    person_ids: Sequence[int], *, actor: str, purpose: Purpose, at: datetime, fields: Sequence[str]
) -> None:
    """Write the same entry about each of many persons; they commit or vanish with the act."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (person_id, actor, purpose, at, fields, occasion, note)"
            " SELECT person_id, %s, %s, %s, %s, '', '' FROM unnest(%s::bigint[]) AS person_id",
            [actor, purpose.value, at, ",".join(fields), list(person_ids)],
        )


def _bytea_array(values: Sequence[bytes | None]) -> str:
    """Return a PostgreSQL array as text: the driver takes 20 us for each bytes in a list."""
    texts = ["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values]
    return "{" + ",".join(texts) + "}"


def _columns(entries: Sequence[NewEntry]) -> list[list[Any]]:
    """Return the entries column by column, in the order of `_TYPES`."""
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
