"""Month arithmetic for made-up lives. A month is one integer: year * 12 + month - 1."""

from calendar import monthrange
from datetime import date

from juzhu.domain.calendar import month_index


def month_text(month: int) -> str:
    """Write a month as "2025-01"."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def shift_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later (or earlier), or that month's last day.

    People speak so of a clock or a life; the law's own rule is `domain.calendar.add_months`.
    """
    year, month = divmod(month_index(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
