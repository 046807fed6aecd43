"""What the dashboard counts of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from juzhu.modules.notices.contracts import Delivery

_STATES: Final = """
SELECT delivery, count(*) FROM notices_message WHERE written_at >= %s GROUP BY delivery
"""

_ON_THE_WAY: Final = frozenset(
    {
        Delivery.SCHEDULED,
        Delivery.POSTPONED,
        Delivery.QUEUED,
        Delivery.SENDING,
        Delivery.HANDED_OVER,
        Delivery.HELD,
    }
)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What became of messages that were to ring; those no longer true are left out."""

    delivered: int
    on_the_way: int
    failed: int
    no_phone: int

    @property
    def settled(self) -> int:
        """Of how many it is known whether they arrived."""
        return self.delivered + self.failed


def since(moment: datetime) -> Arrivals:
    """Return what became of the messages written since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [moment])
        counts = {Delivery(state): count for state, count in cursor.fetchall()}
    return Arrivals(
        delivered=counts.get(Delivery.DELIVERED, 0),
        on_the_way=sum(counts.get(state, 0) for state in _ON_THE_WAY),
        failed=counts.get(Delivery.FAILED, 0),
        no_phone=counts.get(Delivery.NO_PHONE, 0),
    )
