"""The benchmark's limit runs the statements that Juzhu really sends."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juzhu.modules.cases import queries, services
from juzhu.modules.people import queries as people
from tests.factories import NOON, a_person, an_application, answers, facts

SCRIPT = Path(__file__).parents[2] / "bench" / "decide.sql"


def shape(statement: str) -> str:
    """What a statement does, to which table."""
    text = " ".join(statement.replace('"', "").split())
    for pattern in (
        r"^(BEGIN|COMMIT)",
        r"^SELECT (nextval\('cases_number_seq'\))",
        r"^SELECT unnest\( ?(procrastinate_defer_jobs_v1)",
        r"^(INSERT INTO \w+|UPDATE \w+)",
        r"^SELECT .*? FROM (\w+)",
    ):
        if found := re.search(pattern, text, re.IGNORECASE):
            return found[1]
    raise AssertionError(f"unknown statement: {text}")


@pytest.mark.django_db(transaction=True)
def test_the_benchmark_script_holds_the_statements_of_a_real_case():
    person_id = a_person()
    with CaptureQueriesContext(connection) as sent:
        accepted = services.accept(person_id=person_id, application=an_application(), at=NOON)
        people.person(queries.to_pursue(accepted.number)[0])
        services.decide(number=accepted.number, facts=facts(), answers=answers(), at=NOON)

    script = [line for line in SCRIPT.read_text().splitlines() if not line.startswith("--")]
    statements = [line for line in script if "nextval('bench_person')" not in line]
    assert [shape(line) for line in statements] == [shape(q["sql"]) for q in sent.captured_queries]
