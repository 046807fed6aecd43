"""Residence and insurance counted ahead: each shortcut agrees with asking every single day."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from juzhu.domain.calendar import full_months, month_index
from juzhu.domain.conditions.case import Case
from juzhu.domain.conditions.merit import is_issued_here, look_enrolled, look_talent
from juzhu.domain.facts import FIRST_MONTH, Enrolment, Facts, MonthSet, Talent
from juzhu.domain.insurance import Span, best_count, best_run, first_count_day, first_run_day
from juzhu.domain.residence import Chain, chain_on, days_in_year, first_day_with, first_full_day
from juzhu.domain.vocabulary import Business, EducationLevel, Insurance, TalentKind
from tests.domain.worlds import CITIZEN, DAY, foreseen, insurance, month

ON = date(2025, 1, 15)
NOW = month(ON)
AHEAD = 500


def paid(*texts):
    return MonthSet.of(texts)


@st.composite
def stays(draw, gap=30):
    """Chains apart from each other, the last one perhaps open."""
    found, day = [], ON - timedelta(days=draw(st.integers(0, 700)))
    for _ in range(draw(st.integers(0, 3))):
        reach = day + draw(st.integers(0, 400)) * DAY
        found.append(Chain(day, reach, reach + gap * DAY))
        day = reach + (gap + draw(st.integers(1, 60))) * DAY
    if found and draw(st.booleans()):
        found[-1] = Chain(found[-1].start, date.max, date.max)
    return found


def first(holds):
    return next((ON + n * DAY for n in range(AHEAD) if holds(ON + n * DAY)), None)


def within(day):
    return day if day is not None and day < ON + AHEAD * DAY else None


@settings(max_examples=150, deadline=None)
@given(stays(gap=1), st.integers(1, 366))
@example([Chain(ON - 9 * DAY, ON, ON + DAY)], 10)
@example([Chain(ON - 9 * DAY, ON, ON + DAY)], 11)
def test_the_first_day_with_enough_registered_days(chains, days):
    expected = first(lambda day: days_in_year(chains, day) >= days)

    assert within(first_day_with(chains, ON, days=days)) == expected


@settings(max_examples=150, deadline=None)
@given(stays(), st.integers(0, 14))
@example([Chain(date(2024, 1, 20), date(2024, 12, 21), date(2025, 1, 20))], 12)
def test_the_first_day_of_a_stay_that_is_long_enough(chains, months):
    def holds(day):
        chain = chain_on(chains, day)
        return chain is not None and full_months(chain.start, day) >= months

    assert within(first_full_day(chains, ON, months=months)) == first(holds)


@settings(max_examples=200, deadline=None)
@given(stays(), insurance(ON), st.integers(1, 14))
@example([Chain(date(2024, 1, 1), date(2024, 12, 2), ON)], {Insurance.PENSION: paid("2024-12")}, 1)
@example(
    [Chain(date(2024, 1, 1), date(2025, 1, 2), date(2025, 2, 1))],
    {Insurance.PENSION: paid("2024-12")},
    2,
)
def test_the_first_day_with_a_full_run_within_the_stay(chains, record, needed):
    span = Span(needed, 0, lag=1, posted=NOW - 1)

    def holds(day):
        chain, by_then = chain_on(chains, day), record_on(day, record)
        start = month_index(chain.start) if chain else 0
        return chain and best_run(by_then, first=start, month=month(day), lag=1)[0] >= needed

    assert within(first_run_day(record, chains, ON, span)) == first(holds)


@settings(max_examples=200, deadline=None)
@given(insurance(ON), st.integers(1, 12))
def test_the_first_day_with_enough_months_in_a_span(record, needed):
    span = Span(needed, length=12, lag=1, posted=NOW - 1)

    def holds(day):
        by_then = record_on(day, record)
        return best_count(by_then, first=month(day) - 12, last=month(day))[0] >= needed

    assert within(first_count_day(record, ON, span)) == first(holds)


def record_on(day, record):
    return foreseen(Facts(id_number=CITIZEN, insurance=record), ON, day).insurance


# --- sets of months --------------------------------------------------------------------------


def test_a_longer_lag_finds_the_longest_run_behind_a_gap():
    months = {Insurance.PENSION: paid("2024-08", "2024-09", "2024-10", "2024-12", "2025-01")}

    runs = [best_run(months, first=FIRST_MONTH, month=NOW, lag=lag)[0] for lag in range(5)]

    assert runs == [2, 2, 2, 3, 3]


@pytest.mark.parametrize(("begin", "last"), [(NOW + 1, NOW), (NOW + 5, NOW)])
def test_no_run_fits_into_no_months(begin, last):
    assert MonthSet.between(NOW - 5, NOW).longest_run(begin, last, slack=3) == 0


def test_an_empty_set_is_empty():
    assert MonthSet().written() == []
    assert MonthSet.between(NOW, NOW - 1) == MonthSet()
    assert MonthSet().latest == FIRST_MONTH - 1
    assert MonthSet().counted(NOW - 5, NOW) == 0


def test_months_are_written_rising():
    assert paid("2025-01", "1900-01", "2024-12").written() == ["1900-01", "2024-12", "2025-01"]


def test_the_best_kind_is_named():
    record = {
        Insurance.PENSION: paid("2024-12"),
        Insurance.MEDICAL: paid("2024-11", "2024-12"),
        Insurance.INJURY: paid("2024-11", "2024-12"),
    }

    assert best_run(record, first=FIRST_MONTH, month=NOW, lag=1) == (2, Insurance.MEDICAL)
    assert best_count(record, first=NOW - 12, last=NOW) == (2, Insurance.MEDICAL)
    assert best_count({}, first=NOW - 12, last=NOW) == (0, None)


# --- merit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued_by", "is_here"),
    [
        ("深圳市人力资源和社会保障局", True),
        ("Shenzhen Human Resources Bureau", True),
        ("440300", True),
        ("广州市人力资源和社会保障局", False),
        ("440100", False),
        ("", False),
    ],
)
def test_who_issues_here(issued_by, is_here):
    assert is_issued_here(issued_by) is is_here


def test_the_first_reason_is_told():
    talents = (Talent(TalentKind.DEGREE, False), Talent(TalentKind.SKILL_CERTIFICATE))
    past = Enrolment(EducationLevel.HIGHER, True, date(2020, 9, 1), date(2024, 6, 30))
    part_time = Enrolment(EducationLevel.HIGHER, False, date(2020, 9, 1))
    facts = Facts(id_number=CITIZEN, talent=talents, enrolment=(past, part_time))
    case = Case(Business.FIRST_ISSUE, facts, ON)

    assert look_talent(case).found == "degree_part_time"
    assert look_enrolled(case).found == "ended"
