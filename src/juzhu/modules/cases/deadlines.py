"""Statutory time limits of cases, in working days."""

from datetime import date

from juzhu.domain.parameters import ISSUE_WORKING_DAYS, REFUSAL_WORKING_DAYS
from juzhu.modules.workdays import working_day_after


def answer_by(accepted_on: date) -> date:
    """Return the last day for a reasoned refusal (条例 第二十条: seven working days)."""
    return working_day_after(accepted_on, REFUSAL_WORKING_DAYS.on(accepted_on).value)


def issue_by(accepted_on: date) -> date:
    """Return the last day to issue what is granted (条例 第二十条: fifteen working days)."""
    return working_day_after(accepted_on, ISSUE_WORKING_DAYS.on(accepted_on).value)
