"""Taking over a legacy register: by the command, with mistakes, killed, twice, side by side."""

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from bench import register
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.journeys import legacy, legacy_file
from juzhu.modules.audit.models import Entry
from juzhu.modules.people import queries as people
from juzhu.modules.people.models import Person
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.models import Event, Permit, PermitAction
from juzhu.modules.rounds import services as rounds
from juzhu.modules.rounds.queries import parts_done
from tests.factories import NOON, TODAY

HEADER = "id_number,name,phone,issued_on,endorsed_on"


def row(i: int, issued: str = "2025-12-01", endorsed: str = "") -> str:
    return f"{register.id_number(i)},{register.name(i)},{register.phone(i)},{issued},{endorsed}"


def load(*rows: str):
    return legacy.load([HEADER, *rows], at=NOON)


@pytest.mark.django_db
class TestRows:
    def test_a_row_becomes_person_permit_actions_and_a_ledger_entry(self):
        report = load(row(1, "2023-05-01", "2024-04-30;2025-06-02"))

        permit = permits.permit_of(Person.objects.get().pk, TODAY)
        assert (report.taken, report.known, report.refused) == (1, 0, [])
        assert people.person(permit.person_id).id_number == register.id_number(1)
        assert [str(action.on) for action in permit.actions] == [
            "2023-05-01",
            "2024-04-30",
            "2025-06-02",
        ]
        stored = Permit.objects.get()
        assert str(stored.suspended_from) == "2026-06-02"
        assert str(stored.ends_on) == "2028-06-02"
        occasions = list(PermitAction.objects.order_by("pk").values_list("occasion", flat=True))
        assert occasions == ["legacy#0", "legacy#1", "legacy#2"]
        assert Entry.objects.filter(person_id=permit.person_id, purpose="register").count() == 1

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (row(1).replace(register.id_number(1), "440300199001010000"), "id_number: "),
            (row(1).replace(register.phone(1), "12345"), "phone: "),
            (row(1).replace(register.name(1), " "), "name: it is empty"),
            (row(1, "2025-13-01"), "issued_on: write the day as 2026-01-31"),
            (row(1, "2026-11-25"), "issued_on: 2026-11-25 lies after today"),
            (row(1, "2014-11-25"), "2015-06-01"),
            (row(1, "2024-01-01", "2026-12-31"), "endorsed_on: a day lies after today"),
            (row(1, "2024-01-01", "2024-02-01"), "too early"),
            (row(1, "2019-01-01", "2023-01-01"), "cancelled on 2022-01-01"),
            (row(1) + ",one more", "the row must have 5 columns"),
            ("x" * 200_000, "the row cannot be read"),
        ],
    )
    def test_a_row_with_a_mistake_is_refused_with_its_line_and_reason(self, line, reason):
        report = load(row(2), line, row(3))

        ((place, why),) = report.refused
        assert place == 3
        assert reason in why
        assert register.id_number(1) not in why
        assert report.taken == Permit.objects.count() == 2

    def test_a_permit_already_here_is_left_alone_with_its_holders_name_and_phone(self):
        load(row(1))

        again = load(f"{register.id_number(1)},另一名,13900000000,2025-12-01,")

        who = people.person(Person.objects.get().pk)
        assert (again.taken, again.known, again.refused) == (0, 1, [])
        assert (who.name, who.phone) == (register.name(1), register.phone(1))

    def test_departments_are_told_of_permits_of_people_they_may_have_asked_about(self):
        load(row(1, "2016-01-01"))
        events = Event.objects.filter(permit_id__in=Permit.objects.values("pk"))
        assert not events.exists()

        legacy.load([HEADER, row(1, "2025-12-01")], at=NOON + timedelta(hours=1))

        assert [(event.kind, str(event.on)) for event in events] == [("issued", "2025-12-01")]

    def test_a_missing_phone_is_filled_in(self):
        load(row(1).replace(register.phone(1), ""))
        load(row(1))

        assert people.person(Person.objects.get().pk).phone == register.phone(1)

    def test_two_permits_of_one_person_are_taken_over_unless_they_overlap(self):
        report = load(
            row(1, "2016-01-01"), row(1, "2018-12-31"), row(1, "2019-01-01"), row(1, "2016-01-01")
        )

        days = Permit.objects.order_by("issued_on").values_list("issued_on", flat=True)
        assert [str(day) for day in days] == ["2016-01-01", "2019-01-01"]
        assert (report.taken, report.known) == (2, 1)
        assert report.refused == [(3, legacy.OVERLAP)]

    def test_a_wrong_header_stops_everything(self):
        with pytest.raises(legacy_file.LegacyFileError, match="id_number,name"):
            legacy.load(["number,name", row(1)], at=NOON)


def write(path: Path, rows: list[str]) -> legacy_file.Surveyed:
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([HEADER, *rows]).encode())
    return legacy_file.survey(path, part_bytes=400)


@pytest.mark.django_db(transaction=True)
class TestFile:
    def test_parts_hold_every_line_once_and_know_their_place(self, tmp_path):
        rows = [row(i) for i in range(1, 40)]
        surveyed = write(tmp_path / "file.csv", rows)

        found, line = [], 2
        for part in surveyed.parts:
            assert part.first_line == line
            text = legacy_file.lines_of(tmp_path / "file.csv", part).read().split("\r\n")
            found += [it for it in text if it]
            line = 2 + len(found)
        assert len(surveyed.parts) > 3
        assert found == rows

    def test_a_file_in_another_encoding_is_refused_whole(self, tmp_path):
        path = tmp_path / "file.csv"
        path.write_bytes("\n".join([HEADER, row(1)]).encode("gbk"))

        with pytest.raises(legacy_file.LegacyFileError, match="not UTF-8"):
            legacy_file.survey(path)

    def test_four_processes_with_the_same_people_agree(self, tmp_path):
        path = tmp_path / "file.csv"
        surveyed = write(path, [row(i % 7 + 1, f"20{16 + i % 3 * 3}-01-01") for i in range(84)])
        load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)

        def one(part):
            try:
                return legacy.load_part(path=path, part=part, load_id=load_id, at=NOON)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            tallies = list(pool.map(one, surveyed.parts))

        assert sum(tally.taken for tally in tallies) == Permit.objects.count() == 21
        assert sum(tally.rows for tally in tallies) == 84
        assert Person.objects.count() == 7
        assert Entry.objects.count() == 21
        assert set(parts_done(load_id)) == {part.first_byte for part in surveyed.parts}


@pytest.mark.django_db(transaction=True)
def test_a_file_is_loaded_by_one_command_at_a_time():
    load_id = rounds.begin_load(file_digest=b"d" * 32, at=NOON)

    def elsewhere() -> bool:
        try:
            return rounds.hold_load(load_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert rounds.hold_load(load_id) is True
        assert pool.submit(elsewhere).result() is False


COMMAND = [sys.executable, "-m", "juzhu.cli.main", "load"]


@pytest.fixture
def command(open_folder, tmp_path):
    """Run `juzhu load` on a database of its own."""
    environment = os.environ | {
        "JUZHU_DATA_DIR": str(open_folder),
        "JUZHU_CLOCK": "system",
        "JUZHU_LOG_LEVEL": "WARNING",
    }
    del environment["DJANGO_SETTINGS_MODULE"]
    subprocess.run(
        [*COMMAND[:-1], "migrate"], env=environment, check=True, capture_output=True, timeout=60
    )

    def run(path: Path, *options: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, str(path), *options],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    return run


@pytest.mark.kill
def test_a_load_killed_in_the_middle_ends_as_if_it_had_run_once(command, open_folder, tmp_path):
    path, bad = tmp_path / "file.csv", {500, 4000, 8_999}
    lines = [row(i) if i not in bad else row(i)[1:] for i in range(1, 9_001)]
    path.write_text("\n".join([HEADER, *lines]))

    killed = command(path, "--processes", "1")
    wait_for_a_part(EmbeddedPostgres(open_folder).url)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    last = command(path, "--processes", "2")
    said, trouble = last.communicate(timeout=120)

    assert last.returncode == 2, trouble
    assert "taken over 8,997, already here 0" in said
    refused = path.with_name("file.csv.refused")
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    written = refused.read_text().splitlines()
    assert [line.split(",")[0] for line in written[1:]] == [str(n + 1) for n in sorted(bad)]
    assert written[1].endswith(row(500)[1:])
    assert register.id_number(500)[1:] not in said + trouble


def wait_for_a_part(url: str) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        with suppress(psycopg.OperationalError), psycopg.connect(url) as link:
            if link.execute("SELECT 1 FROM rounds_loadpart").fetchone():
                return
        time.sleep(0.05)
    raise AssertionError("no part was done within a minute")
