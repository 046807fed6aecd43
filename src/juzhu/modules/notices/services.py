"""Writing messages and noting what became of them."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from juzhu.modules import queue
from juzhu.modules.notices import hours, second, secrets
from juzhu.modules.notices.contracts import Delivery, NewMessage, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import edition_of

ROWS_A_STATEMENT: Final = 5_000
"""Messages written by one statement: large enough to be fast, small enough to stay in memory."""

_JSON: Final = json.JSONEncoder(ensure_ascii=False)

# In the order of the unique index, so that two rounds side by side cannot wait for each other.
_INSERT: Final = """
INSERT INTO notices_message (written_at, person_id, occasion, edition, subject, permit_number,
    "values", due_on, deadline, delivery, not_before)
SELECT %s, row.* FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::text[],
    %s::jsonb[], %s::date[], %s::date[], %s::text[], %s::timestamptz[]) AS row
    (person_id, occasion, edition, subject, permit_number, "values", due_on, deadline, delivery,
     not_before)
ORDER BY row.person_id, row.occasion, row.subject
ON CONFLICT (person_id, occasion, subject) DO NOTHING
"""


def write(
    *,
    person_id: int,
    occasion: Occasion,
    subject: str,
    values: Mapping[str, str | int],
    phone: str | None,
    at: datetime,
    case_number: str = "",
    due_on: date | None = None,
    at_screen: bool = False,
) -> None:
    """Write a message and, when its SMS is due, the job that sends it; call inside a transaction.

    The SMS goes to the number reserved when it is sent, which may be another by then.

    Args:
        person_id: to whom.
        occasion: which text.
        subject: what makes it once for this person and occasion.
        values: what the text is filled with; no identifier.
        phone: the person's number, None when there is none: then for the inbox only.
        at: when it is written.
        case_number: the case it is about, if any.
        due_on: a later day on which it is due; None for now.
        at_screen: the person has just acted and waits for it, so the phone may ring at any hour.

    """
    day = due_on or at.date()
    rings = at if at_screen else hours.next_ring(at)
    delivery = _first_state(day, at, rings)
    if phone is None and delivery is not Delivery.SCHEDULED:
        delivery = Delivery.NO_PHONE
    known, secret = secrets.parted(values)
    row = Message.objects.create(
        person_id=person_id,
        occasion=occasion,
        edition=edition_of(occasion),
        subject=subject,
        case_number=case_number,
        values=known,
        secret=secret,
        written_at=at,
        due_on=day,
        deadline=day,
        at_screen=at_screen,
        delivery=delivery,
        not_before=rings if delivery is Delivery.POSTPONED else None,
    )
    _begin(row, at)


def _begin(row: Message, at: datetime) -> None:
    """Begin a message's way: a job of its own when it is due, WeChat when there is no phone."""
    if row.delivery == Delivery.QUEUED:
        queue.defer(queue.DELIVER_MESSAGE, message_id=row.pk)
    elif row.delivery == Delivery.NO_PHONE:
        second.want([row.pk], at=at)


def write_once(
    *,
    person_id: int,
    occasion: Occasion,
    subject: str,
    values: Mapping[str, str | int],
    phone: str | None,
    at: datetime,
) -> bool:
    """Write a message unless it was written before; say whether it was new. See `write`."""
    said = Message.objects.filter(person_id=person_id, occasion=occasion, subject=subject)
    if said.exists():
        return False
    try:
        with transaction.atomic():
            write(
                person_id=person_id,
                occasion=occasion,
                subject=subject,
                values=values,
                phone=phone,
                at=at,
            )
    except IntegrityError:
        return False  # another worker was quicker by a moment
    return True


@transaction.atomic
def write_many(rows: Iterable[NewMessage], *, at: datetime) -> int:
    """Write messages in bulk and return how many were new; those said before are left alone.

    Set-based and without a job for each: the pump finds them in the order of their deadlines.
    Safe to repeat and to run side by side. `rows` is read as a stream. None of them has a secret.

    Args:
        rows: what to write.
        at: when it is written; at night the phones ring in the morning.

    """
    written, source = 0, iter(rows)
    while batch := list(islice(source, ROWS_A_STATEMENT)):
        written += _insert(batch, at)
    return written


def _insert(batch: list[NewMessage], at: datetime) -> int:
    if any(not secrets.OPEN.issuperset(row.values) for row in batch):
        raise ValueError("what is written in bulk has nothing to be sealed")
    rings = hours.next_ring(at)
    states = [
        _first_state(row.due_on, at, rings) if row.useful else Delivery.NEEDLESS for row in batch
    ]
    columns: list[list[Any]] = [
        [row.person_id for row in batch],
        [row.occasion.value for row in batch],
        [edition_of(row.occasion) for row in batch],
        [row.subject for row in batch],
        [row.permit_number for row in batch],
        [_JSON.encode(dict(row.values)) for row in batch],
        [row.due_on for row in batch],
        [row.deadline for row in batch],
        [state.value for state in states],
        [rings if state is Delivery.POSTPONED else None for state in states],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [at, *columns])
        return int(cursor.rowcount)


def _first_state(due_on: date, at: datetime, rings: datetime) -> Delivery:
    if due_on > at.date():
        return Delivery.SCHEDULED
    return Delivery.QUEUED if rings == at else Delivery.POSTPONED


@transaction.atomic
def release_due(*, on: date, at: datetime, limit: int) -> int:
    """Put up to `limit` scheduled messages whose day has come in the queue; return how many.

    Safe to repeat and to run on many machines: each message leaves SCHEDULED once.
    """
    due = (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(delivery=Delivery.SCHEDULED, due_on__lte=on)
        .order_by("due_on", "pk")[:limit]
    )
    rings = hours.next_ring(at)
    now = rings == at
    return Message.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(
        delivery=Delivery.QUEUED if now else Delivery.POSTPONED,
        not_before=None if now else rings,
        written_at=at,
    )


def silence(*, person_id: int) -> int:
    """Let nothing that waits go to a person any more; return how many messages it was."""
    waiting = (Delivery.SCHEDULED, Delivery.POSTPONED, Delivery.QUEUED)
    rows = Message.objects.filter(person_id=person_id, delivery__in=waiting)
    return rows.update(delivery=Delivery.NEEDLESS, not_before=None)
