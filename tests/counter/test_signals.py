"""What registers told and what officers do about it: two of them, and the person is heard."""

from datetime import timedelta

import pytest

from juzhu.domain.vocabulary import PermitState
from juzhu.modules.audit import queries as audit
from juzhu.modules.audit.contracts import DataSubject
from juzhu.modules.cases import lives as case_lives
from juzhu.modules.desk.models import Act
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes import services as dispute_services
from juzhu.modules.disputes.contracts import Reason
from juzhu.modules.lives import queries as lives
from juzhu.modules.notices import queries as notices
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.life_events import LifeEvent, LifeKind
from tests.counter.conftest import hire
from tests.factories import NOON, TODAY, a_person

WORDS = "户口本原件看过，没有迁入深圳的记载"


@pytest.fixture
def holder(desk) -> int:
    person_id = a_person()
    permit_services.issue(
        person_id=person_id, on=TODAY - timedelta(days=90), at=NOON, occasion="SL1"
    )
    return person_id


@pytest.fixture
def reviewers(desk, watch):
    return hire(watch, "reviewer"), hire(watch, "reviewer")


def state(person_id: int, days: int = 0) -> PermitState:
    return permits.permit_of(person_id, TODAY + timedelta(days=days)).status.state


def a_signal(person_id: int) -> int:
    event = LifeEvent(
        position=1,
        key="K1",
        source="population",
        kind=LifeKind.HUKOU_GAINED,
        id_number=people.person(person_id).id_number,
        on=TODAY,
    )
    case_lives.take(event, at=NOON)
    return lives.keyed("K1").id


def test_a_wrong_signal_is_undone_by_two_officers_on_their_pages(reviewers, holder):
    first, second = reviewers
    path = f"/signals/{a_signal(holder)}/"
    assert state(holder) is PermitState.CANCELLED

    assert first.client.post(path + "propose/", {"words": "错了"}).status_code == 422
    first.client.post(path + "propose/", {"words": WORDS})
    first.client.post(path + "sign/")
    assert state(holder) is PermitState.CANCELLED
    assert "等第二人签字" in second.client.get("/review/").content.decode()
    assert "签字，全部恢复" in second.client.get(path).content.decode()
    second.client.post(path + "sign/")

    assert state(holder) is PermitState.VALID
    assert [m.occasion for m in notices.inbox(holder, 1)] == ["restored"]
    assert "已全部恢复" in first.client.get(path).content.decode()


def test_fraud_is_decided_by_another_officer_after_the_holder_could_answer(
    reviewers, holder, world
):
    first, second = reviewers
    number = permits.permit_of(holder, TODAY).number
    opened = first.client.post("/fraud/new/", {"permit": number.lower(), "words": WORDS})
    path = opened.headers["Location"]
    assert [m.occasion for m in notices.inbox(holder, 1)] == ["fraud_notice"]

    for staff in (first, second):  # the one may not, for the other it is too early
        staff.client.post(path, {"words": WORDS, "cancel": "1"})
    assert state(holder) is PermitState.VALID

    world.now += timedelta(days=10)
    first.client.post(path, {"words": WORDS, "cancel": "1"})
    assert state(holder, 10) is PermitState.VALID
    second.client.post(path, {"words": WORDS, "cancel": "1"})
    status = permits.permit_of(holder, TODAY + timedelta(days=10)).status
    assert (status.state, status.cancel_reason) == (PermitState.CANCELLED, "fraud")
    assert status.cancelled_on == TODAY + timedelta(days=10)
    assert [m.occasion for m in notices.inbox(holder, 1)] == ["fraud_cancelled"]

    second.client.post(path + "reverse/", {"words": WORDS})
    assert state(holder, 10) is PermitState.CANCELLED
    first.client.post(path + "reverse/", {"words": WORDS})
    assert state(holder, 10) is PermitState.VALID
    assert "已恢复" in first.client.get(path).content.decode()


def test_a_permit_that_is_unknown_or_over_has_no_proceeding(reviewers, holder):
    first, _ = reviewers

    assert first.client.post("/fraud/new/", {"permit": "X", "words": WORDS}).status_code == 422
    assert lives.open_proceedings() == []


def test_who_is_called_dead_says_so_at_a_window_and_a_reviewer_finds_the_notice(
    reviewers, holder, officer
):
    number = people.person(holder).id_number
    event = LifeEvent(
        position=1, key="K2", source="civil", kind=LifeKind.DEATH, id_number=number, on=TODAY
    )
    case_lives.take(event, at=NOON)
    officer.client.post("/desk/find/", {"q": number, "why": "visit"})
    typed = {"item": "permit", "reason": "wrong", "words": "本人站在窗口，没有去世"}

    assert officer.client.post("/desk/wrong/", {}).status_code == 422
    done = officer.client.post("/desk/wrong/", typed)

    assert done.headers["Location"] == "/desk/done/wrong/"
    assert officer.client.get("/desk/wrong/").context["raised"][0][0].words == typed["words"]
    [raised] = disputes.waiting()
    reviewer, _ = reviewers
    reviewer.client.post(f"/disputes/{raised.id}/")
    page = reviewer.client.get(f"/disputes/{raised.id}/").content.decode()
    assert people.person(holder).name in page
    assert f'href="/signals/{lives.keyed("K2").id}/"' in page
    assert "已注销" in raised.shown


def test_nobody_answers_for_a_look_of_their_own(desk, watch, holder):
    looker, other = hire(watch, "supervisor").begin(), hire(watch, "reviewer")
    looker.client.post("/desk/find/", {"q": people.person(holder).id_number, "why": "visit"})
    whose = DataSubject(holder, people.id_digest(holder))
    [look] = audit.page_of_looks(whose, at=NOON + timedelta(minutes=1), before=None).looks[:1]
    number = dispute_services.open_dispute(
        person_id=holder, look=look, reason=Reason.UNKNOWN, words="", at=NOON
    )

    looker.client.post(f"/disputes/{number}/")
    assert "由别的复核员答复" in looker.client.get(f"/disputes/{number}/").content.decode()
    assert disputes.dispute(number).officer == ""

    other.client.post(f"/disputes/{number}/")
    assert disputes.dispute(number).officer == other.username


def test_a_holder_without_a_phone_is_heard_at_a_window_and_then_it_may_be_decided(
    reviewers, holder, officer
):
    first, second = reviewers
    number = permits.permit_of(holder, TODAY).number
    path = first.client.post("/fraud/new/", {"permit": number, "words": WORDS}).headers["Location"]
    officer.client.post("/desk/find/", {"q": number, "why": "visit"})
    assert officer.client.post("/desk/hearing/", {"words": ""}).status_code == 422

    done = officer.client.post("/desk/hearing/", {"words": "合同在这里，单位没有去备案"})

    assert done.headers["Location"] == "/desk/done/hearing/"
    [found] = lives.proceedings_of(holder)
    assert found.said == "合同在这里，单位没有去备案"
    assert Act.objects.latest("pk").kind == "heard"
    assert officer.client.post("/desk/hearing/", {"words": "再说"}).headers["Location"] == "/desk/"
    second.client.post(path, {"words": "看过合同原件，单位已补备案"})
    assert lives.proceedings_of(holder)[0].outcome == "dropped"
