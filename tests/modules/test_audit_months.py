"""The ledger in partitions: made ahead, never missing, closed to change like the whole."""

from contextlib import closing
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from juzhu.modules.audit import queries, services
from juzhu.modules.audit.contracts import DataSubject, NewEntry, Purpose
from juzhu.modules.audit.months import prepare_months
from juzhu.ports.clock import SHENZHEN
from tests.factories import another_connection

pytestmark = pytest.mark.django_db


def write(at: datetime) -> None:
    entry = NewEntry(person_id=5, actor="system:test", purpose=Purpose.DECIDE, at=at)
    services.record_many([entry])


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def places() -> list[str]:
    return [row[0] for row in rows("SELECT tableoid::regclass::text FROM audit_entry ORDER BY at")]


def test_a_month_begins_and_ends_at_midnight_of_shenzhen():
    assert prepare_months(on=date(2031, 5, 20)) == 4
    assert prepare_months(on=date(2031, 6, 1)) == 1

    write(datetime(2031, 5, 31, 23, 59, 59, 999999, SHENZHEN))
    write(datetime(2031, 6, 1, tzinfo=SHENZHEN))

    assert places() == ["audit_entry_2031_05", "audit_entry_2031_06"]


def test_an_entry_of_a_month_without_a_partition_is_kept_all_the_same():
    at = datetime(2044, 2, 29, 12, tzinfo=SHENZHEN)
    write(at)

    made = prepare_months(on=at.date())
    write(at)

    assert made == 3  # the month that began in the default partition stays there
    assert places() == ["audit_entry_default"] * 2
    assert [
        look.times
        for look in queries.page_of_looks(DataSubject(5, b"d" * 32), at=at, before=None).looks
    ] == [2]


@pytest.mark.django_db(transaction=True)
def test_a_long_reader_only_puts_new_months_off(caplog):
    with closing(another_connection()) as reader:
        reader.execute("SELECT count(*) FROM audit_entry")  # and the transaction stays open

        assert prepare_months(on=date(2033, 1, 1)) == 0

    assert "months_put_off" in caplog.text
    assert prepare_months(on=date(2033, 1, 1)) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET note = 'x'",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
@pytest.mark.parametrize("table", ["audit_entry", "audit_entry_2031_05", "audit_entry_default"])
def test_no_way_in_changes_or_deletes_an_entry(table, statement):
    prepare_months(on=date(2031, 5, 20))
    write(datetime(2031, 5, 20, tzinfo=SHENZHEN))
    write(datetime(2050, 5, 20, tzinfo=SHENZHEN))

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows(statement.format(table))


def test_a_ledger_from_before_the_partitions_is_taken_over_as_it_is():
    loader = MigrationLoader(None)
    steps = [loader.get_migration("audit", f"000{n}") for n in ("1_tables", "2_append_only")]
    then = [loader.get_migration("audit", n) for n in ("0003_exchange", "0004_by_month")]
    insert = (
        "INSERT INTO audit_entry (at, person_id, actor, purpose, fields, occasion, note) VALUES"
        " ('2026-11-24 12:00+08', 7, 'system:decision', 'decide', '', 'SL1', '')"
    )
    rows("CREATE SCHEMA before")
    rows("SET LOCAL search_path = before")
    state = _apply(steps, ProjectState())
    rows(insert)
    rows(insert)

    _apply(then, state)
    rows(insert)

    assert rows("SELECT id, occasion, tableoid::regclass::text FROM audit_entry ORDER BY id") == [
        (1, "SL1", "audit_entry_before"),
        (2, "SL1", "audit_entry_before"),
        (3, "SL1", "audit_entry_before"),
    ]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows("DELETE FROM audit_entry WHERE id = 1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows("TRUNCATE audit_entry_before")


def _apply(steps: list, state: ProjectState) -> ProjectState:
    for step in steps:
        with connection.schema_editor() as editor:
            state = step.apply(state, editor)
    return state
