"""Started in order, restarted with back-off, stopped in reverse."""

from pathlib import Path

import pytest
import structlog

from juzhu.cli import supervisor as module
from juzhu.cli.supervisor import StartError, StoppedError, Supervisor
from juzhu.config.embedded_postgres import EmbeddedPostgresError


class FakeService:
    """A service whose life the test decides."""

    log_file = Path("fake.log")

    def __init__(self, name: str, history: list[str]) -> None:
        self.name = name
        self.history = history
        self.code: int | None = None
        self.fails = 0

    def start(self) -> None:
        self.history.append(f"start {self.name}")
        if self.fails:
            self.fails -= 1
            raise EmbeddedPostgresError("not now")
        self.code = None

    def exit_code(self) -> int | None:
        return self.code

    def stop(self) -> None:
        self.history.append(f"stop {self.name}")


class Time:
    """A clock that the test moves."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    moved = Time()
    monkeypatch.setattr(module, "time", moved)
    return moved


@pytest.fixture
def history():
    return []


@pytest.fixture
def supervisor(clock, monkeypatch):
    monkeypatch.setattr(module.signal, "signal", lambda *_: None)
    return Supervisor()


def looks(supervisor: Supervisor, clock: Time, seconds: float) -> None:
    """Look after the services every 0.1 s for `seconds`."""
    for _ in range(round(seconds * 10)):
        for watched in supervisor._watched:
            supervisor._look_after(watched)
        clock.now += 0.1


def test_the_last_started_is_stopped_first(supervisor, history):
    with supervisor:
        supervisor.start(FakeService("database", history))
        supervisor.start(FakeService("web", history))

    assert history == ["start database", "start web", "stop web", "stop database"]


def test_the_dead_are_started_again_ever_more_slowly(supervisor, clock, history):
    web = FakeService("web", history)
    supervisor.start(web)
    waits = []

    with structlog.testing.capture_logs() as logged:
        for _ in range(8):
            web.code, died, starts = -9, clock.now, len(history)
            while len(history) == starts:
                looks(supervisor, clock, 0.1)
            waits.append(round(clock.now - died))

    assert waits == sorted(waits)
    assert waits[0] <= 1
    assert waits[-1] == 30
    assert {line["exit"] for line in logged if "exit" in line} == {"signal SIGKILL"}


def test_a_long_quiet_life_is_forgiven(supervisor, clock, history):
    web = FakeService("web", history)
    supervisor.start(web)
    for _ in range(5):
        web.code = 1
        looks(supervisor, clock, 31)
    clock.now += 61

    web.code, starts = 1, len(history)
    looks(supervisor, clock, 1)

    assert len(history) == starts + 1


def test_a_database_that_does_not_come_back_is_tried_again(supervisor, clock, history):
    database = FakeService("database", history)
    supervisor.start(database)
    database.code, database.fails = -9, 2

    looks(supervisor, clock, 10)

    assert history.count("start database") == 4
    assert database.code is None


def test_a_service_that_dies_at_the_start_is_an_error_with_its_log(supervisor, history):
    web = FakeService("web", history)
    web.start = lambda: setattr(web, "code", 1)

    supervisor.start(web)
    with pytest.raises(StartError, match=r"web does not start; see fake.log"):
        supervisor.wait(lambda: False, web)


def test_a_service_that_is_never_ready_is_an_error(supervisor, history):
    web = FakeService("web", history)
    supervisor.start(web)

    with pytest.raises(StartError):
        supervisor.wait(lambda: False, web, seconds=5)


def test_a_signal_ends_the_waiting(supervisor, history):
    web = FakeService("web", history)
    supervisor.start(web)
    supervisor._on_signal(15, None)

    with pytest.raises(StoppedError):
        supervisor.wait(lambda: False, web)
    supervisor.watch()
