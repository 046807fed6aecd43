"""The round killed anywhere, done by several at once, and left by its database."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from bench import register
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.domain.calendar import anniversary
from juzhu.journeys import legacy, roll
from juzhu.journeys.roll import night as work
from juzhu.modules.notices.contracts import Delivery
from juzhu.modules.notices.models import Message
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.models import Event
from juzhu.modules.rounds import nights
from juzhu.modules.rounds import queries as rounds
from juzhu.modules.rounds.models import Night, Stretch
from juzhu.ports.clock import SHENZHEN

START = date(2026, 2, 10)
LAST = START + timedelta(days=9)
HEADER = "id_number,name,phone,issued_on,endorsed_on"


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, clock(hour), SHENZHEN)


def rows(number: int) -> list[str]:
    dice = random.Random(number)
    found = [HEADER]
    for i in range(1, number + 1):
        issued = anniversary(START + timedelta(days=dice.randint(-735, 75)), -1)
        found.append(f"{register.id_number(i)},{register.name(i)},{register.phone(i)},{issued},")
    return found


@pytest.fixture
def wanted(transactional_db, monkeypatch) -> set[tuple]:
    """Make a register in which nine days were missed; return the messages they bring."""
    monkeypatch.setattr(nights, "NARROWEST", 25)
    monkeypatch.setattr(nights, "WIDEST", 25)
    assert legacy.load(rows(400), at=at(START, 12)).refused == []
    roll.run(on=START, at=at(START, 13))
    Message.objects.all().delete()
    night = nights.sketch(on=LAST, at=at(LAST, 1), last_id=permits.last_id())
    assert night is not None
    with transaction.atomic():
        found = work.counted(night, 1, night.last_id, LAST, work.Counter())
        return {(m.person_id, m.occasion, m.subject, m.due_on, m.useful) for m in found}


def written() -> set[tuple]:
    messages = Message.objects.all()
    found = {
        (m.person_id, m.occasion, m.subject, m.due_on, m.delivery != Delivery.NEEDLESS)
        for m in messages
    }
    assert len(found) == len(messages)
    return found


def the_round(**more: object) -> dict[str, int]:
    return roll.run(on=LAST, at=at(LAST, 1), **more)  # type: ignore[arg-type]


def in_child(work: Callable[[], object]) -> int:
    """Do it in another process; return how that ended."""
    connection.close()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def killed_at(statement: int, *, before: bool, in_stretches: bool) -> None:
    """Do the round, and be killed at one of its statements, or at one of its stretches'."""
    numbers, begun = count(1), not in_stretches

    def wrapper(execute, sql, *others):
        nonlocal begun
        begun = begun or ("SKIP LOCKED" in sql and "rounds_stretch" in sql)
        arguments = (sql, *others)
        is_last = begun and next(numbers) == statement
        if is_last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = execute(*arguments)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    with connection.execute_wrapper(wrapper):
        the_round()


def ends_right(wanted: set[tuple]) -> None:
    assert len(wanted) > 50
    assert written() == wanted
    events = list(Event.objects.exclude(kind="issued").values_list("permit_id", "kind", "on"))
    assert len(events) == len(set(events)) > 5
    assert not Stretch.objects.filter(done_at__isnull=True).exists()
    assert Night.objects.filter(through=LAST, finished_at__isnull=False).count() == 1


def kill_again_and_again(times: int, seed: int, wanted: set[tuple]) -> None:
    dice, killed = random.Random(seed), 0
    for _ in range(times):
        where = {"before": dice.random() < 0.5, "in_stretches": dice.random() < 0.8}
        statement = dice.randint(1, 14)  # of some eight in a stretch
        child = in_child(partial(killed_at, statement, **where))
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        assert written() <= wanted
    assert killed > times // 2
    the_round()
    ends_right(wanted)


def test_a_round_killed_at_twenty_points_ends_as_if_it_had_run_once(wanted):
    kill_again_and_again(20, 7, wanted)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
def test_a_round_killed_at_a_hundred_points_ends_as_if_it_had_run_once(wanted, seed):
    kill_again_and_again(100, seed, wanted)


def test_several_rounds_at_once_share_the_work_and_write_everything_once(wanted):
    children = [in_child(the_round) for _ in range(3)]
    the_round()
    ended = [os.waitpid(child, 0)[1] for child in children]

    assert ended == [0, 0, 0]
    ends_right(wanted)


def test_helpers_do_the_stretches_and_the_leader_ends_the_round(wanted):
    night = nights.plan(on=LAST, at=at(LAST, 1), last_id=permits.last_id())
    assert night is not None

    roll.help_with(night_id=night.id, at=at(LAST, 1))

    assert rounds.progress(night.id).is_done
    assert written() == wanted
    the_round()
    ends_right(wanted)


def test_a_round_cut_off_is_finished_before_the_next_is_planned(wanted):
    earlier = LAST - timedelta(days=4)
    nights.plan(on=earlier, at=at(earlier, 1), last_id=permits.last_id())

    the_round()

    assert written() == wanted
    days = Night.objects.order_by("pk").values_list("through", flat=True)
    assert list(days)[1:] == [earlier, LAST]


def test_a_round_goes_on_when_the_database_drops_its_connections(wanted, database_url):
    numbers, points = count(1), {9, 30, 31, 55, 80}

    def wrapper(execute, *arguments):
        if next(numbers) in points:
            pid = connection.connection.info.backend_pid
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return execute(*arguments)

    with connection.execute_wrapper(wrapper):
        the_round(patience_seconds=30)

    assert next(numbers) > 80
    ends_right(wanted)


# --- the command, on a database of its own -------------------------------------------------------


@pytest.mark.kill
@pytest.mark.soak
def test_the_command_survives_a_database_killed_in_the_middle(open_folder: Path, tmp_path: Path):
    environment = os.environ | {"JUZHU_DATA_DIR": str(open_folder), "JUZHU_CLOCK": "system"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "juzhu.cli.main"]
    path = tmp_path / "file.csv"
    path.write_text("\n".join(rows(30_000)))
    with EmbeddedPostgres(open_folder) as server:
        for arguments in (["migrate"], ["load", str(path)]):
            subprocess.run([*command, *arguments], env=environment, check=True)
        with psycopg.connect(server.url, autocommit=True) as link:
            # Last done a month ago, and all was known then.
            link.execute(
                "INSERT INTO rounds_night (first_day, through, since, at, after_id, last_id,"
                " counts, finished_at) SELECT d, d, d, d, 99999, 99999, '{}', d"
                " FROM (SELECT now() - interval '30 days' AS d) x"
            )
            link.execute("UPDATE permits_permit SET known_since = '2026-01-01'")
        child = subprocess.Popen([*command, "roll"], env=environment)
        for _ in range(4):
            wait_for_progress(server.url)
            assert server.process is not None
            server.process.kill()
            server.process.wait()
            server.restart()
        assert child.wait(180) == 0
        with psycopg.connect(server.url) as link:
            doubled = link.execute(
                "SELECT count(*) - count(DISTINCT (person_id, occasion, subject)),"
                " count(*) FROM notices_message"
            ).fetchone()
            left = link.execute("SELECT count(*) FROM rounds_stretch WHERE done_at IS NULL")
            assert left.fetchone() == (0,)
    assert doubled is not None
    assert doubled[0] == 0
    assert doubled[1] > 1000


def wait_for_progress(url: str) -> None:
    """Wait until one more stretch is done, or all are."""
    limit, seen = time.monotonic() + 30, None
    while time.monotonic() < limit:
        done, of = stretches(url)
        if of and (done == of or (seen is not None and done > seen)):
            return
        seen = done if of else None
        time.sleep(0.02)


def stretches(url: str) -> tuple[int, int]:
    try:
        with psycopg.connect(url) as link:
            found = link.execute("SELECT count(done_at), count(*) FROM rounds_stretch").fetchone()
    except psycopg.OperationalError:
        return 0, 0
    return found or (0, 0)
