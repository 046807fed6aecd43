"""How far a window is extended (顺延) for a fault that is not the holder's."""

from collections.abc import Iterable
from datetime import date, timedelta

from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.parameters import EXTENSION_LAST_DAYS


def closing_touched(first: date, last: date) -> tuple[date, date]:
    """Return the earliest and the latest last day of the windows that a fault may extend."""
    return first, last + timedelta(days=EXTENSION_LAST_DAYS.on(last).value - 1)


def extended_until(closes: date, *, first: date, last: date) -> date | None:
    """Return the new last day of a window for a fault from `first` to `last`, both inclusive.

    When the fault is over, as many days are left as when it began, counted within the last days
    of the window, in which a lost day weighs (our reading of 条例 第二十三条: time that the
    authority takes is not the holder's delay). None when the fault did not touch them.

    Args:
        closes: last day of the window before.
        first: first day of the fault.
        last: last day of the fault.

    Raises:
        ValueError: `last` lies before `first`.

    """
    if last < first:
        raise ValueError(f"the fault ends on {last}, before it begins on {first}")
    weighs_from = closes - timedelta(days=EXTENSION_LAST_DAYS.on(closes).value - 1)
    if last < weighs_from or first > closes:
        return None
    left = closes - max(first, weighs_from) + ONE_DAY
    return last + left


def fresh_spans(
    first: date, last: date, covered: Iterable[tuple[date, date]]
) -> list[tuple[date, date]]:
    """Return the days from `first` to `last` that no other fault covers, as spans in order.

    A day is given back once, however many things were down on it.
    """
    taken = [span for span in covered if span[0] <= last and span[1] >= first]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    spans: list[tuple[date, date]] = []
    for day in days:
        if any(begin <= day <= end for begin, end in taken):
            continue
        if spans and spans[-1][1] + ONE_DAY == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans
