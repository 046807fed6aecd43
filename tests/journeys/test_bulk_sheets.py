"""`juzhu sheet bulk`: many sheets from a file, each row answered, all of it in the register."""

import csv
import dataclasses
import stat
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from juzhu import wiring
from juzhu.cli import running
from juzhu.cli.sheet import app
from juzhu.domain.sheet import Standing
from juzhu.modules.audit.models import Entry
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries
from juzhu.modules.sheets.models import Sheet
from juzhu.modules.staff import services as staff
from juzhu.modules.staff.contracts import Role
from juzhu.ports.sheets import FileProblem
from tests.adapters.sheets.reading import text_of
from tests.journeys.test_journeys import now, sign_in_as, submit

pytestmark = pytest.mark.django_db
HEADING = "number,purpose,occasion"
OCCASION = "学校来函2026年第12号，家长签字同意"


@pytest.fixture
def desk(city, tmp_path, monkeypatch):
    """Use a data folder and staff of the test's own, as the command finds them."""
    settings.JUZHU = dataclasses.replace(settings.JUZHU, data_dir=tmp_path / "data")
    cached = [one for one in vars(wiring).values() if hasattr(one, "cache_clear")]
    for one in cached:
        one.cache_clear()
    monkeypatch.setattr(running, "prepared", lambda: settings.JUZHU)
    monkeypatch.setattr(running, "database", lambda env: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)
    for username, role in (("0042", Role.OFFICER), ("0043", Role.AUDITOR)):
        staff.add(username=username, name="李", role=role, point="", by="system", at=now())
    yield tmp_path
    for one in cached:
        one.cache_clear()


@pytest.fixture
def permit_numbers(desk, city) -> list[str]:
    found = []
    for number, name in enumerate(("陈小明", "欧阳小文", "古丽娜尔·买买提")):
        person_id = sign_in_as(city, name)
        submit(person_id, key=f"k{number}", phone=f"1380000602{number}")
        found.append(permits.permit_of(person_id, now().date()).number)
    return found


def run(desk: Path, *rows: str, by: str = "0042"):
    """Run the command; return what it printed and the rows of its report."""
    file, out = desk / "orders.csv", desk / "out"
    file.write_text("\n".join([HEADING, *rows]), encoding="utf-8")
    done = CliRunner().invoke(app, ["bulk", str(file), "--out", str(out), "--by", by])
    report = out / "report.csv"
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    return done, list(csv.DictReader(text.splitlines()))


def test_every_row_becomes_a_sheet_that_all_checks_accept(desk, permit_numbers):
    done, report = run(desk, *(f"{number},子女入学,{OCCASION}" for number in permit_numbers))

    assert done.exit_code == 0, done.output
    assert "made 3" in done.output
    for row, number in zip(report, permit_numbers, strict=True):
        path = desk / "out" / row["file"]
        pdf = path.read_bytes()
        person = people.person(permits.holder_of(number))
        assert (row["outcome"], path.name) == ("made", f"{row['sheet']}.pdf")
        assert sha256(pdf).hexdigest() == row["sha256"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert wiring.sheet_files().examine(pdf).problem is None
        _, answer = queries.check_file(sha256(pdf).digest(), now().date())
        assert answer.standing_now is Standing.VALID
        assert person.name in text_of(pdf)
        entry = Entry.objects.get(person_id=person.id, occasion=row["sheet"])
        assert (entry.actor, entry.basis) == ("officer:0042", OCCASION)
    assert stat.S_IMODE((desk / "out").stat().st_mode) == 0o700


def test_one_changed_byte_of_a_bulk_sheet_is_found(desk, permit_numbers):
    _, (row,) = run(desk, f"{permit_numbers[0]},子女入学,{OCCASION}")
    pdf = bytearray((desk / "out" / row["file"]).read_bytes())
    pdf[len(pdf) // 3] ^= 1

    assert wiring.sheet_files().examine(bytes(pdf)).problem is FileProblem.CHANGED


def test_the_same_file_again_gives_the_same_sheets(desk, permit_numbers):
    rows = [f"{number},租房,{OCCASION}" for number in permit_numbers]
    _, first = run(desk, *rows, rows[0])
    _, again = run(desk, *rows)

    assert [row["sha256"] for row in again] == [row["sha256"] for row in first[:3]]
    assert first[3]["sheet"] == first[0]["sheet"]
    assert Sheet.objects.count() == 3


def test_an_earlier_sheets_number_orders_a_new_one(desk, permit_numbers):
    _, (old,) = run(desk, f"{permit_numbers[0]},租房,{OCCASION}")

    _, (new,) = run(desk, f"{old['sheet'].lower()},子女入学,{OCCASION}")

    assert (new["outcome"], new["sheet"] != old["sheet"]) == ("made", True)


WRONG = {
    "4403002026ZZZZZZZZ,租房,来函": "no permit",
    "{number},,来函": "purpose",
    f"{{number}},{'长' * 21},来函": "purpose",
    "{number},租房𠮷,来函": "U+20BB7 cannot be printed",
    "{number},租房\u200b,来函": "U+200B cannot be printed",
    "{number},租房,": "legal occasion",
    f"{{number}},租房,{'长' * 101}": "legal occasion",
    "{number},租房": "3 columns",
    "{number},租房,来函,多": "3 columns",
}


def test_a_wrong_row_is_refused_with_its_reason_and_the_others_are_made(desk, permit_numbers):
    good = f"{permit_numbers[1]},租房,来函"

    done, report = run(desk, *(row.format(number=permit_numbers[0]) for row in WRONG), good)

    assert done.exit_code == 1
    assert [row["line"] for row in report] == [str(n) for n in range(2, len(WRONG) + 3)]
    assert [row["outcome"] for row in report] == ["refused"] * len(WRONG) + ["made"]
    for row, says in zip(report, WRONG.values(), strict=False):
        assert says in row["reason"]
    assert Sheet.objects.count() == 1


def test_what_is_silent_makes_sheets_wait_and_the_file_is_run_again(desk, permit_numbers, city):
    rows = [f"{number},租房,来函" for number in permit_numbers[:2]]
    city.post("/control/services/photographs", mode="error500")

    done, waiting = run(desk, *rows)
    assert done.exit_code == 1
    assert [row["outcome"] for row in waiting] == ["waiting"] * 2
    assert list((desk / "out").glob("*.pdf")) == []

    city.post("/control/reset")
    done, made = run(desk, *rows)
    assert done.exit_code == 0
    assert [row["sheet"] for row in made] == [row["sheet"] for row in waiting]


@pytest.mark.parametrize("by", ["0043", "9999"])
def test_only_an_officer_may_order(desk, permit_numbers, by):
    done, report = run(desk, f"{permit_numbers[0]},租房,来函", by=by)

    assert (done.exit_code, report) == (2, [])
    assert Sheet.objects.count() == 0


def test_another_heading_or_file_is_refused(desk, permit_numbers):
    file = desk / "orders.csv"
    for content in (b"number;purpose;occasion\n", "number,purpose\n", "单号".encode("gb18030")):
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        options = ["--out", str(desk / "out"), "--by", "0042"]
        assert CliRunner().invoke(app, ["bulk", str(file), *options]).exit_code == 2
    assert Sheet.objects.count() == 0
