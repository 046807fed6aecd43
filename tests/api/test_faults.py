"""The magic people of a trial bring the fault they are there for, and only in a trial."""

import dataclasses
import time

import pytest
from cryptography.exceptions import InvalidSignature

from juzhu.api import faults
from juzhu.api.faults import Fault
from juzhu.config.parse import Mode
from juzhu.domain.identity import parse_id_number
from tests.api.conftest import problem
from tests.api.test_verifications import MANY, ONE, question, rows, verified
from tests.factories import TODAY


def one(department, fault: Fault):
    return department.ask("POST", ONE, json=question(fault.value, "谁"))


def many(department, fault: Fault):
    people = [{"id_number": fault.value, "name": "谁"}]
    return department.ask("POST", MANY, json={"purpose": "school-enrolment", "people": people})


@pytest.mark.parametrize("ask", [one, many])
@pytest.mark.parametrize(
    ("fault", "status", "slug"),
    [
        (Fault.UNAVAILABLE, 503, "temporarily-unavailable"),
        (Fault.TOO_MANY, 429, "too-many-requests"),
        (Fault.FAILED, 500, "internal-error"),
    ],
)
def test_a_refusal_of_the_trial_asks_about_nobody(education, ask, fault, status, slug):
    answer = ask(education, fault)

    assert (answer.status_code, problem(answer)["slug"]) == (status, slug)
    assert ("retry-after" in answer.headers) == (status != 500)
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


@pytest.mark.parametrize("ask", [one, many])
def test_a_false_receipt_is_found_and_a_late_answer_is_late(education, ask, monkeypatch):
    false = ask(education, Fault.FALSE_RECEIPT)
    with pytest.raises(InvalidSignature):
        verified(false.headers["juzhu-receipt"], false.content, false.request.content)

    monkeypatch.setattr(faults, "LATE_SECONDS", 0.3)
    before = time.monotonic()
    late = ask(education, Fault.LATE)

    assert time.monotonic() - before >= 0.3
    verified(late.headers["juzhu-receipt"], late.content, late.request.content)


def test_their_numbers_could_be_somebodys_and_mean_nothing_in_production(education, settings):
    for fault in Fault:
        assert parse_id_number(fault.value, on=TODAY).number == fault.value
    settings.JUZHU = dataclasses.replace(settings.JUZHU, mode=Mode.PRODUCTION)

    assert one(education, Fault.FAILED).json()["status"] == "none"
