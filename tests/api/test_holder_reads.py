"""What a department asks, the person reads: who, why, on which basis, what; at once."""

import time
from datetime import timedelta

from django.test import Client

from juzhu.modules.partners import queries as partners
from juzhu.modules.partners.contracts import Scope
from tests.api.conftest import FixedClock
from tests.api.test_verifications import ONE, a_holder, question
from tests.factories import NOON


def signed_in(person_id: int) -> Client:
    client, now = Client(), time.time()
    session = client.session
    proofs = {"code": (4, now, True)}
    session.update({"person": person_id, "proofs": proofs, "began": now, "seen": now})
    session.save()
    return client


def page(person_id: int) -> str:
    return signed_in(person_id).get("/looks/").content.decode()


def test_a_question_of_a_department_stands_on_the_person_s_page_at_once(education):
    number, person_id, _ = a_holder()
    assert "市教育局" not in page(person_id)

    answer = education.ask("POST", ONE, json=question(number))

    assert answer.status_code == 200
    read = page(person_id)
    basis = partners.partner("education").grants[Scope.SCHOOL_ENROLMENT].legal_basis
    for words in ("市教育局", "义务教育入学", "连续持证起始日", "持证时间段", basis):
        assert words in read
    assert answer.json()["receipt_id"] not in read


def test_a_confidential_question_is_read_once_its_days_are_over(border, monkeypatch):
    number, person_id, _ = a_holder()
    days = partners.partner("exit-entry").grants[Scope.EXIT_ENTRY].confidential_days

    assert border.ask("POST", ONE, json=question(number, purpose="exit-entry")).status_code == 200

    assert days > 0
    monkeypatch.setattr(FixedClock, "now_is", NOON + timedelta(days=days, seconds=-1))
    assert "出入境管理支队" not in page(person_id)
    monkeypatch.setattr(FixedClock, "now_is", NOON + timedelta(days=days))
    assert "出入境管理支队" in page(person_id)
