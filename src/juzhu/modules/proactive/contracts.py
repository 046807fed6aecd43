"""What may leave the proactive module."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from juzhu.domain.vocabulary import Business

WORDING: Final = 1
"""Edition of what the person agrees to (`web/consent.html`); raise it when the words change."""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A standing consent to being endorsed without asking (自动签注授权).

    Attributes:
        given_at: when it was given.
        withdrawn_at: when it was taken back; None while it holds.
        wording: edition of the words agreed to.

    """

    given_at: datetime
    withdrawn_at: datetime | None
    wording: int


@dataclass(frozen=True, slots=True)
class WatchView:
    """Somebody whose conditions are looked at again.

    Attributes:
        id: number of the watch.
        person_id: whom.
        business: for what.
        look_on: the day of the next look.

    """

    id: int
    person_id: int
    business: Business
    look_on: date
