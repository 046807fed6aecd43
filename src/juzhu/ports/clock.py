"""Where the day comes from."""

from datetime import datetime, timedelta, timezone
from typing import Final, Protocol

SHENZHEN: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China Standard Time: UTC+8 without summer time since 1991, so a fixed offset is exact for us."""


def written(at: datetime) -> str:
    """Return an instant as everything here writes it for others: RFC 3339, in Shenzhen's time."""
    return at.astimezone(SHENZHEN).isoformat()


class ClockUnavailableError(Exception):
    """The clock has never told the time yet: there is no day on which anything could be decided."""


class Clock(Protocol):
    """Tells the instant, in Asia/Shanghai. Its civil day is `now().date()`."""

    def now(self) -> datetime:
        """Return the present instant, aware, in Asia/Shanghai; it never goes back.

        Raises:
            ClockUnavailableError: only a clock that must be asked for elsewhere, and only before
                it has answered once.

        """
