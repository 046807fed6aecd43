"""Reading messages."""

from juzhu.modules.notices.contracts import Delivery, MessageView, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import english, sms

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
