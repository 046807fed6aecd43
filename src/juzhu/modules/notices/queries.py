"""Reading messages."""

import json
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from juzhu.modules.notices.contracts import (
    LADDER_ENDS,
    Delivery,
    MessageView,
    Occasion,
    Unreached,
)
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import english, sms

HIDDEN = (Delivery.SCHEDULED, Delivery.NEEDLESS)
LOST = (Delivery.FAILED, Delivery.HELD, Delivery.NO_PHONE)
REACHED = (Delivery.DELIVERED, Delivery.HANDED_OVER)


def inbox(person_id: int, limit: int = 50) -> list[MessageView]:
    """Return the person's messages that have come due, newest first."""
    rows = (
        Message.objects.filter(person_id=person_id)
        .exclude(delivery__in=HIDDEN)
        .order_by("-written_at", "-pk")[:limit]
    )
    return [
        MessageView(
            occasion=Occasion(row.occasion),
            text=sms(Occasion(row.occasion), _values(row), row.edition),
            text_en=english(Occasion(row.occasion), _values(row), row.edition),
            written_at=row.written_at,
            due_on=row.due_on,
            delivery=Delivery(row.delivery),
            case_number=row.case_number,
            dispute=_dispute(row),
        )
        for row in rows
    ]


def _values(row: Message) -> dict[str, str | int]:
    rest: dict[str, str | int] = json.loads(row.secret) if row.secret else {}
    known: dict[str, str | int] = row.values
    return known | rest


def _dispute(row: Message) -> int | None:
    number = row.subject.removeprefix("dispute-")
    answers = (Occasion.DISPUTE_ANSWERED, Occasion.DATA_ANSWERED)
    of_one = row.occasion in answers and number.isdecimal()
    return int(number) if of_one else None


def unreached(
    *, on: date, after: int = 0, limit: int = 500, only_new: bool = False
) -> list[Unreached]:
    """Return whom the end of a ladder did not reach and who can still act on `on`, by message.

    With `only_new` those are left out whom somebody already goes and tells (`notices.followups`).

    A cancellation stays listed for 60 days. Whoever got any later message of the same permit is
    reached, and so is whoever acted meanwhile: then the message was needless.
    """
    still = Q(deadline__gte=on) | Q(
        occasion=Occasion.CANCELLED, deadline__gte=on - timedelta(days=60)
    )
    lost = _lost().filter(still, pk__gt=after)
    if only_new:
        lost = lost.filter(follow_up__isnull=True)
    rows = lost.order_by("pk")[:limit]
    return [
        Unreached(
            message_id=row.pk,
            person_id=row.person_id,
            permit_number=row.permit_number,
            occasion=Occasion(row.occasion),
            deadline=row.deadline,
            why=row.failure or row.delivery,
        )
        for row in rows
    ]


def is_unreached(person_id: int) -> bool:
    """Say whether the newest end of a ladder did not reach this person."""
    return _lost().filter(person_id=person_id).exclude(follow_up__result="reached").exists()


def _lost() -> "QuerySet[Message]":
    later = Message.objects.filter(
        person_id=OuterRef("person_id"), due_on__gte=OuterRef("due_on"), delivery__in=REACHED
    )
    return Message.objects.filter(occasion__in=LADDER_ENDS, delivery__in=LOST).exclude(
        Exists(later.exclude(pk=OuterRef("pk")))
    )
