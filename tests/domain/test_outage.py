"""When a day counts as lost, and that it is given back once: tables."""

from datetime import date, datetime, time, timedelta

import pytest

from juzhu.domain.extension import fresh_spans
from juzhu.domain.outage import Sounding, silence
from juzhu.ports.clock import SHENZHEN

DAY = date(2026, 11, 23)


def every(minutes: int, begin: str, end: str, answered: int = 0, silent: int = 1):
    at, until = (datetime.combine(DAY, time.fromisoformat(t), SHENZHEN) for t in (begin, end))
    while at < until:
        yield Sounding(at, answered, silent)
        at += timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("soundings", "minutes"),
    [
        ([], 0),
        (every(5, "09:00", "13:00"), 250),  # what was found last holds for a quarter of an hour
        (every(1, "09:00", "13:00", answered=10, silent=1), 0),  # one in eleven is no outage
        (every(1, "09:00", "13:00", answered=1, silent=10), 254),
        (every(5, "01:00", "07:55"), 5),  # by night registers are maintained
        (every(5, "20:00", "23:55"), 120),
        (every(60, "08:00", "22:00"), 14 * 15),  # nobody asked: nothing is known
        (every(1, "09:00", "09:05"), 0),  # five questions prove nothing
        ([*every(5, "09:00", "10:00"), *every(1, "10:00", "10:01", 1, 0)], 60),
    ],
)
def test_silence_is_measured_by_day_and_only_where_somebody_asked(soundings, minutes):
    assert silence(list(soundings), DAY) == timedelta(minutes=minutes)


def span(*days: int) -> tuple[date, date]:
    return date(2026, 11, days[0]), date(2026, 11, days[-1])


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], [span(3, 7)]),
        ([span(5)], [span(3, 4), span(6, 7)]),
        ([span(1, 3), span(7, 9)], [span(4, 6)]),
        ([span(1, 9)], []),
        ([span(3, 5), span(4, 7)], []),
        ([span(8, 9)], [span(3, 7)]),
    ],
)
def test_a_day_that_another_fault_covers_is_not_given_again(covered, left):
    assert fresh_spans(*span(3, 7), covered) == left
