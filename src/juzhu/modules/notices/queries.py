"""Reading messages."""

from juzhu.modules.notices.contracts import Delivery, MessageView, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import english, sms
from juzhu.modules.people import queries as people

HIDDEN = (Delivery.SCHEDULED, Delivery.NEEDLESS)


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
            text=sms(Occasion(row.occasion), row.values, row.edition),
            text_en=english(Occasion(row.occasion), row.values, row.edition),
            written_at=row.written_at,
            due_on=row.due_on,
            delivery=Delivery(row.delivery),
            case_number=row.case_number,
        )
        for row in rows
    ]


def to_send(message_id: int) -> tuple[str, str, str] | None:
    """Return (key, phone, text) of a message still to be sent, None when there is nothing to do."""
    row = Message.objects.filter(pk=message_id, delivery=Delivery.QUEUED).first()
    if row is None:
        return None
    phone = people.phones([row.person_id]).get(row.person_id)
    if phone is None:
        return None
    return f"message-{row.pk}", phone, sms(Occasion(row.occasion), row.values, row.edition)


def queued(limit: int) -> list[int]:
    """Return the messages to be handed over next: awaited ones first, then by deadline."""
    rows = Message.objects.filter(delivery=Delivery.QUEUED).order_by("-at_screen", "deadline", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])
