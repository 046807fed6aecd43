"""The benchmark inserts what Juzhu really sends."""

import re

import pytest
from bench.ledger import INSERT
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juzhu.modules.audit import services
from juzhu.modules.audit.contracts import Purpose
from tests.factories import NOON


def columns(statement: str) -> list[str]:
    found = re.search(r'INSERT INTO "audit_entry" \(([^)]+)\) VALUES', " ".join(statement.split()))
    return re.findall(r'"(\w+)"', found[1])


@pytest.mark.django_db
def test_the_insert_of_the_benchmark_has_the_columns_of_a_real_entry():
    with CaptureQueriesContext(connection) as sent:
        services.record(person_id=1, actor="system:test", purpose=Purpose.DECIDE, at=NOON)

    [query] = sent.captured_queries
    assert columns(INSERT) == columns(query["sql"])
    assert "RETURNING" in INSERT
    assert "RETURNING" in query["sql"]
