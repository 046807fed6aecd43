"""The ladder (提醒): on which legal day each message about a permit falls due, and until when it
helps. Pure, so that the round may compute the same in SQL and a test can compare.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from juzhu.domain.calendar import ONE_DAY, anniversary
from juzhu.modules.notices.contracts import Occasion

BEFORE_LAST_DAY: Final = {Occasion.DAYS_30: 30, Occasion.DAYS_7: 7, Occasion.DAYS_1: 1}
"""Days before the last valid day (有效期至)."""

BEFORE_CANCELLATION: Final = {
    Occasion.ENDS_IN_60: 60,
    Occasion.ENDS_IN_30: 30,
    Occasion.ENDS_IN_7: 7,
}
"""Days before the first day of the cancellation by two years of suspension."""


class Step(NamedTuple):
    """One message of the ladder.

    Attributes:
        occasion: which message.
        due_on: the legal day it belongs to.
        deadline: the last day on which the person can act on it; for a cancellation the day itself.

    """

    occasion: Occasion
    due_on: date
    deadline: date


def steps(*, window_opens: date, suspended_from: date, cancelled_on: date | None) -> list[Step]:
    """Return the ladder of one permit year in the order of its days, if nothing happens meanwhile.

    Args:
        window_opens: first day on which endorsement may be requested.
        suspended_from: first day without function unless endorsed before.
        cancelled_on: first day of the cancellation by two years; None while an open case holds it,
            and then the ladder ends with the suspension.

    """
    last = suspended_from - ONE_DAY
    found = [Step(Occasion.WINDOW_OPENED, window_opens, last)]
    found += [
        Step(occasion, last - timedelta(days=days), last)
        for occasion, days in BEFORE_LAST_DAY.items()
    ]
    if cancelled_on is None:
        return found
    end = cancelled_on - ONE_DAY
    found += [
        Step(Occasion.SUSPENDED, suspended_from, end),
        Step(Occasion.STILL_SUSPENDED, anniversary(suspended_from, 1), end),
    ]
    found += [
        Step(occasion, cancelled_on - timedelta(days=days), end)
        for occasion, days in BEFORE_CANCELLATION.items()
    ]
    return [*found, Step(Occasion.CANCELLED, cancelled_on, cancelled_on)]
