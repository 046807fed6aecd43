"""When a department's silence has lasted so long that a day counts as lost (our reading)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

FIRST_HOUR: Final = time(8)
LAST_HOUR: Final = time(22)
"""Silence counts by day only: at night registers are maintained and few people endorse."""
LOST_AFTER: Final = timedelta(hours=4)
"""From so much silence in one day on the day is lost, and windows are extended."""
DOUBTFUL_AFTER: Final = timedelta(hours=1)
"""From so much on somebody has to say whether it was."""
SILENT_SHARE: Final = 0.9
"""A minute is silent when so much of what was asked in it had no answer."""
HOLDS_FOR: Final = timedelta(minutes=15)
"""How long what was found holds while nobody asks: waiting cases ask every five minutes."""
FEWEST: Final = 6
"""Fewer unanswered questions in a day prove nothing."""


class Sounding(NamedTuple):
    """How one register answered within one minute."""

    at: datetime
    answered: int
    silent: int

    @property
    def is_silent(self) -> bool:
        """Whether next to nothing was answered."""
        return self.silent > 0 and self.silent >= SILENT_SHARE * (self.silent + self.answered)


def silence(soundings: Sequence[Sounding], day: date) -> timedelta:
    """Return how long a register was silent in the hours of `day` in which silence counts.

    A silent minute lasts until the next sounding, a quarter of an hour at most: where nobody asked
    nothing is known, and what is not known costs and gives nothing.

    Args:
        soundings: of one register, of this day, oldest first.
        day: civil day in Asia/Shanghai.

    """
    if sum(sounding.silent for sounding in soundings) < FEWEST:
        return timedelta()
    total = timedelta()
    nobody = [Sounding(datetime.max.replace(tzinfo=s.at.tzinfo), 0, 0) for s in soundings[-1:]]
    for one, following in pairwise([*soundings, *nobody]):
        if one.is_silent:
            begins = max(one.at, datetime.combine(day, FIRST_HOUR, one.at.tzinfo))
            ends = min(
                following.at, one.at + HOLDS_FOR, datetime.combine(day, LAST_HOUR, one.at.tzinfo)
            )
            total += max(ends - begins, timedelta())
    return total
