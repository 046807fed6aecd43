"""Reading messages."""

from juzhu.modules.notices.contracts import Delivery, MessageView, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import english, sms


def inbox(person_id: int, limit: int = 50) -> list[MessageView]:
    """Return the person's messages that have come due, newest first."""
    rows = (
        Message.objects.filter(person_id=person_id)
        .exclude(delivery=Delivery.SCHEDULED)
        .order_by("-written_at", "-pk")[:limit]
    )
    return [
        MessageView(
            occasion=Occasion(row.occasion),
            text=sms(Occasion(row.occasion), row.values),
            text_en=english(Occasion(row.occasion), row.values),
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
    if row is None or row.phone is None:
        return None
    return f"message-{row.pk}", row.phone, sms(Occasion(row.occasion), row.values)
