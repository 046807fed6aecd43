"""The machine's clock and the city's."""

import threading
from datetime import datetime, timedelta

import pytest

from juzhu.adapters import clock_city, clock_system
from juzhu.adapters.clock_city import CityClock
from juzhu.adapters.clock_system import SystemClock
from juzhu.city.process import CityProcess
from juzhu.ports.clock import SHENZHEN, ClockUnavailableError


class Standing:
    """A base clock that stands still."""

    def now(self):
        return datetime(2026, 11, 24, 9, tzinfo=SHENZHEN)


@pytest.fixture
def moment(monkeypatch):
    """Return a box with the adapter's monotonic time in it."""
    box = [1000.0]
    monkeypatch.setattr(clock_city, "monotonic", lambda: box[0])
    return box


def test_the_systems_clock_tells_shenzhen_time():
    now = SystemClock().now()

    assert now.utcoffset() == timedelta(hours=8)
    assert abs(now - datetime.now(SHENZHEN)) < timedelta(seconds=5)  # noqa: TID251


def test_the_systems_clock_stands_still_when_the_machine_sets_it_back(monkeypatch):
    class Machine(datetime):
        times = iter([9, 8, 10])

        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 24, next(cls.times), tzinfo=tz)

    monkeypatch.setattr(clock_system, "datetime", Machine)
    clock = SystemClock.__new__(SystemClock)
    clock._lock, clock._latest = threading.Lock(), datetime.min.replace(tzinfo=SHENZHEN)

    assert [clock.now().hour for _ in range(3)] == [9, 9, 10]


def test_the_citys_clock_follows_the_city_after_a_quarter_of_a_second(tmp_path, move_clock, moment):
    with CityProcess(tmp_path) as city:
        clock = CityClock(city.url, base=Standing())
        assert clock.now() == Standing().now()

        move_clock(city, days=3)
        moment[0] += clock_city.FRESH_SECONDS - 0.01
        assert clock.now() == Standing().now()
        moment[0] += 0.01
        assert clock.now() == Standing().now() + timedelta(days=3)


def test_the_last_known_offset_lasts_while_the_city_is_away(tmp_path, move_clock, moment):
    city = CityProcess(tmp_path).start()
    clock = CityClock(city.url, base=Standing())
    move_clock(city, days=3)
    assert clock.now() == Standing().now() + timedelta(days=3)
    city.kill()

    moment[0] += 1
    assert clock.now() == Standing().now() + timedelta(days=3)
    with city.start():
        move_clock(city, days=1)
        # It leaves the city alone for two seconds after a failure.
        assert clock.now() == Standing().now() + timedelta(days=3)
        moment[0] += clock_city.REST_SECONDS
        assert clock.now() == Standing().now() + timedelta(days=4)


def test_a_city_begun_anew_does_not_turn_the_days_around(tmp_path, move_clock, moment):
    old = CityProcess(tmp_path / "old").start()
    clock = CityClock(old.url, base=Standing())
    move_clock(old, days=3)
    clock.now()
    old.stop()

    with CityProcess(tmp_path / "new", port=old.port):
        moment[0] += 1
        assert clock.now() == Standing().now() + timedelta(days=3)


def test_before_the_first_answer_there_is_no_time():
    with pytest.raises(ClockUnavailableError, match="no answer"):
        CityClock("http://127.0.0.1:9").now()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
    ],
)
def test_a_broken_answer_is_no_time(stand_in, raw):
    with stand_in(raw) as url, pytest.raises(ClockUnavailableError):
        CityClock(url).now()
