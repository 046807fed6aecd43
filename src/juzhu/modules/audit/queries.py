"""Reading the ledger as the person it is about may read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localtime

from juzhu.modules.audit.contracts import (
    DataSubject,
    LookPage,
    LookTotals,
    LookView,
    Place,
    Purpose,
)

PAGE: Final = 200
"""Entries on one page at most, before those of a day that are alike are told together."""

_COLUMNS: Final = "id, at, actor, purpose, fields, occasion, basis, visible_from"
_WHOSE: Final = (
    "person_id = %(person)s",
    "subject = %(digest)s AND person_id IS DISTINCT FROM %(person)s",
)
# The person's own signing in is no look by somebody else. What the law keeps confidential is
# neither shown nor counted until its time.
_SEEN: Final = """
SELECT {what} FROM audit_entry WHERE {whose} AND purpose <> 'sign_in'
    AND (visible_from IS NULL OR visible_from <= %(now)s) AND {more}
"""
_TOTALS: Final = "SELECT count(*), array_agg(DISTINCT actor) FROM ({parts}) seen"
_Row = tuple[int, datetime, str, str, str, str, str, datetime | None]


def page_of_looks(
    whose: DataSubject, *, at: datetime, before: Place | None, size: int = PAGE
) -> LookPage:
    """Return looks from before a place, newest first; None begins at the newest.

    Every look is an entry of its own; those of one day that differ in nothing but the minute are
    told together. A page ends with a day where it can, so that a day is told on one page.
    """
    more = "at <= %(until)s AND (at, id) < (%(until)s, %(number)s)" if before else "true"
    tail = "ORDER BY at DESC, id DESC LIMIT %(size)s"
    parts = " UNION ALL ".join(f"({part} {tail})" for part in _parts(_COLUMNS, more))
    until, number = before or (None, None)
    rows: list[_Row] = _read(
        f"{parts} {tail}", whose, at, until=until, number=number, size=size + 1
    )
    last = len(rows) > size
    kept = _whole_days(rows[:size], rows[size]) if last else rows
    return LookPage(_told(kept), (kept[-1][1], kept[-1][0]) if last else None)


def times(person_ids: Sequence[int], *, since: datetime) -> dict[tuple[int, str, str], int]:
    """Return how often each actor looked at those persons since then, for each purpose.

    Args:
        person_ids: our numbers of the persons.
        since: the first instant that counts; today's first, so that few rows are read.

    Returns:
        by (person, actor, purpose); what never happened is left out.

    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, actor, purpose, count(*) FROM audit_entry"
            " WHERE person_id = ANY(%s::bigint[]) AND at >= %s GROUP BY 1, 2, 3",
            [list(person_ids), since],
        )
        return {(person, actor, purpose): n for person, actor, purpose, n in cursor.fetchall()}


def look_numbered(whose: DataSubject, number: int, *, at: datetime) -> LookView | None:
    """Return one look; None when it is somebody else's, confidential, or no look."""
    parts = " UNION ALL ".join(_parts(_COLUMNS, "id = %(number)s"))
    told = _told(_read(parts, whose, at, number=number))
    return told[0] if told else None


def totals(whose: DataSubject, *, since: datetime, at: datetime) -> LookTotals:
    """Return how many looks there were since then, and by whom."""
    parts = " UNION ALL ".join(_parts("actor", "at >= %(since)s"))
    statement = _TOTALS.format(parts=parts)
    [(looks, actors)] = _read(statement, whose, at, since=since)
    return LookTotals(looks, tuple(actors or ()))


def _parts(what: str, more: str) -> list[str]:
    return [_SEEN.format(what=what, whose=whose, more=more) for whose in _WHOSE]


def _read(statement: str, whose: DataSubject, at: datetime, **values: Any) -> list[Any]:
    known: dict[str, Any] = {"person": whose.person_id, "digest": whose.digest, "now": at}
    with connection.cursor() as cursor:
        cursor.execute(statement, known | values)
        return list(cursor.fetchall())


def _whole_days(rows: list[_Row], following: _Row) -> list[_Row]:
    """Leave the last day to the next page when it goes on there, unless it is the only one."""
    broken = localtime(following[1]).date()
    whole = [row for row in rows if localtime(row[1]).date() != broken]
    return whole or rows


def _told(rows: list[_Row]) -> tuple[LookView, ...]:
    alike: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        _, at, who, purpose, fields, occasion, basis, visible_from = row
        # Of a department's look the occasion is a receipt, another one each time.
        same = "" if who.startswith("partner:") else occasion
        delayed = visible_from is not None
        key = (localtime(at).date(), who, purpose, fields, same, basis, delayed)
        alike.setdefault(key, []).append(row)
    return tuple(_view(group) for group in alike.values())


def _view(group: list[_Row]) -> LookView:
    _, at, who, purpose, fields, occasion, basis, visible_from = group[0]
    return LookView(
        entry_ids=tuple(row[0] for row in group),
        at=at,
        who=who,
        purpose=Purpose(purpose),
        fields=tuple(name for name in fields.split(",") if name),
        occasion=occasion,
        basis=basis,
        delayed=visible_from is not None,
    )
