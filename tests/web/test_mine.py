"""What holders change themselves: phone, collecting agent, the end; each after a fresh sign-in."""

from datetime import timedelta

import pytest
from django.test import Client

from juzhu import wiring
from juzhu.domain.vocabulary import PermitState
from juzhu.journeys import phone as phone_journey
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases import queries as cases
from juzhu.modules.notices import queries as notices
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.models import FormerPhone, Person, PhoneCode
from juzhu.modules.permits import queries as permits
from tests.factories import NOON, TODAY, a_person, an_id_number
from tests.web.conftest import Resident, forward

OLD, NEW = "13800006021", "13900000001"


class Phones:
    """What was sent where."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, str]] = []
        monkeypatch.setattr(wiring, "sms", lambda: self)

    def send(self, *, key: str, phone: str, text: str, template: str, values=()) -> str:
        self.sent.append((phone, text))
        return "1"


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Phones:
    return Phones(monkeypatch)


def person_of(resident: Resident) -> Person:
    return Person.objects.get(id_digest=people_services.digest_of(resident.id_number))


def code() -> str:
    return str(PhoneCode.objects.latest("pk").code)


def ask(resident: Resident, phone: str = NEW) -> str:
    answer = resident.client.post("/mine/phone/", {"phone": phone})
    return answer.headers.get("Location", str(answer.status_code))


def confirm(resident: Resident, typed: str | None = None) -> str:
    answer = resident.client.post("/mine/phone/code/", {"code": typed or code()})
    return answer.headers.get("Location", str(answer.status_code))


def test_the_phone_changes_only_with_the_code_that_came_to_the_new_number(holder, sms):
    assert ask(holder) == "/mine/phone/code/"
    phone_journey.send_code(code_id=PhoneCode.objects.get().pk)
    wrong = f"{(int(code()) + 1) % 1_000_000:06d}"

    assert confirm(holder, wrong) == "422"
    assert people.person(person_of(holder).pk).phone == OLD
    assert confirm(holder) == "/mine/phone/done/"

    phone_journey.tell_former(former_id=FormerPhone.objects.get().pk)
    assert people.person(person_of(holder).pk).phone == NEW
    assert [phone for phone, _ in sms.sent] == [NEW, OLD]
    assert code() in sms.sent[0][1]
    last = Entry.objects.filter(person_id=person_of(holder).pk).latest("id")
    assert (last.actor, last.purpose, last.note) == ("holder:self", "self_service", "phone_changed")
    assert confirm(holder) == "/mine/phone/"  # the code is used up


def test_a_code_is_tried_five_times_and_is_good_for_ten_minutes(world, holder, sms):
    ask(holder)
    good = code()
    wrong = f"{(int(good) + 1) % 1_000_000:06d}"
    assert [confirm(holder, wrong) for _ in range(5)] == ["422"] * 5
    assert confirm(holder, good) == "/mine/phone/"

    ask(holder)
    forward(world, minutes=11)
    assert confirm(holder) == "/mine/phone/"
    assert people.person(person_of(holder).pk).phone == OLD


def test_neither_a_person_nor_a_number_gets_more_than_five_codes_a_day(world, holder):
    assert [ask(holder) for _ in range(5)] == ["/mine/phone/code/"] * 5

    assert ask(holder) == "422"
    forward(world, days=1, seconds=1)
    assert ask(holder) == "/mine/phone/code/"


def test_a_number_used_again_by_somebody_else_opens_nothing_of_the_first(world, holder, sms):
    """The first has not shown for 90 days that the number is theirs; a family's member has."""
    gone, family = a_person("周小兰", phone=NEW), a_person("周小方", phone=NEW)
    Person.objects.filter(pk=family).update(phone_proven_at=NOON - timedelta(days=20))
    ask(holder)

    confirm(holder)

    doubted = {pk: people.person(pk).phone_doubted for pk in (gone, family, person_of(holder).pk)}
    assert doubted == {gone: True, family: False, person_of(holder).pk: False}
    assert [m.occasion for m in notices.inbox(gone, 5)] == ["phone_doubted"]
    visitor = Client()
    number = people.person(gone).id_number
    visitor.post("/sign-in/code/", {"id_number": number, "phone": NEW})
    from juzhu.modules.people.models import SignInCode

    assert people.code_to_send(SignInCode.objects.get().pk, at=world.now) is None


@pytest.mark.parametrize("path", ["/mine/phone/", "/mine/cancel/"])
def test_what_cannot_be_undone_asks_for_a_fresh_sign_in(holder, real_time, path):
    assert holder.client.get(path).status_code == 200
    for _ in range(2):  # active all the time, so still signed in
        real_time(8 * 60)
        holder.client.get("/")

    answer = holder.client.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?again=1")
    assert holder.client.post(path, {"phone": NEW, "understood": "on"}).status_code == 302
    assert permits.permit_of(person_of(holder).pk, TODAY).status.state is PermitState.VALID


def test_the_agent_is_named_changed_and_struck_out(resident):
    number = resident.apply(delivery="point", point="440304-01").split("/")[2]
    path = f"/cases/{number}/agent/"
    agent = {"agent_name": "李小红", "agent_id_number": an_id_number(), "agent_phone": NEW}

    assert resident.client.post(path, agent | {"agent_id_number": "1"}).status_code == 422
    assert resident.client.post(path, agent).headers["Location"] == path + "done/"
    assert cases.case_of(person_of(resident).pk, number).agent_name == "李小红"
    resident.client.post(path, {"nobody": "1"})
    assert cases.case_of(person_of(resident).pk, number).agent_name == ""
    assert "没有代领人" in resident.client.get(path + "done/").content.decode()


def test_nobody_names_an_agent_for_a_neighbour(resident, neighbour):
    number = resident.apply(delivery="point", point="440304-01").split("/")[2]

    assert neighbour.client.post(f"/cases/{number}/agent/", {"nobody": "1"}).status_code == 404


def test_the_holder_cancels_the_permit_with_the_statement_only(holder):
    person = person_of(holder).pk
    assert holder.client.post("/mine/cancel/", {}).status_code == 422

    answer = holder.client.post("/mine/cancel/", {"understood": "on"})
    again = holder.client.post("/mine/cancel/", {"understood": "on"})

    status = permits.permit_of(person, TODAY).status
    assert (status.state, status.cancel_reason) == (PermitState.CANCELLED, "own_request")
    assert (answer.headers["Location"], again.headers["Location"]) == ("/mine/cancelled/", "/")
    assert holder.client.get("/mine/cancelled/").status_code == 200
    assert [m.occasion for m in notices.inbox(person, 9)].count("cancelled") == 1


def test_the_page_of_ones_own_data_leads_to_each_change(holder):
    page = holder.client.get("/mine/").content.decode()

    for path in ("/mine/phone/", "/mine/cancel/", "/looks/"):
        assert f'href="{path}"' in page


def test_a_holder_reads_the_doubts_and_is_heard_once(holder, neighbour):
    person = person_of(holder).pk
    number = permits.permit_of(person, TODAY).number
    from juzhu.modules.cases import fraud
    from juzhu.modules.lives import queries as lives

    found = fraud.open_proceeding(
        permit_number=number, officer="0001", ground="合同上的住址不存在", at=NOON
    )
    path = f"/mine/hearings/{found}/"

    assert path in holder.client.get("/mine/").content.decode()
    assert "合同上的住址不存在" in holder.client.get(path).content.decode()
    assert holder.client.post(path, {"words": ""}).status_code == 422
    holder.client.post(path, {"words": "门牌改过，原来叫和平路"})
    holder.client.post(path, {"words": "再说一次"})

    assert lives.proceeding(found).said == "门牌改过，原来叫和平路"
    assert neighbour.client.get(path).status_code == 404


def test_wrong_data_go_to_an_officer_and_the_answer_comes_back(holder, neighbour):
    from juzhu.modules.disputes import queries as disputes
    from juzhu.modules.disputes import services as dispute_services
    from juzhu.modules.disputes.contracts import DataItem, Verdict

    person = person_of(holder).pk
    typed = {"item": "permit", "reason": "wrong", "words": "签发日期早了一天"}
    assert holder.client.post("/mine/wrong/", typed | {"words": ""}).status_code == 422
    where = holder.client.post("/mine/wrong/", typed).headers["Location"]
    assert holder.client.post("/mine/wrong/", typed).headers["Location"] == where  # it waits
    (found,) = disputes.waiting()
    assert (found.item, found.person_id) == (DataItem.PERMIT, person)
    assert str(TODAY) in found.shown
    assert "居住证的日期和状态" in holder.client.get(where).content.decode()
    assert neighbour.client.get(where).status_code == 404

    dispute_services.claim(dispute_id=found.id, officer="0001", at=NOON)
    dispute_services.answer(
        dispute_id=found.id,
        officer="0001",
        verdict=Verdict.IN_ORDER,
        words="签发日期就是批准那天，没有错。",
        at=NOON,
    )

    assert "信息没有错" in holder.client.get(where).content.decode()
    assert where in holder.client.get("/mine/").content.decode()
    assert [m.occasion for m in notices.inbox(person, 1)] == ["data_answered"]
    assert holder.client.get("/looks/").status_code == 200


def test_an_open_session_ends_when_the_holder_is_reported_dead(holder):
    person = person_of(holder).pk
    people_services.note_death(person_id=person, on=TODAY)

    assert holder.client.get("/").headers["Location"] == "/account-closed/"
    assert holder.client.get("/mine/").headers["Location"].startswith("/sign-in/")
    assert holder.client.get("/account-closed/").status_code == 200
