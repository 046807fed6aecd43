"""A cancellation that somebody else made at the holder's open session, and what the holder does."""

from datetime import timedelta

import pytest

from juzhu.domain.calendar import add_months
from juzhu.domain.card import CardState
from juzhu.domain.verification import Standing, verify
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.modules.cards import queries as cards
from juzhu.modules.cases import objections
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import services as case_services
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.lives import asked
from juzhu.modules.lives.services import SameOfficerError
from juzhu.modules.notices import queries as notices
from juzhu.modules.payments import queries as payments
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits.models import Event
from tests.factories import NOON, TODAY, an_application
from tests.web.conftest import Resident, forward
from tests.web.test_mine import person_of

PATH = "/mine/cancelled/object/"
WORDS = "那天手机借给同事用过，我没有办过注销"


@pytest.fixture
def robbed(world, resident) -> Resident:
    """Somebody whose permit, in its window and with an endorsement under way, another cancelled."""
    person = person_of(resident).pk
    issued_on = add_months(TODAY, -12) + timedelta(days=4)
    permit_services.issue(person_id=person, on=issued_on, at=NOON, occasion="SL1")
    case_services.accept(
        person_id=person, application=an_application(Business.ENDORSEMENT), at=NOON
    )
    resident.client.post("/mine/cancel/", {"understood": "on"})
    forward(world, days=2)
    return resident


def object_to(resident: Resident) -> int:
    resident.client.post(PATH, {"words": WORDS})
    (found,) = asked.waiting()
    return found.id


def test_it_is_restored_whole_by_two_officers(world, robbed, neighbour):
    person = person_of(robbed).pk
    assert PATH in robbed.client.get("/mine/cancelled/").content.decode()
    assert robbed.client.post(PATH, {"words": ""}).status_code == 422

    number = object_to(robbed)
    robbed.client.post(PATH, {"words": "再说一次"})

    kept = asked.found(number)
    assert (kept.said, kept.asking.channel, kept.asking.proofs) == (WORDS, "web", ("face",))
    assert "收到了，正在核实" in robbed.client.get(PATH).content.decode()
    assert neighbour.client.get(PATH).status_code == 404
    objections.propose(number=number, officer="0001", words="不是本人", at=world.now)
    with pytest.raises(SameOfficerError):
        objections.sign(number=number, officer="0001", at=world.now)
    objections.sign(number=number, officer="0002", at=world.now)

    (permit,) = permits.permits_of(person, world.now.date())
    assert permit.status.state is PermitState.IN_WINDOW
    (case,) = cases.cases_of(person, limit=5)
    assert (case.state, case.accepted_on) == (CaseState.ACCEPTED, TODAY)
    between = verify(permits.histories([person])[person], TODAY + timedelta(days=1))
    assert between.standing is Standing.VALID
    assert between.recorded_later, "an answer about the day in between says so"
    told = Event.objects.filter(person_id=person).values_list("kind", "undoes")
    assert ("corrected", "cancelled") in list(told)
    assert notices.inbox(person, 1)[0].occasion == "end_annulled"
    assert "已恢复" in robbed.client.get(PATH).content.decode()


def test_a_refusal_gives_reasons_and_remedies_where_it_was_asked_for(world, robbed):
    number = object_to(robbed)

    objections.let_stand(number=number, officer="0001", words="声明上的签字是本人的", at=world.now)

    page = robbed.client.get(PATH).content.decode()
    assert "声明上的签字是本人的" in page
    assert "行政复议" in page
    assert PATH in robbed.client.get("/mine/").content.decode()
    person = person_of(robbed).pk
    assert notices.inbox(person, 1)[0].occasion == "end_stands"
    assert permits.permit_of(person, world.now.date()).status.state is PermitState.CANCELLED


def test_who_applied_again_meanwhile_keeps_that_permit_and_gets_the_days_before_it(world, robbed):
    person = person_of(robbed).pk
    case = robbed.apply(delivery="point", point="440304-01").split("/")[2]
    owed = payments.of_case(cases.id_of(case), at=world.now)
    assert owed.state == "open"
    number = object_to(robbed)
    objections.propose(number=number, officer="0001", words="不是本人", at=world.now)
    objections.sign(number=number, officer="0002", at=world.now)

    assert len(permits.permits_of(person, world.now.date())) == 2
    history = permits.histories([person])[person]
    days = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1), world.now.date()]
    assert {verify(history, day).standing for day in days} == {Standing.VALID}
    newer = permits.permit_of(person, world.now.date())
    told = {message.occasion: message.text for message in notices.inbox(person, 3)}
    assert f"{newer.status.valid_through.year}年" in told["end_annulled"]
    assert payments.order(owed.number, at=world.now).state == "called_off", "nothing is owed"
    assert cards.card_of_case(case).state is CardState.ORDERED
    assert len([c for c in cards.cards_of(person) if c.state is not CardState.VOID]) == 1
    endorsement = cases.cases_of(person, limit=5)[-1]
    assert endorsement.state is CaseState.WITHDRAWN, "there is nothing left to endorse"
