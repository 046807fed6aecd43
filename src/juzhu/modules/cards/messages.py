"""What the holder is told of a card."""

from datetime import datetime

from juzhu.domain.card import CardEvent
from juzhu.modules.cards.contracts import By
from juzhu.modules.cards.models import Card
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people


def tell(
    row: Card, kind: CardEvent, at: datetime, detail: dict[str, str], *, came_back: bool
) -> None:
    """Write the message that an event asks for, if it asks for one."""
    occasion, values = _occasion(row, kind, detail, came_back=came_back)
    if occasion is None:
        return
    again = row.events.count()  # a card may come, be spoiled and come again
    notices.write(
        person_id=row.person_id,
        occasion=occasion,
        subject=f"{row.number}-{again}",
        values={"number": row.case_number, **values},
        phone=people.person(row.person_id).phone,
        at=at,
        case_number=row.case_number,
        at_screen=kind in (CardEvent.HANDED_OVER, CardEvent.REFUSED),
    )


def _occasion(
    row: Card, kind: CardEvent, detail: dict[str, str], *, came_back: bool
) -> tuple[Occasion | None, dict[str, str]]:
    match kind:
        case CardEvent.ARRIVED:
            return (Occasion.CARD_CAME_BACK if came_back else Occasion.CARD_READY), {}
        case CardEvent.POSTED:
            return Occasion.CARD_POSTED, {
                "tracking": row.tracking,
                "code": row.pickup_code or "",
            }
        case CardEvent.HANDED_OVER if detail.get("by") == By.AGENT:
            return Occasion.CARD_FETCHED, {}
        case CardEvent.DELIVERED:
            return Occasion.CARD_DELIVERED, {}
        case CardEvent.REFUSED:
            return Occasion.CARD_REFUSED, {}
        case CardEvent.DESTROYED:
            return Occasion.CARD_DESTROYED, {}
        case _:
            return None, {}
