"""Working days by the State Council's yearly holiday notices. Owns no tables."""

from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    """Say whether offices work that day, moved rest days (调休) included.

    Years without a notice yet count only weekends as rest: a limit so computed is never later
    than the legal one.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_day_after(start: date, days: int) -> date:
    """Return the `days`-th working day after `start`, which itself does not count."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and with `end`; negative once past."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
