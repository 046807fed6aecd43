"""The city's clock: real time plus an offset that only grows."""

import time
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final

from juzhu.city.days import shift_months
from juzhu.ports.clock import SHENZHEN

LAST_YEAR: Final = 2099
"""The clock stops short of the century's end, where leap years change their habit."""

_TOO_FAR: Final = f"时钟最多拨到 {LAST_YEAR} 年。The clock ends with the year {LAST_YEAR}."


class ClockOnlyForwardError(ValueError):
    """The wish would move the clock back, not at all, or too far; the message says so."""


def real_now() -> datetime:
    """Return the real instant in Shenzhen: the base that the city's clock is counted from."""
    return datetime.fromtimestamp(time.time(), SHENZHEN)


class CityClock:
    """Tells the city's time, `offset_seconds` ahead of real time."""

    def __init__(self) -> None:
        self.offset_seconds = 0

    def now(self) -> datetime:
        """Return the city's instant, aware, in Asia/Shanghai."""
        return real_now() + timedelta(seconds=self.offset_seconds)

    def offset_after(
        self, *, days: int = 0, months: int = 0, to: date | datetime | None = None
    ) -> int:
        """Return the offset that moves the clock by days and months, or to a day or instant.

        A move to a day keeps the time of day.

        Raises:
            ClockOnlyForwardError: that is not ahead of now, or after the year 2099.

        """
        now = self.now()
        target = _target(now, days=days, months=months, to=to)
        if target <= now:
            raise ClockOnlyForwardError(
                f"时钟只能往前拨：现在是 {now:%Y-%m-%d %H:%M}，不能拨到 {target:%Y-%m-%d %H:%M}。"
                "The clock only moves forward."
            )
        if target.year > LAST_YEAR:
            raise ClockOnlyForwardError(_TOO_FAR)
        # Rounded up: a wished instant is reached, not just missed.
        return self.offset_seconds + ceil((target - now).total_seconds())


def _target(now: datetime, *, days: int, months: int, to: date | datetime | None) -> datetime:
    if isinstance(to, datetime):
        return to if to.tzinfo else to.replace(tzinfo=SHENZHEN)
    if to is not None:
        return datetime.combine(to, now.timetz())
    try:
        day = shift_months(now.date(), months) + timedelta(days=days)
    except (OverflowError, ValueError) as error:
        raise ClockOnlyForwardError(_TOO_FAR) from error
    return datetime.combine(day, now.timetz())
