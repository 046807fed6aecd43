"""Disputes in the register: one officer at a time, an answer for good, real working days."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.disputes import queries, services
from juzhu.modules.disputes.contracts import DisputeState, Load, Reason, Verdict
from juzhu.modules.disputes.queries import DisputeNotFoundError
from juzhu.modules.disputes.services import AnsweredError, TakenError
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.ports.clock import SHENZHEN
from tests.factories import NOON, a_person, looks_of

pytestmark = pytest.mark.django_db


def a_dispute(person_id: int | None = None, at: datetime = NOON, words: str = "不是我") -> int:
    person_id = person_id or a_person()
    audit.record_many(
        [NewEntry(person_id=person_id, actor="partner:x", purpose=Purpose.MARRIAGE, at=at)]
    )
    return services.open_dispute(
        person_id=person_id,
        look=looks_of(person_id, at)[0],
        reason=Reason.UNKNOWN,
        words=words,
        at=at,
    )


def answer(dispute_id: int, officer: str = "0021", words: str = "已核实。"):
    return services.answer(
        dispute_id=dispute_id, officer=officer, verdict=Verdict.IN_ORDER, words=words, at=NOON
    )


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (datetime(2026, 11, 24, 0, 0, tzinfo=SHENZHEN), date(2026, 12, 1)),
        (datetime(2026, 11, 28, 12, tzinfo=SHENZHEN), date(2026, 12, 4)),  # a Saturday
        (datetime(2026, 2, 13, 23, 59, tzinfo=SHENZHEN), date(2026, 2, 27)),  # 春节 between
    ],
)
def test_the_answer_is_due_five_working_days_after(opened, due):
    assert queries.dispute(a_dispute(at=opened)).answer_by == due


def test_those_due_first_stand_first_and_late_ones_are_counted():
    later = a_dispute(at=NOON)
    sooner = a_dispute(at=NOON - timedelta(days=7))

    assert [found.id for found in queries.waiting()] == [sooner, later]
    assert queries.load(NOON.date()) == Load(waiting=2, overdue=0)
    assert queries.load(date(2026, 11, 25)) == Load(waiting=2, overdue=1)


def test_a_second_officer_is_told_who_has_it_and_changes_nothing():
    dispute_id = a_dispute()
    services.claim(dispute_id=dispute_id, officer="0021", at=NOON)

    with pytest.raises(TakenError, match="0021"):
        services.claim(dispute_id=dispute_id, officer="0022", at=NOON)
    with pytest.raises(TakenError, match="0021"):
        answer(dispute_id, "0022")
    with pytest.raises(TakenError):
        services.hand_back(dispute_id=dispute_id, officer="0022")

    services.hand_back(dispute_id=dispute_id, officer="0021")
    assert queries.dispute(dispute_id).state is DisputeState.OPEN
    assert services.claim(dispute_id=dispute_id, officer="0022", at=NOON).officer == "0022"


def test_reading_and_answering_are_looks_of_their_own():
    person_id = a_person()
    dispute_id = a_dispute(person_id)
    services.claim(dispute_id=dispute_id, officer="0021", at=NOON)
    answer(dispute_id)

    found = [look for look in looks_of(person_id) if look.purpose is Purpose.DISPUTE]

    assert [(look.who, look.times) for look in found] == [("officer:0021", 2)]
    assert [m.occasion for m in notices.inbox(person_id)] == [Occasion.DISPUTE_ANSWERED]


def test_an_answer_is_given_once_by_whoever_claimed_it_and_with_words():
    dispute_id = a_dispute()
    with pytest.raises(TakenError):
        answer(dispute_id)  # not claimed
    services.claim(dispute_id=dispute_id, officer="0021", at=NOON)
    with pytest.raises(ValueError, match="words"):
        answer(dispute_id, words=" \n")

    assert answer(dispute_id).answer == "已核实。"

    for again in (
        lambda: answer(dispute_id),
        lambda: services.claim(dispute_id=dispute_id, officer="0021", at=NOON),
        lambda: services.hand_back(dispute_id=dispute_id, officer="0021"),
    ):
        with pytest.raises(AnsweredError):
            again()
    assert queries.waiting() == []


def test_what_was_said_is_not_readable_in_the_database():
    dispute_id = a_dispute(words="我没有孩子")

    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM disputes_dispute WHERE id = %s", [dispute_id])
        assert "我没有孩子".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE disputes_dispute SET verdict = 'not_in_order'",
        "UPDATE disputes_dispute SET answered_at = NULL, verdict = '', answer = NULL",
        "DELETE FROM disputes_dispute",
        "TRUNCATE disputes_dispute",
    ],
)
def test_an_answer_is_final_in_the_database_too(statement):
    dispute_id = a_dispute()
    services.claim(dispute_id=dispute_id, officer="0021", at=NOON)
    answer(dispute_id)

    with (
        pytest.raises(IntegrityError, match="final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_is_not_there_is_said():
    with pytest.raises(DisputeNotFoundError):
        services.claim(dispute_id=10**6, officer="0021", at=NOON)
    with pytest.raises(DisputeNotFoundError):
        queries.dispute_of(a_person(), a_dispute())
