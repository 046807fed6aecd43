"""Looking ahead to the next endorsement: will it pass, when, and what can still be mended."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from juzhu.domain.calendar import month_index
from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import UNKNOWN, Facts
from juzhu.domain.findings import Decision
from juzhu.domain.insurance import best_count
from juzhu.domain.parameters import terms_on
from juzhu.domain.permit import PermitStatus
from juzhu.domain.vocabulary import Business, Insurance, PermitState


class Prospect(StrEnum):
    """What the endorsement looks like from today, if things stay as they are."""

    PASSES = "passes"  # on the day named: in the window, or late for a suspended permit
    TOO_LATE = "too_late"  # some day, but after the window
    FAILS = "fails"  # on no day, unless something changes
    UNKNOWN = "unknown"  # a department is silent


class MonthState(StrEnum):
    """One month of the year that counts."""

    PAID = "paid"
    MISSING = "missing"  # past, and not on record though time for posting has passed
    PENDING = "pending"  # past or running; posting takes time
    AHEAD = "ahead"


class InsuranceYear(NamedTuple):
    """The months that count for the endorsement (条例 第二十四条), seen from today.

    Attributes:
        kind: the insurance with most months on record; None when there is none at all.
        needed: months of one kind needed.
        paid: months on record.
        months: each month as an index (`domain.calendar.month_index`) with its state, rising.

    """

    kind: Insurance | None
    needed: int
    paid: int
    months: tuple[tuple[int, MonthState], ...]

    @property
    def still_needed(self) -> int:
        """How many more months have to be paid."""
        return max(self.needed - self.paid, 0)

    @property
    def spare(self) -> int:
        """How many of the months to come may be missed; below 0 even all of them are too few."""
        to_come = sum(state in (MonthState.PENDING, MonthState.AHEAD) for _, state in self.months)
        return self.paid + to_come - self.needed


class Forecast(NamedTuple):
    """The next endorsement as it looks today.

    Attributes:
        prospect: will it pass.
        passes_on: first day on which it would, None when there is none or it is unknown.
        opens: first day of the window.
        closes: last day of the window.
        decision: what the law says of an endorsement today, with every finding.
        insurance: the months that count by the last day; None while unknown.

    """

    prospect: Prospect
    passes_on: date | None
    opens: date
    closes: date
    decision: Decision
    insurance: InsuranceYear | None


def forecast(facts: Facts, status: PermitStatus, *, on: date) -> Forecast:
    """Return how the endorsement of a permit looks on day `on`.

    Args:
        facts: what the departments have on record, with the permit's actions.
        status: the permit on that day, valid or suspended.
        on: the day.

    """
    decision = evaluate(Business.ENDORSEMENT, facts, on=on)
    return Forecast(
        _prospect(decision, status),
        decision.earliest_day,
        status.window_opens,
        status.window_closes,
        decision,
        insurance_year(facts, by=max(status.window_closes, on), on=on),
    )


def _prospect(decision: Decision, status: PermitStatus) -> Prospect:
    day = decision.earliest_day
    if day is not None:
        # A suspended permit has no window to miss: a late endorsement restores it until it ends.
        late = status.state is PermitState.SUSPENDED
        return Prospect.PASSES if late or day <= status.window_closes else Prospect.TOO_LATE
    silent = any(finding.met is None for finding in decision.findings)
    return Prospect.UNKNOWN if silent else Prospect.FAILS


def insurance_year(facts: Facts, *, by: date, on: date) -> InsuranceYear | None:
    """Return the months that count for an endorsement on day `by`, as known on day `on`."""
    insurance = facts.insurance
    if insurance is UNKNOWN:
        return None
    terms = terms_on(on)
    last = month_index(by)
    first = last - terms.year_span_months.value
    paid, kind = best_count(insurance, first=first, last=last)
    on_record = insurance[kind] if kind is not None else None
    this_month = month_index(on)
    posted = this_month - terms.posting_lag_months.value

    def state(month: int) -> MonthState:
        if on_record is not None and on_record.counted(month, month):
            return MonthState.PAID
        if month > this_month:
            return MonthState.AHEAD
        return MonthState.PENDING if month >= posted else MonthState.MISSING

    months = tuple((month, state(month)) for month in range(first, last + 1))
    return InsuranceYear(kind, terms.year_insurance_months.value, paid, months)
