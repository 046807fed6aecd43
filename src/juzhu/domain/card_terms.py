"""What a card costs, and until when it has to be there."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from juzhu.domain.card import CardGround
from juzhu.domain.law import Dated, Version
from juzhu.domain.parameters import (
    FEE_FIRST_ISSUE,
    FEE_REAPPLICATION,
    FEE_REISSUE,
    FEE_REPLACEMENT,
    PAYMENT_DAYS,
    UNCLAIMED_DAYS,
    UNCLAIMED_REMINDER_DAYS,
)

_FEES: Final[dict[CardGround, Dated[int]]] = {
    CardGround.FIRST: FEE_FIRST_ISSUE,
    CardGround.REAPPLIED: FEE_REAPPLICATION,
    CardGround.LOST: FEE_REISSUE,
    CardGround.DESTROYED: FEE_REISSUE,
    CardGround.DAMAGED: FEE_REPLACEMENT,
    CardGround.CHANGED: FEE_REPLACEMENT,
}


def fee(ground: CardGround, on: date) -> Version[int]:
    """Return the fee (工本费) of a card in fen, as in force on acceptance day `on`.

    The first card is free, the card of a re-application is not (条例 第二十一条).
    """
    return _FEES[ground].on(on)


class Unclaimed(NamedTuple):
    """How long a card waits for its holder at a point, in days, and when its holder is reminded."""

    kept: int
    first_reminder: int


def unclaimed_days(on: date) -> Unclaimed:
    """Return how long a card is kept. Nothing is published: a reading (docs/law/readings.md)."""
    return Unclaimed(UNCLAIMED_DAYS.on(on).value, UNCLAIMED_REMINDER_DAYS.on(on).value)


def pay_by(approved_on: date) -> date:
    """Return the last day to pay; the day of the approval is not counted."""
    return approved_on + timedelta(days=PAYMENT_DAYS.on(approved_on).value)
