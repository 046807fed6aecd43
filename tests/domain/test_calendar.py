"""Anniversaries and full months."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.calendar import (
    add_months,
    anniversary,
    first_day_of,
    full_months,
    month_index,
    window_before,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "years", "expected"),
    [
        (date(2020, 2, 29), 1, date(2021, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 3, 1)),
        (date(1996, 2, 29), 4, date(2000, 2, 29)),
        (date(2020, 2, 28), 1, date(2021, 2, 28)),
        (date(2024, 2, 29), -1, date(2023, 3, 1)),
        (date(2024, 12, 31), 1, date(2025, 12, 31)),
    ],
)
def test_a_year_ends_where_the_calendar_has_the_day(anchor, years, expected):
    assert anniversary(anchor, years) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 3, 1)),
        (date(2025, 1, 29), 1, date(2025, 3, 1)),
        (date(2024, 1, 29), 1, date(2024, 2, 29)),
        (date(2024, 10, 31), 1, date(2024, 12, 1)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 3, 31), -1, date(2024, 3, 1)),
    ],
)
def test_a_month_that_lacks_the_day_ends_on_the_next_first(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-50, 200))
def test_months_are_added_like_years(day, years):
    assert add_months(day, 12 * years) == anniversary(day, years)


@given(DAYS, DAYS)
def test_full_months_are_the_most_that_fit(start, on):
    months = full_months(start, on)

    assert add_months(start, months) <= on < add_months(start, months + 1)


@given(DAYS)
def test_a_month_index_names_its_first_day(day):
    first = first_day_of(month_index(day))

    assert (first.year, first.month, first.day) == (day.year, day.month, 1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    assert month_index(last) == month_index(first) == month_index(first_day_of(month_index(day)))


@given(DAYS, st.integers(1, 400))
def test_a_window_holds_as_many_days_as_it_is_given(end, days):
    opens, closes = window_before(end, days)

    assert (closes - opens).days + 1 == days
    assert (end - closes).days == 1
