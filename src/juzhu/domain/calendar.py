"""Civil-day arithmetic of the Regulations: anniversaries, full months, the days before a date."""

from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
FOREVER: Final = date(9999, 12, 31)
"""Stands for "no end on record" where a comparison needs a day."""


def anniversary(anchor: date, years: int) -> date:
    """Return the day `years` full years after `anchor`; 29 February falls on 1 March.

    With 1 March the last day of the year before it is 28 February, as Civil Code Article 202
    has it; 28 February would take one day away from the holder.
    """
    year = anchor.year + years
    if anchor.month == 2 and anchor.day == 29 and not _is_leap(year):
        return date(year, 3, 1)
    return date(year, anchor.month, anchor.day)


def add_months(day: date, months: int) -> date:
    """Return the day `months` full months after `day`; a day the month lacks is the next 1st."""
    index = month_index(day) + months
    try:
        return date(index // 12, index % 12 + 1, day.day)
    except ValueError:
        # Only days 29 to 31 can be missing, and then the next month begins.
        return first_day_of(index + 1)


def full_months(start: date, on: date) -> int:
    """Return how many full months have passed from `start` to `on`, by the rule of `add_months`.

    `add_months(start, full_months(start, on)) <= on` and one month more would be later.
    """
    months = (on.year - start.year) * 12 + on.month - start.month
    return months if on.day >= start.day else months - 1


def month_index(day: date) -> int:
    """Return the number of the month of `day`, counted from year 0; neighbours differ by one."""
    return day.year * 12 + day.month - 1


def first_day_of(month: int) -> date:
    """Return the first day of the month with index `month`."""
    return date(month // 12, month % 12 + 1, 1)


def window_before(end: date, days: int) -> tuple[date, date]:
    """Return first and last day of the `days` days that come before `end`, both inclusive."""
    return end - timedelta(days=days), end - ONE_DAY


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
