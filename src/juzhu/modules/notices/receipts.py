"""What providers say became of messages: receipts in, questions out, and how fast each carries."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, F, Q

from juzhu.modules.notices import second, services
from juzhu.modules.notices.contracts import Asked, Delivery, Failure, Occasion
from juzhu.modules.notices.failover import SLOW, WATCHED, Traffic, choose
from juzhu.modules.notices.models import Carrier, Message
from juzhu.modules.notices.sending import FIRST_QUESTION
from juzhu.modules.people import services as people
from juzhu.ports.sms import Fate, Receipt

ASKED_AT: Final = (
    FIRST_QUESTION,
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
"""Ages at which a message without a receipt is asked about; after the last, none will come."""

BELIEVED_LOST: Final = timedelta(hours=1)
"""Only this long after the attempt is "never heard of it" believed: an answer may be late."""

_OPEN: Final = (Delivery.SENDING, Delivery.HANDED_OVER, Delivery.HELD)
_FAILURES: Final = {
    Fate.UNREACHABLE: Failure.UNREACHABLE,
    Fate.NO_SUBSCRIBER: Failure.NO_SUBSCRIBER,
}


@transaction.atomic
def note_receipts(receipts: Sequence[Receipt], *, provider: str, at: datetime) -> list[Receipt]:
    """Note receipts of one provider and return those that belong to no message known yet.

    A receipt is believed when number or key is of a message that this provider was given and the
    phone, if it names one, is the one it went to. A repeated one changes nothing. A number that is
    nobody's is doubted from then on.
    """
    unknown = []
    for receipt in receipts:
        message = _message_of(receipt, provider)
        if message is None:
            unknown.append(receipt)
            continue
        if not receipt.phone or _digest(receipt.phone) == bytes(message.phone_digest or b""):
            _note(message, receipt, at)
    return unknown


def _message_of(receipt: Receipt, provider: str) -> Message | None:
    rows = Message.objects.select_for_update(of=("self",)).filter(provider=provider)
    found = None
    if receipt.number:
        found = rows.filter(gateway_number=receipt.number).first()
    prefix, _, number = receipt.key.rpartition("-")
    if found is None and prefix == "message" and number.isdecimal():
        found = rows.filter(pk=int(number)).first()
    return found


def _digest(phone: str) -> bytes:
    return people.phone_digest_of(phone)


def _note(message: Message, receipt: Receipt, at: datetime) -> None:
    late = message.delivery == Delivery.FAILED and message.failure != Failure.REFUSED
    if message.delivery not in _OPEN and not (late and receipt.fate is Fate.DELIVERED):
        return
    held = message.delivery == Delivery.HELD
    match receipt.fate:
        case Fate.DELIVERED:
            message.delivery, message.failure, message.not_before = Delivery.DELIVERED, "", None
            message.delivered_at = min(receipt.at or at, at)
        case Fate.UNREACHABLE | Fate.NO_SUBSCRIBER as fate:
            message.delivery, message.failure = Delivery.FAILED, _FAILURES[fate]
            message.not_before = None
        case Fate.PENDING if held:
            message.delivery = Delivery.HANDED_OVER
        case Fate.NOT_TAKEN if held and at - (message.tried_at or at) >= BELIEVED_LOST:
            # The provider itself says it never had it: it may be sent again, by anyone.
            message.delivery, message.pinned, message.not_before = Delivery.QUEUED, False, None
        case _:
            return
    if receipt.number:
        message.gateway_number = receipt.number
        message.sent_at = message.sent_at or message.tried_at
    message.save()
    second.want([message.pk], at=at)
    if receipt.fate is Fate.NO_SUBSCRIBER and message.phone_digest:
        doubt(person_id=message.person_id, digest=bytes(message.phone_digest), at=at)


def doubt(*, person_id: int, digest: bytes, at: datetime) -> None:
    """Use the number with this digest no more, and tell the person in the inbox, once."""
    if people.doubt_phone(person_id=person_id, digest=digest, at=at):
        services.write(
            person_id=person_id,
            occasion=Occasion.PHONE_DOUBTED,
            subject=f"phone-{at:%Y%m%dT%H%M%S}",
            values={},
            phone=None,
            at=at,
        )


@transaction.atomic
def to_ask(*, at: datetime, limit: int) -> list[Asked]:
    """Return messages whose fate is to be asked for, and set the hour of the next question.

    Asked too often without an answer, a message is held for good with that reason.
    """
    rows = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(delivery__in=(Delivery.HANDED_OVER, Delivery.HELD), not_before__lte=at)
        .order_by("not_before")[:limit]
    )
    for row in rows:
        tried_at = row.tried_at or at
        row.not_before = next((tried_at + age for age in ASKED_AT if tried_at + age > at), None)
        if row.not_before is None:
            row.delivery, row.failure = Delivery.HELD, Failure.NO_ANSWER
    Message.objects.bulk_update(rows, ["not_before", "delivery", "failure"])
    second.want([row.pk for row in rows if row.failure], at=at)
    return [
        Asked(
            id=row.pk,
            key=f"message-{row.pk}",
            person_id=row.person_id,
            provider=row.provider,
            number=row.gateway_number,
            phone_digest=bytes(row.phone_digest or b""),
            tried_at=row.tried_at or at,
        )
        for row in rows
    ]


def traffic(*, at: datetime) -> dict[str, Traffic]:
    """Return what each provider carried in the last 15 minutes, and how much of it slowly."""
    slow = Q(delivered_at__gt=F("tried_at") + SLOW) | Q(
        delivered_at__isnull=True, tried_at__lte=at - SLOW
    )
    rows = (
        Message.objects.filter(tried_at__gt=at - WATCHED, tried_at__lte=at)
        .exclude(failure__in=(Failure.REFUSED, Failure.NO_SUBSCRIBER))
        .values("provider")
        .annotate(messages=Count("pk"), slow=Count("pk", filter=slow))
    )
    return {row["provider"]: Traffic(row["messages"], row["slow"]) for row in rows}


def carrier(order: Sequence[str]) -> str:
    """Return the provider that carries messages now: the first of `order` until a switch."""
    latest = Carrier.objects.order_by("-pk").first()
    return latest.provider if latest and latest.provider in order else order[0]


@transaction.atomic
def watch(*, order: Sequence[str], at: datetime) -> Carrier | None:
    """Switch the provider if the rule says so; return the switch. One worker decides at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notices_carrier'))")
    latest = Carrier.objects.order_by("-pk").first()
    present = carrier(order)
    seen: Mapping[str, Traffic] = traffic(at=at)
    chosen = choose(
        present=present,
        order=order,
        traffic=seen,
        switched_at=latest.at if latest else None,
        at=at,
    )
    if chosen == present:
        return None
    known = seen.get(present, Traffic())
    return Carrier.objects.create(
        at=at, provider=chosen, before=present, messages=known.messages, slow=known.slow
    )
