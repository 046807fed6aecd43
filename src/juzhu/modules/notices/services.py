"""Writing messages and noting what became of them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from juzhu.modules import queue
from juzhu.modules.notices.contracts import Delivery, Occasion
from juzhu.modules.notices.models import Message


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
) -> None:
    """Write a message and, when it is due, the job that sends it; call inside a transaction.

    Args:
        person_id: to whom.
        occasion: which text.
        subject: what makes it once for this person and occasion.
        values: what the text is filled with; no identifier.
        phone: where to, None for the inbox only.
        at: when it is written.
        case_number: the case it is about, if any.
        due_on: a later day on which it is due; None for now.

    """
    later = due_on is not None and due_on > at.date()
    delivery = Delivery.SCHEDULED if later else Delivery.QUEUED if phone else Delivery.NO_PHONE
    row = Message.objects.create(
        person_id=person_id,
        occasion=occasion,
        subject=subject,
        case_number=case_number,
        values=dict(values),
        written_at=at,
        due_on=due_on or at.date(),
        delivery=delivery,
        phone=phone,
    )
    if delivery is Delivery.QUEUED:
        queue.defer(queue.DELIVER_MESSAGE, message_id=row.pk)


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


def mark_sent(message_id: int, *, gateway_number: str, at: datetime) -> None:
    """Note that the gateway has taken the message."""
    Message.objects.filter(pk=message_id, delivery=Delivery.QUEUED).update(
        delivery=Delivery.SENT, gateway_number=gateway_number, sent_at=at
    )


def mark_failed(message_id: int) -> None:
    """Note that the gateway will never take the message; it stays in the inbox."""
    Message.objects.filter(pk=message_id, delivery=Delivery.QUEUED).update(delivery=Delivery.FAILED)


@transaction.atomic
def release_due(*, on: date, at: datetime, limit: int) -> int:
    """Queue up to `limit` scheduled messages whose day has come; return how many.

    Safe to repeat and to run on many machines: each message leaves SCHEDULED once.
    """
    rows = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(delivery=Delivery.SCHEDULED, due_on__lte=on)
        .order_by("due_on", "pk")[:limit]
    )
    for row in rows:
        row.delivery = Delivery.QUEUED if row.phone else Delivery.NO_PHONE
        row.written_at = at
        row.save(update_fields=("delivery", "written_at"))
        if row.phone:
            queue.defer(queue.DELIVER_MESSAGE, message_id=row.pk)
    return len(rows)
