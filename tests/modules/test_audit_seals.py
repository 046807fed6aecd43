"""Sealing and checking the ledger; each forgery is really made, by a superuser without triggers."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread, Timer

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from juzhu import wiring
from juzhu.adapters.ledger_keys import FileLedgerKeys
from juzhu.adapters.ledger_witness import FileWitness
from juzhu.journeys import ledger
from juzhu.modules.audit import sealing, seals, services
from juzhu.modules.audit.contracts import Fault, FaultKind, NewEntry, Purpose
from tests.factories import NOON, another_connection

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileWitness:
    """Keys and memory of this test's own."""
    keys, witness = FileLedgerKeys(tmp_path / "k", on=NOON.date()), FileWitness(tmp_path / "w")
    monkeypatch.setattr(wiring, "ledger_keys", lambda: keys)
    monkeypatch.setattr(wiring, "ledger_witness", lambda: witness)
    return witness


def write(count: int, at: datetime = NOON) -> None:
    services.record_many(
        [
            NewEntry(
                person_id=number,
                actor="partner:education",
                purpose=Purpose.SCHOOL_ENROLMENT,
                at=at,
                fields=("status",),
                occasion=f'R-{number} "quoted", (and) \\ more\nlines',
                basis="《条例》第二十八条",
                visible_from=at + SECOND if number % 3 == 0 else None,
                subject=b"s" * 32 if number % 2 else None,
            )
            for number in range(1, count + 1)
        ]
    )


def sealed(*counts: int) -> None:
    """Write and seal runs of so many entries."""
    for place, count in enumerate(counts):
        write(count)
        ledger.seal(at=NOON + place * SECOND)


def faults() -> list[tuple[FaultKind, int]]:
    found: list[Fault] = []
    ledger.verify(found=found.append, patience_seconds=0)
    return [(fault.kind, fault.seal) for fault in found]


def forge(*statements: str) -> None:
    """Run statements as somebody who owns the database and silences its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("RESET session_replication_role")


def ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_entry ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_an_untouched_ledger_has_no_faults():
    sealed(5, 3)
    write(2)

    done = ledger.verify(found=pytest.fail)

    assert (done.seals, done.entries, done.unsealed) == (2, 8, 2)


def test_sealing_with_nothing_new_writes_nothing():
    sealed(5)

    assert ledger.seal(at=NOON) == []


def test_long_runs_are_cut_into_seals():
    write(25)
    first = ids()[0]

    made = sealing.seal(sign=lambda _: (b"k", b"s"), at=NOON, largest=10)

    # The first run also holds the numbers that were handed out before this test.
    assert made[-1].upto_id == first + 24
    assert all(seal.upto_id - seal.after_id <= 10 for seal in made)
    assert sum(seal.entries for seal in made) == 25


INSERT = (
    "INSERT INTO audit_entry (id, at, person_id, actor, purpose, fields, occasion, note)"
    " VALUES ({}, '{}', 1, 'system:test', 'decide', '', '', '')"
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "UPDATE audit_entry SET fields = 'stat', occasion = 'us' || occasion WHERE id = {2}",
            (FaultKind.CHANGED, 1),
        ),
        ("UPDATE audit_entry SET person_id = NULL WHERE id = {0}", (FaultKind.CHANGED, 1)),
        (
            "UPDATE audit_entry SET id = {2}, at = at + interval '1 us' WHERE id = {3}",
            (FaultKind.CHANGED, 1),
        ),
        ("UPDATE audit_entry SET actor = 'partner:none' WHERE id = {2}", (FaultKind.CHANGED, 1)),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE id = {2}", (FaultKind.CHANGED, 1)),
        ("UPDATE audit_entry SET visible_from = NULL WHERE id = {2}", (FaultKind.CHANGED, 1)),
        ("UPDATE audit_entry SET subject = NULL WHERE id = {2}", (FaultKind.CHANGED, 1)),
        ("DELETE FROM audit_entry WHERE id = {6}", (FaultKind.DELETED, 2)),
        (INSERT.format("{2}", "2020-01-01"), (FaultKind.INSERTED, 1)),
        (INSERT.format(1_000_000_000, "2026-11-24"), (FaultKind.OUTSIDE, 0)),
    ],
)
def test_a_forged_entry_is_found(change: str, expected: tuple[FaultKind, int]):
    sealed(5, 3)

    forge(change.format(*ids()))

    assert faults() == [expected]


def test_two_seals_that_changed_places_are_found():
    sealed(5, 5, 5)

    forge(
        "UPDATE audit_seal SET number = 99 WHERE number = 2",
        "UPDATE audit_seal SET number = 2 WHERE number = 3",
        "UPDATE audit_seal SET number = 3 WHERE number = 99",
    )

    assert (FaultKind.SEAL_MISPLACED, 2) in faults()
    assert (FaultKind.SEAL_ALTERED, 2) in faults()


def test_a_missing_seal_is_found():
    sealed(5, 5, 5)

    forge("DELETE FROM audit_seal WHERE number = 2")

    assert (FaultKind.SEAL_MISPLACED, 3) in faults()


def test_a_seal_that_says_something_else_is_found():
    sealed(5, 5)

    forge("UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 1")

    assert faults() == [(FaultKind.SEAL_ALTERED, 1)]


def test_a_tail_cut_off_is_found_by_the_numbers_handed_out():
    sealed(5, 3)

    forge(
        f"DELETE FROM audit_entry WHERE id > {ids()[4]}",
        "DELETE FROM audit_seal WHERE number = 2",
    )

    assert (FaultKind.CUT_OFF, 1) in faults()


def test_a_tail_cut_off_and_covered_up_is_found_by_the_memory_outside():
    sealed(5, 3)

    forge(
        f"DELETE FROM audit_entry WHERE id > {ids()[4]}",
        "DELETE FROM audit_seal WHERE number = 2",
        "SELECT setval('audit_entry_id_seq', max(id)) FROM audit_entry",
    )

    assert faults() == [(FaultKind.CUT_OFF, 2)]


def test_a_chain_written_anew_is_found_by_the_memory_outside():
    sealed(5, 3)

    forge(f"UPDATE audit_entry SET actor = 'x' WHERE id = {ids()[6]}")
    forge("DELETE FROM audit_seal WHERE number = 2")
    ledger.seal(at=NOON + 9 * SECOND)  # signed by the true key, but not what was remembered
    ledger.seal(at=NOON + 10 * SECOND)

    assert faults() == [(FaultKind.SEAL_ALTERED, 2)]


def test_a_ledger_that_began_anew_is_said_once_and_never_forgotten(outside):
    sealed(5)
    lost = seals.last_seal()
    forge("DELETE FROM audit_entry", "DELETE FROM audit_seal")

    for _ in range(3):  # the first seals the emptied numbers again, under another hash
        ledger.seal(at=NOON + 60 * SECOND)

    assert [mark.hash for mark in outside.marks()].count(lost.hash) == 1
    assert faults() == [(FaultKind.SEAL_ALTERED, 1)]


def test_a_seal_by_another_key_is_found(tmp_path: Path):
    other = FileLedgerKeys(tmp_path / "other", on=NOON.date())
    write(3)

    def sign(message: bytes) -> tuple[bytes, bytes]:
        signature = other.sign(message)
        return signature.key_id, signature.value

    sealing.seal(sign=sign, at=NOON)

    assert faults() == [(FaultKind.SEAL_ALTERED, 1)]


def test_a_check_may_begin_and_end_anywhere():
    for day in range(4):
        write(2)
        ledger.seal(at=NOON + timedelta(days=day))
    forge(f"DELETE FROM audit_entry WHERE id = {ids()[0]}")

    found: list[Fault] = []
    later = ledger.verify(found=found.append, since=NOON + timedelta(days=1))
    assert (later.seals, later.entries, found) == (3, 6, [])

    earlier = ledger.verify(found=found.append, until=NOON + timedelta(days=2))
    assert (earlier.seals, earlier.entries) == (2, 3)
    assert [fault.kind for fault in found] == [FaultKind.DELETED]


def test_seals_can_be_neither_changed_nor_deleted_nor_emptied():
    sealed(1)

    for statement in (
        "UPDATE audit_seal SET entries = 0",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def insert(link: psycopg.Connection) -> None:
    link.execute(INSERT.format("DEFAULT", NOON))


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_with_its_number_and_nobody_waits():
    with closing(another_connection()) as slow, closing(another_connection()) as quick:
        insert(slow)  # has its number, is not committed
        insert(quick)
        quick.commit()
        made: list = []
        sealer = Thread(target=lambda: made.extend(_sealed_in_thread()))
        sealer.start()
        sealer.join(0.3)
        assert sealer.is_alive()  # it waits for the slow one…
        insert(quick)  # …and nobody waits for it
        quick.commit()
        slow.commit()
        sealer.join(10)

    assert [seal.entries for seal in made] == [2]
    ledger.seal(at=NOON)
    assert faults() == []
    assert seals.last_seal().upto_id == seals.last_number()


def _sealed_in_thread() -> list:
    try:
        return ledger.seal(at=NOON)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_never_ends_only_puts_sealing_off():
    with closing(another_connection()) as slow:
        insert(slow)

        assert sealing.seal(sign=lambda _: (b"k", b"s"), at=NOON, patience_seconds=0.1) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_seal_at_once():
    write(3)
    with closing(another_connection()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing._LOCK])

        assert ledger.seal(at=NOON) == []
        other.rollback()

        assert [seal.entries for seal in ledger.seal(at=NOON)] == [3]


def test_a_month_taken_away_is_found():
    sealed(5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit_entry LIMIT 1")
        [part] = cursor.fetchone()
        cursor.execute(f"ALTER TABLE audit_entry DETACH PARTITION {part}")

    assert faults() == [(FaultKind.DELETED, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_number_in_use_or_rolled_back_is_no_end_cut_off():
    sealed(2)
    with closing(another_connection()) as writer:
        insert(writer)
        assert faults() == []  # somebody is writing: nothing can be said yet

        writer.rollback()
        late = Timer(0.3, _sealed_in_thread)
        late.start()
        assert ledger.verify(found=pytest.fail).entries == 2  # waits for the seal
        late.join()
