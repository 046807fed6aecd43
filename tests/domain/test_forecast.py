"""The next endorsement seen from today, and windows extended for a fault not the holder's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.calendar import month_index
from juzhu.domain.evaluate import evaluate
from juzhu.domain.extension import extended_until
from juzhu.domain.facts import UNKNOWN, Facts, Identity, MonthSet, Registration
from juzhu.domain.findings import Condition
from juzhu.domain.forecast import MonthState, Prospect, forecast, insurance_year
from juzhu.domain.permit import Action, ActionKind, status_on
from juzhu.domain.vocabulary import Business, Insurance
from tests.domain.worlds import CITIZEN, HOUSE, ON, insurance

ISSUED = date(2026, 3, 1)  # window 2026-12-31 to 2027-02-28


def holder(*, paid=(), home=date(2025, 1, 1), **others):
    found = {
        "id_number": CITIZEN,
        "identity": Identity.MATCHED,
        "alive": True,
        "shenzhen_hukou": False,
        "registrations": (Registration(home, None, HOUSE),),
        "insurance": {Insurance.PENSION: MonthSet.of(paid)},
        "talent": (),
        "enrolment": (),
        "permit": (Action(ActionKind.ISSUED, ISSUED),),
    }
    return Facts(**(found | others))


def months(first, last):
    year, month = map(int, first.split("-"))
    found = []
    while f"{year}-{month:02}" <= last:
        found.append(f"{year}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def seen(facts, on):
    return forecast(facts, status_on(facts.permit, on), on=on)


@pytest.mark.parametrize(
    ("paid", "prospect", "day", "found", "spare"),
    [
        # paid without a break: passes on the first day of the window
        (months("2025-03", "2026-05"), Prospect.PASSES, date(2026, 12, 31), 4, 5),
        # begun this spring: the eighth month is posted within the window
        (months("2026-05", "2026-05"), Prospect.PASSES, date(2027, 1, 1), 1, 2),
        # stopped in February: nothing comes by itself, yet seven of the ten months to come do
        (months("2025-03", "2026-02"), Prospect.FAILS, None, 1, 3),
        ((), Prospect.FAILS, None, 0, 2),
    ],
)
def test_the_year_seen_from_june(paid, prospect, day, found, spare):
    ahead = seen(holder(paid=paid), date(2026, 6, 10))

    assert (ahead.prospect, ahead.passes_on) == (prospect, day)
    assert (ahead.insurance.paid, ahead.insurance.spare) == (found, spare)
    assert (ahead.opens, ahead.closes) == (date(2026, 12, 31), date(2027, 2, 28))


def test_a_month_that_is_missing_is_named_while_it_can_be_mended():
    paid = [month for month in months("2025-03", "2026-05") if month != "2026-03"]

    year = seen(holder(paid=paid), date(2026, 6, 10)).insurance

    states = {f"{m // 12}-{m % 12 + 1:02}": state for m, state in year.months}
    assert states["2026-03"] is MonthState.MISSING
    assert states["2026-04"] is MonthState.PAID
    assert states["2026-06"] is MonthState.PENDING
    assert states["2026-07"] is MonthState.AHEAD
    assert (min(states), max(states)) == ("2026-02", "2027-02")


def test_a_silent_department_makes_the_forecast_unknown_never_bad():
    ahead = seen(holder(insurance=UNKNOWN), date(2026, 6, 10))

    assert (ahead.prospect, ahead.insurance) == (Prospect.UNKNOWN, None)


def test_what_passes_only_after_the_window_is_too_late():
    ahead = seen(holder(paid=months("2026-11", "2027-01")), date(2027, 2, 10))

    assert ahead.prospect is Prospect.TOO_LATE
    assert ahead.passes_on == date(2027, 7, 1)
    assert ahead.insurance.spare < 0


@given(st.data(), ON)
def test_spare_months_say_whether_paying_on_is_enough(data, on):
    found = data.draw(insurance(on))
    closes = on + timedelta(days=data.draw(st.integers(0, 300)))
    year = insurance_year(holder(insurance=found), by=closes, on=on)
    to_come = MonthSet.between(month_index(on) - 1, month_index(closes))
    kind = year.kind or Insurance.PENSION
    paid_on = found | {kind: found.get(kind, MonthSet()).union(to_come)}

    facts = replace(
        holder(), insurance=paid_on, permit=(Action(ActionKind.ISSUED, date(2016, 1, 1)),)
    )
    by_the_law = [
        finding.found
        for finding in evaluate(Business.ENDORSEMENT, facts, on=closes).findings
        if finding.condition is Condition.INSURANCE_IN_YEAR
    ]

    assert all((found >= year.needed) >= (year.spare >= 0) for found in by_the_law)
    assert year.still_needed == max(year.needed - year.paid, 0)


CLOSES = date(2027, 2, 28)


@pytest.mark.parametrize(
    ("first", "last", "until"),
    [
        (date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 1)),  # the last day was lost
        (date(2027, 2, 27), date(2027, 3, 2), date(2027, 3, 4)),  # two days were left, and are
        (date(2027, 2, 25), date(2027, 2, 25), date(2027, 3, 1)),  # one day lost, one day more
        (
            date(2027, 1, 1),
            date(2027, 2, 22),
            date(2027, 3, 1),
        ),  # of a long fault only the end weighs
        (date(2027, 2, 20), date(2027, 2, 21), None),  # before the last week
        (date(2027, 3, 1), date(2027, 3, 5), None),  # after the window
    ],
)
def test_a_fault_extends_the_window(first, last, until):
    assert extended_until(CLOSES, first=first, last=last) == until


def test_a_fault_does_not_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        extended_until(CLOSES, first=date(2027, 2, 28), last=date(2027, 2, 27))


@given(st.integers(0, 20), st.integers(0, 20))
def test_when_the_fault_is_over_as_many_days_are_left_as_when_it_began(before, length):
    first = CLOSES - timedelta(days=before)
    last = first + timedelta(days=length)
    until = extended_until(CLOSES, first=first, last=last)

    if until is None:
        assert last < CLOSES - timedelta(days=6)
    else:
        assert (until - last).days == min(before, 6) + 1
        assert until > CLOSES
