"""A long file into an empty register: closed to others, without guards, and whole again after."""

import os
import random
import signal
from dataclasses import replace
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from bench import register
from juzhu import wiring
from juzhu.cli import load as command
from juzhu.journeys import legacy, legacy_alone, legacy_file
from juzhu.modules.audit.models import Entry
from juzhu.modules.people.models import Person
from juzhu.modules.permits import inheritance
from juzhu.modules.permits.models import Permit, PermitAction
from juzhu.modules.rounds import closing
from juzhu.modules.rounds import services as rounds
from juzhu.modules.rounds.contracts import Tally
from tests.factories import NOON, a_person
from tests.journeys.test_load import HEADER, row
from tests.journeys.test_roll_killed import in_child

pytestmark = pytest.mark.django_db(transaction=True)

SOAK = pytest.mark.soak
X = next(i for i in range(1, 100) if register.id_number(i).endswith("X"))
OLD = "430102620101002"  # of 15 digits


def messy() -> list[str]:
    """Rows as registers have them, people twice in every spelling, mistakes among them."""
    number = register.id_number
    rows = [row(i, f"20{16 + i % 8}-01-01") for i in range(200, 260)]
    rows += [row(i) for i in (1, 2, 3, 4, 5, 6, 7, X)]
    rows += [
        row(1, "2016-01-01"),  # a second permit, before
        row(2, "2024-01-01"),  # it overlaps
        row(3),  # known
        f'"{number(4)}","甲","","2016-01-01",""',
        f'"{number(5)[:6]}"{number(5)[6:]},乙,,2016-01-01,',
        f"　{number(6)},丙,,2016-01-01,",
        f" {number(7)} ,丁,,2016-01-01,",
        row(X, "2016-01-01").replace("X", "x"),
        f'{number(8)},"戊\n{number(9)},己",,2016-01-01,',
        row(9),
        row(14),
        f'{number(14)},"戊\n己",,2016-01-01,',
        f"{OLD},庚,,2016-01-01,",
        f"{legacy_numbers(OLD)},庚,13800000001,2020-01-01,",
        row(10)[1:],
        row(11, "2016-01-01", "2017-03-01;bad"),
        "",
        f"{number(12)},辛\r{number(13)},壬,2016-01-01,",
        row(1, "2016-06-01"),
    ]
    return rows


def legacy_numbers(old: str) -> str:
    from juzhu.domain.identity import upgrade_id_number

    return upgrade_id_number(old)


@pytest.fixture(autouse=True)
def short_files(monkeypatch):
    monkeypatch.setattr(legacy_alone, "LEAST_LINES", 1)
    yield
    register = closing.closed()
    if register is not None:  # a failed test; the next one needs an open register
        for _ in legacy_alone.open_again(register, processes=1, at=NOON):
            pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes("\n".join([HEADER, *messy()]).encode())
    return path


def load(path: Path) -> Tally:
    surveyed = legacy_file.survey(path, part_bytes=600)
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)
    return command._all_parts(path, surveyed, load_id=load_id, at=NOON, processes=1)


def load_slowly(path: Path) -> Tally:
    return legacy.load(StringIO(path.read_bytes().decode(), newline="\n"), at=NOON)


def people_here() -> set[tuple]:
    """Return all of the register but our own numbers."""
    acts: dict[int, list] = {}
    for act in PermitAction.objects.order_by("pk"):
        acts.setdefault(act.permit_id, []).append((act.kind, act.on, act.occasion, act.recorded_at))
    permits: dict[int, list] = {}
    for it in Permit.objects.order_by("issued_on"):
        days = it.issued_on, it.known_since, it.ends_on, it.window_opens, it.suspended_from
        permits.setdefault(it.person_id, []).append((*days, it.turns_on, *acts[it.pk]))
    looks = [entry.person_id for entry in Entry.objects.filter(actor="system:legacy-load")]
    return {
        (
            it.id_number,
            bytes(it.id_digest),
            it.name,
            it.phone,
            it.phone_digest and bytes(it.phone_digest),
            tuple(permits.get(it.pk, ())),
            looks.count(it.pk),
        )
        for it in Person.objects.all()
    }


class Standing:
    def now(self):
        return NOON


def guards() -> list:
    with connection.cursor() as cursor:
        cursor.execute(closing._GUARDS, {"tables": list(legacy_alone.TABLES)})
        return cursor.fetchall()


def empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "TRUNCATE people_person, permits_permit, permits_permitaction, audit_entry"
            ", rounds_load, rounds_loadpart, rounds_closing CASCADE"
        )


@pytest.fixture
def wanted(path: Path) -> tuple[set[tuple], list]:
    """Load it the ordinary way; return what is there then, and what was refused."""
    tally = load_slowly(path)
    assert (tally.taken, tally.known) == (77, 4)
    found = people_here(), tally.refused
    empty()
    return found


def test_what_is_taken_over_and_refused_is_the_same(path, wanted):
    before = guards()

    tally = load(path)

    people, refused = wanted
    assert sorted(tally.refused) == refused
    assert people_here() == people
    assert (tally.taken, tally.known) == (77, 4)
    assert guards() == before
    assert closing.closed() is None
    a_person()  # who has a number nobody had
    assert load(path).rows == tally.rows
    assert people_here() >= people


def test_a_register_that_holds_somebody_is_not_closed(path):
    a_person()
    tally = load(path)
    assert tally.taken == 77
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rounds_closing")
        assert cursor.fetchone() == (0,)


def test_nobody_else_writes_meanwhile_and_another_file_must_wait(
    path, tmp_path, capsys, monkeypatch
):
    surveyed = legacy_file.survey(path, part_bytes=600)
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)
    before = guards()
    register = legacy_alone.close(load_id=load_id, lines=surveyed.lines, at=NOON)
    legacy_alone.fill_part(path=path, part=surveyed.parts[0], register=register, at=NOON)

    with pytest.raises(OperationalError, match="being taken over"):
        a_person()
    other = tmp_path / "other.csv"
    other.write_text("\n".join([HEADER, row(1)]))
    with pytest.raises(SystemExit):
        load(other)
    assert "closed for another file" in capsys.readouterr().err

    monkeypatch.setattr(wiring, "clock", lambda: Standing())
    command._give_up(1)
    assert guards() == before
    a_person()
    load(other)
    assert load(path).taken == 77 - 1  # the other file had one of them


def test_rows_that_contradict_a_guard_are_set_aside_and_the_load_goes_on(path, wanted, monkeypatch):
    """Planted: doubtful rows are let through, and every permit of a year has the same code."""
    before = guards()
    fill = legacy_alone.inheritance.fill

    def alike(permits, **more):
        numbers = [f"440300{it.actions[0].on.year}AAAAAAAA" for _, it in permits]
        with monkeypatch.context() as patch:
            patch.setattr(inheritance, "new_numbers", lambda _: numbers)
            fill(permits, **more)

    monkeypatch.setattr(legacy_alone.inheritance, "fill", alike)
    surveyed = legacy_file.survey(path, part_bytes=600)
    careless = replace(surveyed, parts=tuple(part._replace(doubtful=()) for part in surveyed.parts))
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)

    tally = command._all_parts(path, careless, load_id=load_id, at=NOON, processes=1)

    people, refused = wanted
    assert guards() == before
    assert closing.closed() is None
    assert people_here() == people
    assert (sorted(map(tuple, tally.refused)), tally.taken) == (refused, 77)
    assert Permit.objects.filter(number__endswith="AAAAAAAA").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        PermitAction.objects.all().delete()  # its trigger is awake again
    a_person()


def killed_at(path: Path, step: int, *, before: bool) -> None:
    """Load, and be killed at a statement or at the building of a guard."""
    numbers = count(1)

    def perhaps_killed(work, *arguments):
        is_last = next(numbers) == step
        if is_last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = work(*arguments)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    closing.build = partial(perhaps_killed, closing.build)  # in a process of its own
    with connection.execute_wrapper(perhaps_killed):
        load(path)


def kill_again_and_again(path: Path, wanted: tuple, seed: int) -> None:
    dice, all_guards = random.Random(seed), guards()
    killed = 0
    while True:
        work = partial(killed_at, path, dice.randint(1, 40), before=dice.random() < 0.5)
        _, status = os.waitpid(in_child(work), 0)
        if not os.WIFSIGNALED(status):
            break
        killed += 1
        if guards() != all_guards:
            with pytest.raises(OperationalError, match="being taken over"):
                a_person()
    assert (status, killed > 2) == (0, True)
    tally = load(path)
    assert guards() == all_guards
    assert people_here() == wanted[0]
    assert sorted(map(tuple, tally.refused)) == wanted[1]


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 100))])
def test_killed_again_and_again_it_ends_as_if_it_had_run_once(path, wanted, seed):
    kill_again_and_again(path, wanted, seed)
