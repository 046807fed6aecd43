"""Claiming messages that are due and noting each step of their way; set-based throughout.

A claim is a row in the state SENDING with an hour at which it lapses, so that what a dead worker
held is taken up again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from juzhu.modules.notices import hours, second, secrets
from juzhu.modules.notices.contracts import Claimed, Delivery, Occasion, Step
from juzhu.modules.notices.models import Message

LEASE: Final = timedelta(minutes=1)
"""How long a worker may hold a message: longer than a provider's time limit and the wait for a
database that is away (`journeys.handing_over.NOTING_SECONDS`) together."""

FIRST_QUESTION: Final = timedelta(minutes=2)
"""A receipt that has not come this long after handing over is asked for."""

WOKEN_AT_ONCE: Final = 20_000

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM notices_message
    WHERE delivery = 'queued' AND (at_screen OR %(rings)s) AND (%(only)s IS NULL OR id = %(only)s)
    ORDER BY at_screen DESC, deadline, id
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notices_message AS m
SET delivery = 'sending', not_before = %(lapses)s, attempts = attempts + 1,
    provider = CASE WHEN pinned THEN provider ELSE %(provider)s END,
    tried_at = CASE WHEN pinned OR provider = %(provider)s THEN coalesce(tried_at, %(at)s)
        ELSE %(at)s END
FROM due WHERE m.id = due.id
RETURNING m.id, person_id, occasion, edition, "values", case_number, permit_number, due_on,
    deadline, at_screen, provider, attempts, pinned, secret
"""

_WAKE: Final = """
UPDATE notices_message SET delivery = 'queued', not_before = NULL WHERE id IN (
    SELECT id FROM notices_message WHERE delivery = 'postponed' AND not_before <= %s
    ORDER BY not_before LIMIT %s FOR UPDATE SKIP LOCKED
)
"""

_NOTE: Final = """
UPDATE notices_message AS m
SET delivery = s.delivery, gateway_number = s.number, not_before = s.not_before,
    pinned = s.pinned, failure = s.failure, phone_digest = coalesce(s.phone_digest, m.phone_digest),
    sent_at = CASE WHEN s.delivery = 'handed_over' THEN %s ELSE m.sent_at END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[], %s::boolean[],
    %s::text[]) AS s (id, delivery, number, phone_digest, not_before, pinned, failure)
WHERE m.id = s.id AND m.delivery = 'sending'
"""


@transaction.atomic
def claim(*, provider: str, at: datetime, limit: int, only: int | None = None) -> list[Claimed]:
    """Take up to `limit` due messages in hand: awaited ones first, then by legal deadline.

    At night only those whose person is at the screen. No other worker gets the same ones.

    Args:
        provider: who carries messages now; one pinned to another provider stays with that.
        at: now.
        limit: how many at most.
        only: the one message to take, if it is due; None for any.

    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "rings": hours.may_ring(at),
                "only": only,
                "limit": limit,
                "lapses": at + LEASE,
                "provider": provider,
                "at": at,
            },
        )
        rows = [_claimed(row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: (not row.at_screen, row.deadline, row.id))


def _claimed(row: Sequence[Any]) -> Claimed:
    return Claimed(
        id=row[0],
        person_id=row[1],
        occasion=Occasion(row[2]),
        edition=row[3],
        values=secrets.whole(row[4], row[13]),
        case_number=row[5],
        permit_number=row[6],
        due_on=row[7],
        deadline=row[8],
        at_screen=row[9],
        provider=row[10],
        attempts=row[11],
        pinned=row[12],
    )


def note(steps: Collection[Step], *, at: datetime) -> int:
    """Note what became of claimed messages; one whose claim has lapsed is left alone."""
    columns: list[list[Any]] = [
        [step.id for step in steps],
        [step.delivery.value for step in steps],
        [step.number for step in steps],
        [step.phone_digest for step in steps],
        [step.not_before for step in steps],
        [step.pinned for step in steps],
        [step.failure.value if step.failure else "" for step in steps],
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NOTE, [at, *columns])
        noted = int(cursor.rowcount)
        second.want(columns[0], at=at)
    return noted


def wake(*, at: datetime) -> int:
    """Put postponed messages whose hour has come in the queue; return how many.

    In portions, because a million may have waited for the same morning.
    """
    woken = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAKE, [at, WOKEN_AT_ONCE])
            if cursor.rowcount == 0:
                return woken
            woken += cursor.rowcount


def take_up_lapsed(*, at: datetime, safe: Collection[str]) -> int:
    """Take up what a dead worker had in hand; return how many.

    It may have been sent. At a provider in `safe`, which takes each key once, it is sent again;
    elsewhere it is held and asked about.
    """
    lapsed = Message.objects.filter(delivery=Delivery.SENDING, not_before__lte=at)
    again = lapsed.filter(provider__in=safe).update(
        delivery=Delivery.QUEUED, not_before=None, pinned=True
    )
    held = lapsed.exclude(provider__in=safe).update(
        delivery=Delivery.HELD, not_before=at, pinned=True
    )
    return again + held


def sent_lately(
    *, person_ids: Collection[int], digests: Collection[bytes], since: datetime
) -> tuple[dict[int, int], dict[bytes, int]]:
    """Return how many SMS went out since then, to each of these persons and to each phone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, count(*) FROM notices_message "
            "WHERE person_id = ANY(%s) AND sent_at > %s GROUP BY person_id",
            [list(person_ids), since],
        )
        persons = dict(cursor.fetchall())
        cursor.execute(
            "SELECT phone_digest, count(*) FROM notices_message "
            "WHERE phone_digest = ANY(%s) AND sent_at > %s GROUP BY phone_digest",
            [list(digests), since],
        )
        phones = {bytes(digest): count for digest, count in cursor.fetchall()}
    return persons, phones
