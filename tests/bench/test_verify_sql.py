"""What pgbench runs beside verifications is what the service really sends."""

import re

import pytest
from django.db import connection

from bench import register, verify
from juzhu import wiring
from tests.factories import NOON, TODAY


class FixedClock:
    def now(self):
        return NOON


SHAPES = [
    "BEGIN",
    "SELECT people_person",
    "SELECT permits_permit",
    "SELECT audit_entry",
    "INSERT audit_entry",
    "INSERT partners_known",
    "INSERT verifications_receipt",
    "COMMIT",
]


def shape(statement: str) -> str:
    found = re.search(r"^(SELECT) .*? FROM (\w+)|^(INSERT) INTO (\w+)|^(BEGIN|COMMIT)", statement)
    assert found, statement
    return " ".join(part for part in found.groups() if part)


@pytest.mark.parametrize("people", [[7], list(range(1, 21))])
def test_the_recorded_statements_are_whole_and_can_be_run_again(
    transactional_db, monkeypatch, people
):
    monkeypatch.setattr(wiring, "clock", FixedClock)
    register.fill(20, on=TODAY, processes=1)
    verify._register_partner()

    script = verify.statements(people).splitlines()

    assert [shape(line) for line in script] == SHAPES
    with connection.cursor() as cursor:
        for line in script:
            cursor.execute(line)  # as pgbench does: again, word for word
        cursor.execute("SELECT count(*), count(DISTINCT person_id) FROM audit_entry")
        assert cursor.fetchone() == (2 * len(people), len(people))
        cursor.execute("SELECT count(*) FROM verifications_receipt")
        assert cursor.fetchone() == (2,)
