"""A relative or friend acts for a holder: what they reach, what they never do, and who is told."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from juzhu import wiring
from juzhu.domain.identity import check_digit
from juzhu.domain.vocabulary import Business
from juzhu.journeys import helping
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import requests
from juzhu.modules.mandates import services as mandates
from juzhu.modules.mandates.contracts import Named, Proof, Scope, Task, Way
from juzhu.modules.mandates.models import Mandate, Request, Use
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.web import acting
from juzhu.web.acting import OWN, REACH
from tests.factories import an_id_number, an_order, looks_of
from tests.web.conftest import Resident, World, forward, sign_in
from tests.web.test_pay import Desk

PHONE, OWN_PHONE = "13800006021", "13900000002"


@dataclass
class Phones:
    """Takes what would be sent."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def send(self, **message: Any) -> str:
        self.sent.append(message)
        return "1"


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> Phones:
    found = Phones()
    monkeypatch.setattr(wiring, "sms", lambda: found)
    return found


@pytest.fixture
def mother(holder: Resident) -> Resident:
    """Return a holder who has a simple phone."""
    return holder


@pytest.fixture
def daughter(world: World) -> Resident:
    """Return somebody else, signed in on a phone of their own."""
    found = sign_in("李小红")
    people_services.reserve_phone(person_id=number_of(found), phone=OWN_PHONE)
    return found


def number_of(resident: Resident) -> int:
    return int(resident.client.session["person"])


def ask(helper: Resident, holder: Resident, **typed: Any):
    form = {"name": holder.name, "id_number": holder.id_number, "term": "1", "tasks": ["endorse"]}
    return helper.client.post("/for/ask/", form | typed)


def ring(world: World) -> None:
    helping.send_code(request_id=Request.objects.latest("pk").pk)


def let(holder: Resident, helper: Resident, world: World, *tasks: Task, through: date) -> int:
    given = mandates.give(
        holder_id=number_of(holder),
        helper=Named(name=helper.name, id_number=helper.id_number),
        scope=Scope(tasks=frozenset(tasks or Task), through=through),
        proof=Proof(way=Way.SELF, details={}),
        at=world.now,
    )
    return given.id  # type: ignore[union-attr]


def act_for(helper: Resident, mandate: int) -> None:
    assert helper.client.post(f"/for/{mandate}/begin/").headers["Location"] == "/"


def told(person_id: int) -> list[Occasion]:
    return [message.occasion for message in notices.inbox(person_id, 50)]


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_daughter_endorses_for_her_mother_whose_simple_phone_reads_out_a_code(
    world, mother, daughter, phones
):
    forward(world, days=330)
    mother_id = number_of(mother)
    assert ask(daughter, mother).headers["Location"] == "/for/code/"
    assert not Mandate.objects.exists()

    ring(world)

    [message] = phones.sent
    assert message["phone"] == PHONE
    assert "李小红想替您办居住证：看进度、签注，到" in message["text"]
    code = re.findall(r"\d{6}", message["text"])[0]
    assert daughter.client.post("/for/code/", {"code": code}).headers["Location"] == "/for/"
    mandate = Mandate.objects.get()
    assert (mandate.way, mandate.holder_id) == ("code", mother_id)
    assert mandate.proof["request"] == str(Request.objects.get().pk)

    act_for(daughter, mandate.pk)
    page = text_of(daughter.client.get("/"))
    assert "正在替 陈*明 办理" in page
    assert "可以签注" in page or "签注" in page
    case = cases.case_of(mother_id, daughter.endorse().split("/")[2])

    assert (case.business, case.helper) == (Business.ENDORSEMENT, "李*红")
    assert "李*红" in text_of(daughter.client.get(f"/cases/{case.number}/"))
    assert list(Use.objects.values_list("task", "occasion")) == [("endorse", case.number)]
    assert Occasion.HELPER_NAMED in told(mother_id)
    assert Occasion.HELPER_APPLIED in told(mother_id)
    actors = [look.who for look in looks_of(mother_id, world.now)]
    assert actors.count(f"helper:{mandate.pk}") >= 3  # the code, pages, the act
    assert "您授权的亲友 李*红" in text_of(sign_in_again(mother).get("/looks/"))

    daughter.client.post("/for/leave/")
    assert "正在替" not in text_of(daughter.client.get("/"))
    assert cases.cases_of(number_of(daughter)) == []


def sign_in_again(resident: Resident):
    resident.client.post(
        "/sign-in/", {"name": resident.name, "id_number": resident.id_number, "consent": "on"}
    )
    return resident.client


def resident_pages() -> dict[str, str]:
    """Every address of one's own data by name, with made-up numbers."""
    found = {}
    for entry in get_resolver("juzhu.web.urls").url_patterns:
        if getattr(entry.callback, "access", "") == "resident" or entry.name == "home":
            kinds = {"number": 1, "ground": "lost", "form": "pdf"}
            given = {k: v for k, v in kinds.items() if f":{k}>" in str(entry.pattern)}
            found[f"web:{entry.name}"] = reverse(f"web:{entry.name}", kwargs=given)
    return found


def refused(helper: Resident, path: str) -> str:
    answer = helper.client.get(path)
    if answer.status_code == 405:
        answer = helper.client.post(path)
    if answer.status_code != 403:
        return ""
    return str(answer.context["why"])


def test_a_helper_reaches_what_the_table_says_and_nothing_else(world, mother, daughter):
    everything = let(mother, daughter, world, through=world.now.date())
    act_for(daughter, everything)

    pages = resident_pages()
    shut = {name for name, path in pages.items() if name not in OWN and refused(daughter, path)}

    assert set(REACH) | OWN <= set(pages)
    assert shut == set(pages) - set(REACH) - OWN
    never = {"web:cancel", "web:phone", "web:agent", "web:copy", "web:wechat", "web:helper-new"}
    assert never <= shut


@pytest.mark.parametrize("granted", Task)
def test_a_helper_does_only_what_was_granted(world, mother, daughter, granted):
    act_for(daughter, let(mother, daughter, world, granted, through=world.now.date()))

    for name, path in resident_pages().items():
        if name in REACH:
            task, _ = REACH[name]
            shut = "" if task in (granted, Task.SEE) else "not_granted"
            assert refused(daughter, path) == shut, name


def test_a_page_left_open_sends_nothing_for_somebody_else(world, mother, daughter):
    mandate = let(mother, daughter, world, through=world.now.date())
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = daughter.client.cookies
    page = text_of(browser.get("/for/"))
    token = {"csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="(\w+)"', page)[0]}
    assert browser.post(f"/for/{mandate}/begin/", token).status_code == 302

    assert browser.post(f"/for/{mandate}/begin/", token).status_code == 403


def test_every_look_is_written_before_it_is_shown(world, mother, daughter):
    mandate = let(mother, daughter, world, Task.SEE, through=world.now.date())
    act_for(daughter, mandate)

    daughter.client.get("/progress/")

    [look] = [it for it in looks_of(number_of(mother)) if it.who == f"helper:{mandate}"]
    assert (look.purpose, look.fields) == ("helper", ("cases",))


def test_a_mandate_is_over_after_its_day_and_at_once_when_it_is_ended(world, mother, daughter):
    last = world.now.date() + timedelta(days=1)
    act_for(daughter, let(mother, daughter, world, through=last))
    forward(world, days=1)
    assert daughter.client.get("/progress/").status_code == 200
    forward(world, days=1)
    assert daughter.client.get("/progress/").headers["Location"] == "/for/?over=1"

    again = let(mother, daughter, world, through=world.now.date())
    act_for(daughter, again)
    assert mother.client.post(f"/mine/helpers/{again}/end/").status_code == 302

    assert daughter.client.get("/progress/").headers["Location"] == "/for/?over=1"
    assert daughter.client.post(f"/for/{again}/begin/").status_code == 404
    assert told(number_of(mother))[0] is Occasion.HELPER_ENDED


def test_an_act_on_its_way_stops_when_the_mandate_was_ended_a_moment_ago(
    world, mother, daughter, monkeypatch
):
    forward(world, days=330)
    act_for(daughter, let(mother, daughter, world, through=world.now.date()))
    on, mother_id = world.now.date(), number_of(mother)
    [seen] = helping.helped(helper_id=number_of(daughter), on=on)
    known = cases.cases_of(mother_id)
    key = daughter.client.get("/endorse/").context["form"]["key"].value()
    mandates.end_by_holder(mandate_id=seen.id, holder_id=mother_id, at=world.now)
    monkeypatch.setattr(acting, "mandate_of", lambda _: seen)

    answer = daughter.client.post("/endorse/", {"key": key, "living": "stayed"})

    assert answer.headers["Location"] == "/for/?over=1"
    assert (cases.cases_of(mother_id), Use.objects.count()) == (known, 0)


def test_nothing_is_done_for_a_cancelled_permit_or_the_dead(world, mother, daughter):
    mandate = let(mother, daughter, world, through=world.now.date() + timedelta(days=9))
    act_for(daughter, mandate)
    requests.cancel(person_id=number_of(mother), hand=None, at=world.now)
    assert daughter.client.get("/").headers["Location"] == "/for/?over=1"
    assert "这份授权现在用不了" in text_of(daughter.client.get("/for/"))
    assert daughter.client.post(f"/for/{mandate}/begin/").status_code == 404
    assert "现在不能办" in text_of(mother.client.get("/mine/helpers/"))
    assert daughter.client.post(f"/for/{mandate}/end/").headers["Location"] == "/for/"

    anew = let(mother, daughter, world, through=world.now.date() + timedelta(days=9))
    forward(world, days=1)
    after = let(mother, daughter, world, through=world.now.date())
    assert anew != after
    act_for(daughter, after)
    people_services.note_death(person_id=number_of(mother), on=world.now.date())

    assert daughter.client.get("/").headers["Location"] == "/for/?over=1"


def test_a_helper_names_no_agent_and_sets_no_phone(world, resident, daughter):
    mandate = let(resident, daughter, world, through=world.now.date())
    act_for(daughter, mandate)
    assert refused(daughter, "/apply/") == "no_phone"
    people_services.reserve_phone(person_id=number_of(resident), phone=PHONE)

    page = daughter.client.get("/apply/")
    assert "agent_name" not in page.context["form"].fields
    agent = {"agent_name": "王五", "agent_id_number": daughter.id_number, "agent_phone": OWN_PHONE}
    where = daughter.apply(delivery="point", point="440304-01", phone=OWN_PHONE, **agent)

    case = cases.case_of(number_of(resident), where.split("/")[2])
    assert (case.agent_name, case.phone_tail) == ("", PHONE[-4:])


def test_the_form_asks_for_a_fresh_proof_and_lets_somebody_act(world, mother, daughter, real_time):
    typed = {"name": daughter.name, "id_number": daughter.id_number, "tasks": ["sheet"]}
    typed |= {"term": "12", "agree": "on"}
    real_time(11 * 60)
    assert (
        mother.client.post("/mine/helpers/new/", typed)
        .headers["Location"]
        .startswith("/sign-in/?again=1")
    )
    client = sign_in_again(mother)
    assert client.post("/mine/helpers/new/", typed | {"agree": ""}).status_code == 422

    assert client.post("/mine/helpers/new/", typed).headers["Location"] == "/mine/helpers/"

    mandate = Mandate.objects.get()
    assert (mandate.tasks, mandate.through) == (["see", "sheet"], date(2027, 11, 24))
    assert mandate.proof["face"].startswith("level 4")
    act_for(daughter, mandate.pk)
    assert daughter.make_sheet().startswith("/sheet/XX")
    assert Occasion.HELPER_SHEET in told(number_of(mother))


def test_a_helper_pays_the_fee_and_the_holder_is_told(world, resident, daughter, monkeypatch):
    desk = Desk()
    monkeypatch.setattr(wiring, "payment_gateways", lambda: {desk.name: desk})
    order = an_order(number_of(resident))
    act_for(daughter, let(resident, daughter, world, Task.PAY, through=world.now.date()))

    answer = daughter.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})

    assert answer.headers["Location"].startswith("https://pay.example/")
    assert list(Use.objects.values_list("task", "occasion")) == [("pay", order.number)]
    assert told(number_of(resident)) == [Occasion.HELPER_PAYS, Occasion.HELPER_NAMED]


def test_a_helper_in_the_mini_program_makes_a_pass_to_pay_under_the_mandate(
    world, resident, daughter
):
    order = an_order(number_of(resident))
    act_for(daughter, let(resident, daughter, world, Task.PAY, through=world.now.date()))

    daughter.client.post(f"/pay/{order.number}/native/")

    assert list(Use.objects.values_list("task", "occasion")) == [("pay", order.number)]


class TestAskingByCode:
    """Asking tells nothing and pesters nobody."""

    def test_the_answer_is_the_same_whether_or_not_there_is_such_a_person(
        self, world, mother, daughter, phones
    ):
        stranger = Resident(mother.client, an_id_number(), "没有这人")
        for whom, typed in [(mother, {"name": "陈大明"}), (stranger, {}), (mother, {})]:
            answer = ask(daughter, whom, **typed)
            assert answer.headers["Location"] == "/for/code/"
            ring(world)
            page = daughter.client.post("/for/code/", {"code": "000000"})
            assert page.context["form"].errors["code"] == [
                "验证码不对，或者已经过期。请家人再看一遍短信，或重新发送"
            ]

        assert len(phones.sent) == 1, "only the one whose name and number fit"

    def test_a_code_to_the_helpers_own_phone_would_prove_nothing(
        self, world, mother, daughter, phones
    ):
        people_services.reserve_phone(person_id=number_of(daughter), phone=PHONE)
        ask(daughter, mother)
        ring(world)

        code = Request.objects.get().code
        assert phones.sent == []
        assert daughter.client.post("/for/code/", {"code": code}).status_code == 422
        assert not Mandate.objects.exists()

    def test_a_code_is_good_for_ten_minutes_five_tries_and_once(
        self, world, mother, daughter, phones
    ):
        ask(daughter, mother)
        ring(world)
        code = Request.objects.get().code
        for _ in range(5):
            daughter.client.post("/for/code/", {"code": "000000"})
        assert daughter.client.post("/for/code/", {"code": code}).status_code == 302
        assert not Mandate.objects.exists(), "tried too often"

        ask(daughter, mother)
        ring(world)
        code = Request.objects.latest("pk").code
        forward(world, minutes=11)
        daughter.client.post("/for/code/", {"code": code})
        assert not Mandate.objects.exists(), "too old"

    def test_nobody_is_rung_more_often_than_they_can_bear(self, world, mother, daughter, phones):
        other = sign_in("赵小兰")
        ask(daughter, mother)
        ring(world)
        ask(other, mother)
        ring(world)
        assert len(phones.sent) == 1, "one code at a time"
        for _day in range(8):
            forward(world, days=1)
            for helper in (sign_in("周小一"), sign_in("吴小二"), sign_in("郑小三")):
                ask(helper, mother)
                ring(world)
                forward(world, minutes=11)
        assert len(phones.sent) == 6

        for _ in range(6):
            answer = ask(other, mother)
        assert answer.status_code == 422
        assert "今天请求的次数太多了" in text_of(answer)


def test_two_helpers_for_one_and_five_helped_by_one_are_the_most(world, mother, daughter):
    day = world.now.date()
    for name in ("甲某", "乙某"):
        let(mother, sign_in(name), world, through=day)
    typed = {"name": daughter.name, "id_number": daughter.id_number, "term": "1", "agree": "on"}
    answer = mother.client.post("/mine/helpers/new/", typed)
    assert "最多同时授权给 2 个人" in text_of(answer)

    for name in ("一某", "二某", "三某", "四某", "五某"):
        let(sign_in(name), daughter, world, through=day)
    sixth = sign_in("六某")
    assert "最多同时替 5 个人办" in text_of(sixth.client.post("/mine/helpers/new/", typed))
    forward(world, days=1)
    assert sixth.client.post("/mine/helpers/new/", typed).status_code == 302
    minor = {"id_number": "43010220150101001" + check_digit("43010220150101001")}
    assert "要满 18 岁" in text_of(sixth.client.post("/mine/helpers/new/", typed | minor))
    own = {"id_number": sixth.id_number}
    assert "这是本人的号码" in text_of(sixth.client.post("/mine/helpers/new/", typed | own))


def test_the_database_keeps_mandates_as_they_were_given(world, mother, daughter):
    day = world.now.date()
    mandate = Mandate.objects.get(pk=let(mother, daughter, world, through=day))
    digest = people.id_digest(number_of(daughter))
    twin = {f.attname: getattr(mandate, f.attname) for f in Mandate._meta.fields if f.name != "id"}
    attempts = [
        lambda: Mandate.objects.create(**twin),
        lambda: Mandate.objects.create(**twin | {"helper_digest": b"x", "tasks": []}),
        lambda: Mandate.objects.create(
            **twin | {"helper_digest": b"x", "through": day - timedelta(days=1)}
        ),
        lambda: Mandate.objects.filter(pk=mandate.pk).update(through=day + timedelta(days=9)),
        lambda: Mandate.objects.filter(pk=mandate.pk).delete(),
        lambda: Use.objects.filter(pk=use.pk).delete(),
    ]
    use = Use.objects.create(mandate=mandate, task="see", occasion="o", at=world.now)
    assert bytes(mandate.helper_digest) == digest
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    mandate.ended_at, mandate.ended_by = world.now, "holder"
    mandate.save(update_fields=("ended_at", "ended_by"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(ended_by="helper")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mandates_mandate")
        assert cursor.fetchone() == (1,)
