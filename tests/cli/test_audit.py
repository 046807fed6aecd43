"""`juzhu audit` as an operator types it, on the tests' database."""

import json
from contextlib import nullcontext

import pytest
from django.conf import settings
from django.db import connection
from typer.testing import CliRunner

from juzhu import wiring
from juzhu.adapters.ledger_keys import FileLedgerKeys
from juzhu.adapters.ledger_witness import FileWitness
from juzhu.cli import audit, checks, running
from juzhu.cli.checks import Level
from juzhu.modules.audit import seals, services
from juzhu.modules.audit.contracts import NewEntry, Purpose
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The command on the tests' database, with keys and memory of its own."""
    keys, witness = FileLedgerKeys(tmp_path / "k", on=NOON.date()), FileWitness(tmp_path / "w")
    monkeypatch.setattr(wiring, "ledger_keys", lambda: keys)
    monkeypatch.setattr(wiring, "ledger_witness", lambda: witness)
    monkeypatch.setattr(wiring, "clock", lambda: type("Clock", (), {"now": lambda _: NOON})())
    monkeypatch.setattr(running, "prepared", lambda: settings.JUZHU)
    monkeypatch.setattr(running, "database", lambda _: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(audit.app, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout + done.stderr


def write(count: int) -> None:
    entry = NewEntry(person_id=3, actor="system:test", purpose=Purpose.DECIDE, at=NOON)
    services.record_many([entry] * count)


def test_a_whole_ledger_passes_and_says_how_much_was_read():
    write(3)
    assert "3 entries sealed by 1 seals" in run("seal")[1]
    write(2)

    code, said = run("verify")

    assert code == 0
    assert "3 entries under 1 seals" in said
    assert "2 not sealed yet, 0 faults" in said


def test_a_forged_entry_fails_and_is_named():
    write(3)
    run("seal")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET note = 'x'")
        cursor.execute("RESET session_replication_role")

    code, said = run("verify", "--from", "2026-11-24", "--to", "2026-11-24")

    assert code == 1
    assert "changed: seal 1: entries" in said
    assert run("verify", "--from", "2026-11-25")[0] == 0  # nothing was sealed on that day


def test_exported_seals_prove_the_past(tmp_path, monkeypatch):
    write(3)
    run("seal")
    write(1)
    run("seal")
    copy = tmp_path / "seals.jsonl"
    monkeypatch.setattr(audit, "LEDGER_KEYS_FOLDER", str(tmp_path / "k"))
    assert "2 seals written" in run("export", str(copy))[1]
    nowhere = run("export", str(tmp_path / "nowhere" / "seals.jsonl"))
    assert nowhere[0] == 1
    assert "cannot be written" in nowhere[1]
    keys = json.loads((tmp_path / "seals.jsonl.keys.json").read_text())["keys"]
    assert json.loads(copy.read_text().splitlines()[0])["key"] in {key["kid"] for key in keys}
    assert not any("d" in key for key in keys)
    assert run("verify", "--against", str(copy))[0] == 0

    lines = [json.loads(line) for line in copy.read_text().splitlines()]
    lines[0]["hash"] = "00" * 32
    lines.append(lines[1] | {"number": 9})
    copy.write_text("".join(json.dumps(line) + "\n" for line in lines))

    code, said = run("verify", "--against", str(copy))
    assert code == 1
    assert "seal altered: seal 1: differs from the copy" in said
    assert "cut off: seal 9: known elsewhere; the ledger ends with seal 2" in said


@pytest.mark.parametrize("content", ["nonsense\n", '{"number": 1}\n', '{"number":1,"hash":"x"}\n'])
def test_a_copy_that_is_none_is_refused(tmp_path, content):
    copy = tmp_path / "seals.jsonl"
    copy.write_text(content)

    code, said = run("verify", "--against", str(copy))

    assert code == 2
    assert "line 1, is not a seal" in said


def test_a_missing_copy_is_refused(tmp_path):
    assert run("verify", "--against", str(tmp_path / "none"))[0] == 2


def test_seals_of_a_rotated_key_stay_good(tmp_path, monkeypatch):
    write(1)
    run("seal")
    monkeypatch.setattr(audit, "LEDGER_KEYS_FOLDER", str(tmp_path / "k"))

    assert "signing with key" in run("rotate-key", "--on", "2026-11-25")[1]
    write(1)
    run("seal")

    assert "2 entries under 2 seals" in run("verify")[1]


def test_the_doctor_sees_that_nobody_seals(monkeypatch):
    write(2)
    assert checks._ledger().level is Level.OK

    monkeypatch.setattr(checks, "_MOST_UNSEALED", 1)

    assert checks._ledger().level is Level.WARN


def test_a_key_open_to_others_keeps_the_worker_from_sealing_until_it_is_closed(tmp_path, caplog):
    from juzhu.jobs import tasks

    write(1)
    key = tmp_path / "k" / "sheet-keys.json"
    key.chmod(0o644)

    tasks.seal_ledger(timestamp=0)

    assert "sealing_failed" in caplog.text
    assert seals.last_seal() is None
    key.chmod(0o600)
    tasks.seal_ledger(timestamp=0)
    assert seals.numbers_unsealed() == 0


def test_keys_open_to_others_refuse_check_and_seal_with_a_sentence(tmp_path, monkeypatch):
    write(1)
    run("seal")
    (tmp_path / "k" / "sheet-keys.json").chmod(0o644)
    monkeypatch.setattr(  # as a new process would read them
        wiring, "ledger_keys", lambda: FileLedgerKeys(tmp_path / "k", on=NOON.date())
    )

    for command, expected in (("verify", 2), ("seal", 1)):
        write(1)
        code, said = run(command)
        assert code == expected
        assert "chmod 600" in said
