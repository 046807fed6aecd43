"""Statutory time limits in working days, by the State Council's yearly holiday notices."""

from datetime import date, timedelta

import chinese_calendar

from juzhu.domain.parameters import ISSUE_WORKING_DAYS, REFUSAL_WORKING_DAYS


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


def answer_by(accepted_on: date) -> date:
    """Return the last day for a reasoned refusal (条例 第二十条: seven working days)."""
    return working_day_after(accepted_on, REFUSAL_WORKING_DAYS.on(accepted_on).value)


def issue_by(accepted_on: date) -> date:
    """Return the last day to issue what is granted (条例 第二十条: fifteen working days)."""
    return working_day_after(accepted_on, ISSUE_WORKING_DAYS.on(accepted_on).value)


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and with `end`; negative once past."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
