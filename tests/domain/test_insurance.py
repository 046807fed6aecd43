"""Months counted in spans and runs, where whole decisions do not reach."""

from datetime import date

import pytest

from juzhu.domain.facts import FIRST_MONTH, MonthSet
from juzhu.domain.insurance import Span, best_run, first_count_day
from juzhu.domain.vocabulary import Insurance
from tests.domain.worlds import month

NOW = month(date(2025, 1, 1))


def paid(*texts):
    return MonthSet.of(texts)


def test_more_months_than_the_span_holds_are_never_reached():
    span = Span(needed=30, length=24, lag=1, posted=NOW - 1)

    months = {Insurance.PENSION: MonthSet.between(NOW - 100, NOW - 1)}

    assert first_count_day(months, date(2025, 1, 1), span) is None


def test_a_longer_lag_finds_the_longest_run_behind_a_gap():
    months = {Insurance.PENSION: paid("2024-08", "2024-09", "2024-10", "2024-12", "2025-01")}

    runs = [best_run(months, first=FIRST_MONTH, month=NOW, lag=lag)[0] for lag in range(5)]

    assert runs == [2, 2, 2, 3, 3]


@pytest.mark.parametrize(("first", "last"), [(NOW + 1, NOW), (NOW + 5, NOW)])
def test_no_run_fits_into_no_months(first, last):
    assert MonthSet.between(NOW - 5, NOW).longest_run(first, last, slack=3) == 0


def test_an_empty_set_is_empty():
    assert MonthSet().written() == []
    assert MonthSet.between(NOW, NOW - 1) == MonthSet()
    assert MonthSet().latest == FIRST_MONTH - 1
    assert MonthSet().counted(NOW - 5, NOW) == 0


def test_months_are_written_rising():
    assert paid("2025-01", "1900-01", "2024-12").written() == ["1900-01", "2024-12", "2025-01"]
