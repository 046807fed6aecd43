"""A lawful stable home and a lawful stable job (合法稳定居所, 合法稳定职业) as conditions."""

from datetime import date
from typing import Final

from juzhu.domain.calendar import full_months, month_index
from juzhu.domain.conditions.case import Case, Rule, fact_finding
from juzhu.domain.facts import FIRST_MONTH, UNKNOWN
from juzhu.domain.findings import Condition, Finding, Unit
from juzhu.domain.insurance import Span, best_count, best_run, first_count_day, first_run_day
from juzhu.domain.law import Version
from juzhu.domain.residence import (
    chain_on,
    days_in_year,
    first_day_with,
    first_full_day,
    first_open_day,
    is_open,
)
from juzhu.domain.vocabulary import Source

_RESIDENCE_OPEN = Condition.RESIDENCE_OPEN
_RESIDENCE_CONTINUOUS = Condition.RESIDENCE_CONTINUOUS
_RESIDENCE_IN_YEAR = Condition.RESIDENCE_IN_YEAR
_INSURANCE_CONSECUTIVE = Condition.INSURANCE_CONSECUTIVE
_INSURANCE_IN_TWO_YEARS = Condition.INSURANCE_IN_TWO_YEARS
_INSURANCE_IN_YEAR = Condition.INSURANCE_IN_YEAR
_REGISTRATIONS = Source.REGISTRATIONS
_INSURANCE = Source.INSURANCE
_MONTHS = Unit.MONTHS
_DAYS = Unit.DAYS

ELSEWHERE: Final = "elsewhere"
"""Found where the only open registration is of a house outside the city."""


def look_open(case: Case) -> Finding:
    """Ask for a residence registration (居住登记) in the city that covers the day."""
    if case.open_finding is None:
        case.open_finding = _look_open(case)
    return case.open_finding


def _look_open(case: Case) -> Finding:
    every, local, on = case.facts.registrations, case.registrations, case.on
    if local is None or every is UNKNOWN:
        return fact_finding(case, _RESIDENCE_OPEN, None, _REGISTRATIONS, case.ground)
    if is_open(local, on):
        return fact_finding(case, _RESIDENCE_OPEN, True, _REGISTRATIONS, case.ground)
    found = ELSEWHERE if is_open(every, on) else False
    passes_on = first_open_day(local, on)
    return Finding(
        _RESIDENCE_OPEN, False, True, found, None, _REGISTRATIONS, case.ground, passes_on
    )


def first_registered_day(case: Case, day: date) -> date | None:
    """Return the first day from `day` that a registration in the city covers."""
    assert case.registrations is not None  # what is unknown has no first day to ask about
    return first_open_day(case.registrations, day)


def look_continuous(case: Case) -> Finding:
    """Ask for twelve full months of residence, gaps of at most 30 days bridged (第十九条).

    Between two homes the stay goes on until the gap is too long; that somebody must be
    registered on the day itself is `residence_open`.
    """
    needed, chains, on = case.terms.residence_months, case.chains, case.on
    if chains is None:
        return _unknown(_RESIDENCE_CONTINUOUS, needed, _MONTHS, _REGISTRATIONS)
    chain = chain_on(chains, on)
    found = full_months(chain.start, on) if chain else 0
    met = found >= needed.value
    return Finding(
        _RESIDENCE_CONTINUOUS,
        met,
        needed.value,
        found,
        _MONTHS,
        _REGISTRATIONS,
        needed.citation,
        on if met else first_continuous_day(case, on),
    )


def first_continuous_day(case: Case, day: date) -> date | None:
    """Return the first day from `day` on which the stay is long enough."""
    assert case.chains is not None
    return first_full_day(case.chains, day, months=case.terms.residence_months.value)


def look_consecutive(case: Case) -> Finding:
    """Ask for twelve months of one insurance without a break since the stay began (第十九条).

    The run may end in the month of application or, since posting takes time, the one before.
    While registrations are unknown every month is counted: too few even so is a no.
    """
    needed, insurance, on = case.terms.insurance_run_months, case.facts.insurance, case.on
    if insurance is UNKNOWN:
        return _unknown(_INSURANCE_CONSECUTIVE, needed, _MONTHS, _INSURANCE)
    lag = case.terms.posting_lag_months.value
    found, kind = best_run(insurance, first=_first_month_of_stay(case), month=case.month, lag=lag)
    met: bool | None = found >= needed.value
    if case.chains is None:
        met, passes_on = None if met else False, None
    else:
        passes_on = on if met else first_consecutive_day(case, on)
    return Finding(
        _INSURANCE_CONSECUTIVE,
        met,
        needed.value,
        found,
        _MONTHS,
        _INSURANCE,
        needed.citation,
        passes_on,
        kind,
    )


def _first_month_of_stay(case: Case) -> int:
    if case.chains is None:
        return FIRST_MONTH
    chain = chain_on(case.chains, case.on)
    return month_index(chain.start) if chain else case.month + 1


def first_consecutive_day(case: Case, day: date) -> date | None:
    """Return the first day from `day` with a full run within the stay."""
    insurance, terms = case.facts.insurance, case.terms
    assert insurance is not UNKNOWN
    assert case.chains is not None
    span = _span(case, terms.insurance_run_months, terms.insurance_run_months)
    return first_run_day(insurance, case.chains, day, span)


def look_in_two_years(case: Case) -> Finding:
    """Ask for eighteen months of one insurance in the two years before (第十九条).

    They need not be consecutive and may lie before the registration. The month of application
    counts when it is on record already.
    """
    terms = case.terms
    return _look_count(
        case, _INSURANCE_IN_TWO_YEARS, terms.insurance_total_months, terms.insurance_total_span
    )


def first_day_in_two_years(case: Case, day: date) -> date | None:
    """Return the first day from `day` with enough months in the two years before it."""
    terms = case.terms
    return _first_count_day(case, day, terms.insurance_total_months, terms.insurance_total_span)


def look_residence_in_year(case: Case) -> Finding:
    """Ask for eight months, counted as 240 registered days, in the year before (第二十四条)."""
    needed, chains, on = case.terms.year_residence_days, case.chains, case.on
    if chains is None:
        return _unknown(_RESIDENCE_IN_YEAR, needed, _DAYS, _REGISTRATIONS)
    found = days_in_year(chains, on)
    met = found >= needed.value
    return Finding(
        _RESIDENCE_IN_YEAR,
        met,
        needed.value,
        found,
        _DAYS,
        _REGISTRATIONS,
        needed.citation,
        on if met else first_day_of_residence_in_year(case, on),
    )


def first_day_of_residence_in_year(case: Case, day: date) -> date | None:
    """Return the first day from `day` with enough registered days in the year before it."""
    assert case.chains is not None
    return first_day_with(case.chains, day, days=case.terms.year_residence_days.value)


def look_insurance_in_year(case: Case) -> Finding:
    """Ask for eight months of one insurance in the year before (第二十四条)."""
    terms = case.terms
    return _look_count(
        case, _INSURANCE_IN_YEAR, terms.year_insurance_months, terms.year_span_months
    )


def first_day_of_insurance_in_year(case: Case, day: date) -> date | None:
    """Return the first day from `day` with enough insured months in the year before it."""
    terms = case.terms
    return _first_count_day(case, day, terms.year_insurance_months, terms.year_span_months)


def _look_count(
    case: Case, condition: Condition, needed: Version[int], length: Version[int]
) -> Finding:
    insurance, on = case.facts.insurance, case.on
    if insurance is UNKNOWN:
        return _unknown(condition, needed, _MONTHS, _INSURANCE)
    found, kind = best_count(insurance, first=case.month - length.value, last=case.month)
    met = found >= needed.value
    return Finding(
        condition,
        met,
        needed.value,
        found,
        _MONTHS,
        _INSURANCE,
        needed.citation,
        on if met else _first_count_day(case, on, needed, length),
        kind,
    )


def _first_count_day(
    case: Case, day: date, needed: Version[int], length: Version[int]
) -> date | None:
    insurance = case.facts.insurance
    assert insurance is not UNKNOWN
    return first_count_day(insurance, day, _span(case, needed, length))


def _span(case: Case, needed: Version[int], length: Version[int]) -> Span:
    lag = case.terms.posting_lag_months.value
    return Span(needed.value, length.value, lag, case.month - lag)


def _unknown(condition: Condition, needed: Version[int], unit: Unit, source: Source) -> Finding:
    return Finding(condition, None, needed.value, None, unit, source, needed.citation, None)


OPEN: Final = Rule(look_open, first_registered_day)
CONTINUOUS: Final = Rule(look_continuous, first_continuous_day)
CONSECUTIVE: Final = Rule(look_consecutive, first_consecutive_day)
IN_TWO_YEARS: Final = Rule(look_in_two_years, first_day_in_two_years)
RESIDENCE_IN_YEAR: Final = Rule(look_residence_in_year, first_day_of_residence_in_year)
INSURANCE_IN_YEAR: Final = Rule(look_insurance_in_year, first_day_of_insurance_in_year)
