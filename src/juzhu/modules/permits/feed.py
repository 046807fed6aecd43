"""Writing the change feed: events with their cause, calendar events, places in the feed.

The place (`position`) is given after the commit and by one transaction at a time, so that a place
once read stays before all that come later, however long a writer takes. A sequence would not do:
it numbers before the commit, and who reads 8 has lost a 7 that commits a moment later.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from juzhu.domain.news import News

CORRECTED: Final = "corrected"
_TURN: Final = int.from_bytes(b"juzhu-nr")  # the advisory lock of those who number
_NUMBERED_AT_ONCE: Final = 10_000

_TELL: Final = """
    INSERT INTO permits_event
        (permit_id, person_id, recorded_at, kind, undoes, effective_on)
    SELECT %s, %s, %s, told.*
    FROM unnest(%s::varchar[], %s::varchar[], %s::date[]) AS told
"""

# The order makes the planner walk the index, whose dead entries it clears on the way, and never the
# table, however stale its statistics are.
_DUE: Final = "SELECT FROM permits_permit WHERE turns_on <= %s ORDER BY turns_on LIMIT 1"

# A row that a writer holds is left to the next call: the writer tells what it changes by itself.
_WRITE_DUE: Final = """
    WITH due AS (
        SELECT id, person_id, suspended_from, ends_on, coalesce(told_through, known_since) AS told
        FROM permits_permit WHERE turns_on <= %(on)s
        ORDER BY turns_on, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE permits_permit SET told_through = %(on)s FROM due WHERE permits_permit.id = due.id
    )
    INSERT INTO permits_event
        (permit_id, person_id, recorded_at, kind, undoes, effective_on)
    SELECT due.id, person_id, %(at)s, kind, '', day
    FROM due CROSS JOIN LATERAL
        (VALUES ('suspended', suspended_from), ('cancelled', ends_on)) AS turn (kind, day)
    WHERE day > told AND day <= %(on)s
        AND (kind = 'cancelled' OR ends_on IS NULL OR day < ends_on)
    ORDER BY day, due.id, kind DESC
"""

_NUMBER: Final = """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
            SELECT id FROM permits_event WHERE position IS NULL ORDER BY id LIMIT %s
        ) AS unnumbered
    ), head AS (SELECT coalesce(max(position), 0) AS position FROM permits_event)
    UPDATE permits_event
        SET position = head.position + fresh.place, numbered_at = clock_timestamp()
    FROM fresh, head WHERE permits_event.id = fresh.id
"""

_SAY_AGAIN: Final = """
    INSERT INTO permits_event
        (key, permit_id, person_id, recorded_at, kind, undoes, effective_on, only_for,
         position, numbered_at)
    SELECT key, permit_id, permits_event.person_id, recorded_at, kind, undoes, effective_on, %s,
        %s + row_number() OVER (ORDER BY position), clock_timestamp()
    FROM permits_event
    JOIN unnest(%s::bigint[], %s::timestamptz[]) AS new (person_id, since)
        ON permits_event.person_id = new.person_id AND numbered_at > new.since
    WHERE position IS NOT NULL AND only_for IS NULL AND numbered_at > %s
"""

_FORGET: Final = """
    DELETE FROM permits_event WHERE position IN (
        SELECT position FROM permits_event
        WHERE position < (SELECT max(position) FROM permits_event) ORDER BY position LIMIT %s
    ) AND recorded_at < %s
"""


def tell(*, permit_id: int, person_id: int, told: Sequence[News], at: datetime) -> None:
    """Write events in the transaction of their cause; one statement, none if there are none."""
    if not told:
        return
    rows = [
        (CORRECTED, turn.kind.value, turn.on) if undone else (turn.kind.value, "", turn.on)
        for turn, undone in told
    ]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [permit_id, person_id, at, *map(list, zip(*rows, strict=True))])


def tell_number_corrected(*, permit_id: int, person_id: int, on: date, at: datetime) -> None:
    """Write that the holder's citizen number was corrected; no event is taken back."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [permit_id, person_id, at, [CORRECTED], [""], [on]])


def say_again(*, partner_id: int, people: Sequence[tuple[int, datetime]]) -> int:
    """Append, for one partner, the events of each person that got their places since an instant.

    They get their places at once, before anything that is still without one: an act's events never
    change their order. Call inside a transaction.

    Returns:
        the newest place before them.

    """
    person_ids, since = map(list, zip(*people, strict=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        cursor.execute("SELECT coalesce(max(position), 0) FROM permits_event")
        head = int(cursor.fetchone()[0])
        cursor.execute(_SAY_AGAIN, [partner_id, head, person_ids, since, min(since)])
    return head


def write_due(*, on: date, at: datetime, limit: int) -> int:
    """Write what the calendar brought to at most `limit` permits by `on`; return how many events.

    A permit may owe two events, so the count may be above the limit; 0 means nothing is due.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [on])
        if cursor.fetchone() is None:
            return 0
        cursor.execute(_WRITE_DUE, {"on": on, "at": at, "limit": limit})
        return int(cursor.rowcount)


def number() -> None:
    """Give all committed events their places."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM permits_event WHERE position IS NULL)")
        if not cursor.fetchone()[0]:
            return
    while _number_some() == _NUMBERED_AT_ONCE:
        pass


@transaction.atomic
def _number_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])  # held to the commit
        cursor.execute(_NUMBER, [_NUMBERED_AT_ONCE])
        return int(cursor.rowcount)


def forget(*, before: datetime, limit: int) -> int:
    """Delete the oldest events recorded before `before`, but never the newest of all."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [limit, before])
        return int(cursor.rowcount)
