"""Permits that the calendar has brought somewhere, found by set-based queries.

What is found is what was so at the beginning of each day (00:00 in Shenzhen): a permit that
somebody acted on later is left out here, and looked at one by one through `acted_on`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from django.db import connection, transaction

from juzhu.domain.permit import Action, ActionKind, CancelReason
from juzhu.modules.permits.contracts import Acted, DaysAhead, Mark, PermitDays, Recorded

ROWS_AT_ONCE: Final = 2_000
COLUMNS: Final = ("window_opens", "suspended_from", "ends_on")

# Acts that came with the permit itself are no acts on it.
_ACTED: Final = """
    SELECT FROM permits_permitaction a WHERE a.permit_id = p.id AND a.kind <> 'issued'
    AND a.occasion NOT LIKE 'legacy%%' AND a.recorded_at >= {since}
"""
_FIELDS: Final = "p.id, p.number, p.person_id, p.window_opens, p.suspended_from, p.ends_on"

# An open case holds the permit (ends_on is null): nothing is due meanwhile.
_REACHED: Final = """
SELECT mark.name, mark.day, {fields} FROM unnest(%s::text[], %s::date[], %s::date[])
    AS mark (name, value, day) JOIN permits_permit p ON p.{column} = mark.value
WHERE p.id BETWEEN %s AND %s AND p.known_since < mark.day AND p.ends_on {still} mark.day
AND NOT EXISTS ({acted})
"""
_MIDNIGHT: Final = "mark.day::timestamp AT TIME ZONE 'Asia/Shanghai'"

_NEWCOMERS: Final = """
SELECT p.known_since, {fields} FROM permits_permit p
WHERE p.id BETWEEN %s AND %s AND p.known_since >= %s AND p.window_opens <= p.known_since
AND p.ends_on > p.known_since AND NOT EXISTS ({acted})
"""

_ACTED_ON: Final = """
WITH acted AS MATERIALIZED (
    SELECT DISTINCT permit_id FROM permits_permitaction
    WHERE recorded_at >= %s AND permit_id BETWEEN %s AND %s
    AND kind <> 'issued' AND occasion NOT LIKE 'legacy%%'
)
SELECT p.id, p.number, p.person_id, a.recorded_at, a.kind, a.effective_on, a.reason
FROM acted JOIN permits_permit p ON p.id = acted.permit_id
JOIN permits_permitaction a ON a.permit_id = p.id
ORDER BY p.id, a.recorded_at, a.id
"""
_AHEAD: Final = """
SELECT window_opens, suspended_from, ends_on, count(*) FROM permits_permit
WHERE ends_on > %(on)s AND (window_opens BETWEEN %(on)s AND %(until)s
    OR suspended_from BETWEEN %(on)s AND %(until)s OR ends_on BETWEEN %(on)s AND %(until)s)
GROUP BY window_opens, suspended_from, ends_on
"""


def reached(
    marks: Sequence[Mark], *, column: str, first_id: int, last_id: int
) -> Iterator[tuple[Mark, PermitDays]]:
    """Yield the permits on whose `column` a mark stands, as a stream; inside a transaction.

    Args:
        marks: which value of the column means what, and on which day.
        column: one of `COLUMNS`.
        first_id: first number looked at.
        last_id: last number looked at.

    """
    if column not in COLUMNS:
        raise ValueError(f"{column} is none of {COLUMNS}")
    sql = _REACHED.format(
        fields=_FIELDS,
        column=column,
        still=">=" if column == "ends_on" else ">",
        acted=_ACTED.format(since=_MIDNIGHT),
    )
    values = [
        [mark.name for mark in marks],
        [mark.value for mark in marks],
        [mark.day for mark in marks],
    ]
    by_key = {(mark.name, mark.day): mark for mark in marks}
    for name, day, *days in _stream(sql, [*values, first_id, last_id]):
        yield by_key[name, day], PermitDays(*days)


def newcomers(*, since: date, first_id: int, last_id: int) -> Iterator[tuple[date, PermitDays]]:
    """Yield permits first known from `since` on that were past their window's opening then.

    With each goes the day on which the register learnt of it.
    """
    sql = _NEWCOMERS.format(fields=_FIELDS, acted=_ACTED.format(since="p.known_since"))
    for known_since, *days in _stream(sql, [first_id, last_id, since]):
        yield known_since, PermitDays(*days)


def acted_on(*, since: datetime, first_id: int, last_id: int) -> Iterator[Acted]:
    """Yield the permits somebody acted on since `since`, with all that was ever recorded."""
    yield from _grouped(_stream(_ACTED_ON, [since, first_id, last_id]))


def _grouped(rows: Iterator[tuple[Any, ...]]) -> Iterator[Acted]:
    for (permit_id, number, person_id), group in groupby(rows, key=lambda row: row[:3]):
        acts = tuple(
            Recorded(
                at,
                Action(ActionKind(kind), on, CancelReason(reason) if reason else None),
            )
            for _, _, _, at, kind, on, reason in group
        )
        yield Acted(permit_id, number, person_id, acts)


def _stream(sql: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield rows by a cursor in the database: memory stays bounded, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def ahead(*, on: date, until: date) -> DaysAhead:
    """Count what the days from `on` through `until` will bring if nothing happens."""
    windows: dict[date, int] = {}
    lapses: dict[date, int] = {}
    ends: dict[date, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # it may read the whole register
        cursor.execute(_AHEAD, {"on": on, "until": until})
        for opens, suspended_from, ends_on, count in cursor.fetchall():
            for days, day, is_due in (
                (windows, opens, ends_on > opens),
                (lapses, suspended_from, ends_on > suspended_from),
                (ends, ends_on, ends_on > suspended_from),
            ):
                if is_due and on <= day <= until:
                    days[day] = days.get(day, 0) + count
    return DaysAhead(windows, lapses, ends)
