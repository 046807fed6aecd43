"""Month arithmetic for made-up lives. A month is one integer: year * 12 + month - 1."""

from calendar import monthrange
from datetime import date


def month_of(day: date) -> int:
    """Return the month that `day` lies in."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """Write a month as "2025-01"."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def shift_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later (or earlier), or that month's last day."""
    year, month = divmod(month_of(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(day: date, years: int) -> date:
    """Return the day `years` later; a 29 February without counterpart becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
