"""The desk: finding with a reason, masked data, business for the citizen, both on the record."""

from dataclasses import replace

import pytest

from juzhu.counter import visit
from juzhu.domain.calendar import add_months
from juzhu.domain.vocabulary import Business, PermitState, Source
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseState, Channel
from juzhu.modules.desk.models import Act
from juzhu.modules.people import queries as people
from juzhu.modules.people.models import PhoneCode
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.reader import proof
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY, a_person, an_id_number


@pytest.fixture
def holder(officer) -> int:
    """Return somebody whose permit is in its endorsement window."""
    person_id = a_person()
    permit_services.issue(person_id=person_id, on=add_months(TODAY, -11), at=NOON, occasion="SL1")
    return person_id


def number_of(person_id: int) -> str:
    return people.person(person_id).id_number


def find(staff: Staff, q: str, why: str = "visit", **more: str):
    return staff.client.post("/desk/find/", {"q": q, "why": why} | more)


def acts(staff: Staff) -> list[str]:
    return list(
        Act.objects.filter(username=staff.username).order_by("pk").values_list("kind", flat=True)
    )


def looks(person_id: int) -> list[tuple[str, str, tuple[str, ...]]]:
    found = Entry.objects.filter(person_id=person_id, actor__startswith="officer:").order_by("id")
    return [(row.actor, row.purpose, tuple(row.fields.split(","))) for row in found]


def send(staff: Staff, path: str, **typed: str):
    page = staff.client.get(path)
    form = page.context["form"]
    key = {"key": form["key"].value()} if "key" in form.fields else {}
    return staff.client.post(path, key | typed)


def test_a_reason_is_required_and_without_it_nothing_is_looked_at(officer, holder):
    answer = find(officer, number_of(holder), why="")

    assert answer.status_code == 422
    assert (acts(officer), looks(holder)) == ([], [])


@pytest.mark.parametrize("by", ["number", "phone", "permit", "permit in lower case"])
def test_a_person_is_found_by_any_of_their_numbers(officer, holder, by):
    permit = permits.permit_of(holder, TODAY).number
    typed = {
        "number": number_of(holder),
        "phone": "138 0000 6021",
        "permit": permit,
        "permit in lower case": permit.lower(),
    }

    assert find(officer, typed[by]).headers["Location"] == "/desk/"
    assert officer.client.get("/desk/").context["person"].id == holder


def test_every_look_is_in_the_persons_own_ledger_before_anything_is_shown(officer, holder):
    find(officer, number_of(holder))

    assert looks(holder) == [
        (
            f"officer:{officer.username}",
            "desk_visit",
            ("name", "id_number", "phone", "permit", "cases"),
        )
    ]


def test_numbers_are_masked_until_shown_and_each_showing_is_written_down(officer, holder):
    find(officer, number_of(holder))
    masked = officer.client.get("/desk/").content.decode()

    officer.client.post("/desk/show/number/")
    shown = officer.client.get("/desk/").content.decode()

    assert number_of(holder) not in masked
    assert "13800006021" not in masked
    assert number_of(holder) in shown
    assert "13800006021" not in shown
    assert looks(holder)[-1][2] == ("whole_number",)
    find(officer, number_of(holder))  # the next visit begins masked
    assert number_of(holder) not in officer.client.get("/desk/").content.decode()


def test_somebody_unknown_is_no_look_but_an_act(officer):
    answer = find(officer, "13911112222")

    assert answer.status_code == 422
    assert acts(officer) == ["not_found"]


def test_leaving_and_two_idle_minutes_clear_the_window(officer, holder, monkeypatch):
    find(officer, number_of(holder))
    officer.client.post("/desk/leave/")
    assert officer.client.get("/desk/").context["visit"] is None

    find(officer, number_of(holder))
    later = visit.time.time() + 121
    monkeypatch.setattr(visit.time, "time", lambda: later)
    page = officer.client.get("/desk/")

    assert page.context["visit"] is None
    assert page.context["cleared"] is True
    assert officer.client.get("/desk/endorse/").status_code == 404


def test_on_the_phone_nothing_can_be_done(officer, holder):
    find(officer, number_of(holder), why="call")
    page = officer.client.get("/desk/")

    assert not any(offer.allowed for offer in page.context["offers"])
    assert officer.client.get("/desk/endorse/").headers["Location"] == "/desk/"
    assert looks(holder)[0][1] == "desk_call"


def test_an_endorsement_for_the_citizen_names_both(officer, holder):
    find(officer, number_of(holder))
    before = permits.permit_of(holder, TODAY).status.valid_through

    answer = send(officer, "/desk/endorse/", stayed="on")

    case = cases.cases_of(holder)[0]
    assert answer.headers["Location"] == f"/desk/cases/{case.number}/"
    assert (case.state, case.officer) == (CaseState.APPROVED, officer.username)
    assert permits.permit_of(holder, TODAY).status.valid_through > before
    act = Act.objects.get(kind="endorsed")
    assert (act.username, act.person_id, act.identified) == (officer.username, holder, "seen")
    assert (act.point, act.window, act.occasion) == ("440304-01", "3", case.number)
    assert "通过" in officer.client.get(answer.headers["Location"]).content.decode()


def test_without_the_question_asked_nothing_is_endorsed(officer, holder):
    find(officer, number_of(holder))

    assert send(officer, "/desk/endorse/").status_code == 422
    assert cases.cases_of(holder) == []


def test_sending_the_form_twice_is_one_case(officer, holder):
    find(officer, number_of(holder))
    key = officer.client.get("/desk/endorse/").context["form"]["key"].value()
    typed = {"key": key, "stayed": "on"}

    first = officer.client.post("/desk/endorse/", typed).headers["Location"]
    again = officer.client.post("/desk/endorse/", typed).headers["Location"]

    assert again == first
    assert len(cases.cases_of(holder)) == 1
    assert first.endswith(f"{cases.cases_of(holder)[0].number}/")
    assert acts(officer).count("endorsed") == 1


def test_the_second_of_two_officers_reads_that_nothing_was_done_twice(officer, holder, watch):
    other = hire(watch, "officer").begin(window="5")
    for staff in (officer, other):
        find(staff, number_of(holder))
    key = other.client.get("/desk/endorse/").context["form"]["key"].value()
    send(officer, "/desk/endorse/", stayed="on")

    late = other.client.post("/desk/endorse/", {"key": key, "stayed": "on"}, follow=True)

    assert "刚才的提交没有生效" in late.content.decode()
    assert "刚才的提交没有生效" not in other.client.get("/desk/").content.decode()
    assert len(cases.cases_of(holder)) == 1


def test_somebody_new_is_written_down_and_applies(officer, world):
    number = an_id_number()
    assert find(officer, number).headers["Location"] == "/desk/newcomer/"
    officer.client.post("/desk/newcomer/", {"name": "周小新"})

    answer = send(officer, "/desk/apply/", phone="13800000099", delivery="none")

    person = people.person_by_number(number)
    case = cases.cases_of(person.id)[0]
    assert (person.name, person.phone) == ("周小新", "13800000099")
    assert (case.state, case.business) == (CaseState.APPROVED, Business.FIRST_ISSUE)
    assert answer.headers["Location"].endswith(f"{case.number}/")


def test_a_silent_department_at_the_counter_keeps_the_case(officer, holder, world):
    world.silent = {Source.INSURANCE}
    find(officer, number_of(holder))

    answer = send(officer, "/desk/endorse/", stayed="on")
    page = officer.client.get(answer.headers["Location"]).content.decode()

    case = cases.cases_of(holder)[0]
    assert case.state is CaseState.WAITING
    assert "不用再跑" in page
    world.silent = set()
    officer.client.post(f"/desk/cases/{case.number}/again/")
    assert cases.cases_of(holder)[0].state is CaseState.APPROVED


def test_a_case_of_somebody_else_is_not_at_this_window(officer, holder):
    find(officer, number_of(holder))
    number = send(officer, "/desk/endorse/", stayed="on").headers["Location"]
    other = a_person("李小红", phone=None)

    find(officer, number_of(other))

    assert officer.client.get(number).status_code == 404


def test_several_on_one_phone_are_chosen_from_masked(officer, holder):
    other = a_person("李小红")

    assert find(officer, "13800006021").headers["Location"] == "/desk/choose/"
    page = officer.client.get("/desk/choose/").content.decode()
    officer.client.post("/desk/choose/", {"whom": "1"})

    assert "李小红" not in page
    assert "李*红" in page
    assert officer.client.get("/desk/").context["person"].id == other
    assert looks(holder) == []


@pytest.mark.parametrize("forged", [None, "number", "challenge", "twice"])
def test_only_a_read_that_the_reader_proves_counts(officer, holder, settings, forged):
    settings.JUZHU = replace(settings.JUZHU, reader_secret="of the readers")
    number, name = number_of(holder), people.person(holder).name
    challenge = officer.client.get("/desk/").context["challenge"]
    bound = "another" if forged == "challenge" else challenge
    read = an_id_number() if forged == "number" else number
    card = {
        "card_number": number,
        "card_name": name,
        "card_proof": proof(secret="of the readers", challenge=bound, number=read, name=name),
    }

    answer = find(officer, "", **card)
    if forged == "twice":
        answer = find(officer, "", **card)

    assert (answer.status_code, forged is None) in ((302, True), (422, False))
    if forged is None:
        assert Act.objects.get(kind="looked").identified == "card"


def test_the_phone_is_changed_and_both_numbers_are_told(officer, holder):
    from procrastinate.contrib.django.models import ProcrastinateJob

    find(officer, number_of(holder))

    asked = send(officer, "/desk/phone/", phone="13900000001")
    assert asked.headers["Location"] == "/desk/phone/code/"
    assert people.person(holder).phone == "13800006021"
    assert send(officer, "/desk/phone/code/", code="000000x").status_code == 422
    assert change_phone(officer).headers["Location"] == "/desk/done/phone/"

    assert people.person(holder).phone == "13900000001"
    tasks = list(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert tasks.count("tell_former_phone") == 1
    assert tasks.count("deliver_message") == 1
    assert looks(holder)[-1][1] == "desk_visit"


def change_phone(staff: Staff):
    """Type in the code that came to the number asked for last."""
    code = PhoneCode.objects.latest("pk").code
    return send(staff, "/desk/phone/code/", code=code)


def test_the_old_number_is_told_once_and_forgotten(officer, holder, monkeypatch):
    from juzhu import wiring
    from juzhu.journeys import phone
    from juzhu.modules.people.models import FormerPhone

    sent = []

    class Sms:
        def send(self, *, key: str, phone: str, text: str, template: str) -> str:
            sent.append((phone, text))
            return "1"

    monkeypatch.setattr(wiring, "sms", lambda: Sms())
    find(officer, number_of(holder))
    send(officer, "/desk/phone/", phone="13900000001")
    change_phone(officer)
    former = FormerPhone.objects.get()

    phone.tell_former(former_id=former.pk)
    phone.tell_former(former_id=former.pk)

    assert [number for number, _ in sent] == ["13800006021"]
    assert FormerPhone.objects.count() == 0


def test_the_permit_is_cancelled_on_the_holders_request_only_with_a_signature(officer, holder):
    find(officer, number_of(holder))

    assert send(officer, "/desk/cancel/").status_code == 422
    assert send(officer, "/desk/cancel/", signed="on").headers["Location"] == "/desk/done/cancel/"

    status = permits.permit_of(holder, TODAY).status
    assert (status.state, status.cancel_reason) == (PermitState.CANCELLED, "own_request")
    assert status.cancelled_on == TODAY
    assert acts(officer)[-1] == "cancelled"
    page = officer.client.get("/desk/")
    titles = {offer.title: offer.allowed for offer in page.context["offers"]}
    assert titles["再次申领"] is True
    assert titles["注销"] is False


def test_a_cancellation_withdraws_the_open_endorsement(officer, holder, world):
    world.silent = {Source.INSURANCE}
    find(officer, number_of(holder))
    send(officer, "/desk/endorse/", stayed="on")

    send(officer, "/desk/cancel/", signed="on")

    assert cases.cases_of(holder)[0].state is CaseState.WITHDRAWN
    assert permits.permit_of(holder, TODAY).status.state is PermitState.CANCELLED


def test_the_agent_is_named_changed_and_struck_out(officer, world):
    find(officer, an_id_number())
    officer.client.post("/desk/newcomer/", {"name": "周小新"})
    send(officer, "/desk/apply/", phone="13800000099", delivery="point", point="440304-01")
    agent = {"name": "李小红", "id_number": an_id_number(), "phone": "13800000098"}
    person_id = officer.client.get("/desk/").context["person"].id

    def named() -> str:
        return cases.cases_of(person_id)[0].agent_name

    here = {"present": "on"}
    assert send(officer, "/desk/agent/", **(agent | here | {"phone": ""})).status_code == 422
    assert send(officer, "/desk/agent/", **(agent | here | {"name": "😀"})).status_code == 422
    send(officer, "/desk/agent/", **agent, **here)
    assert named() == "李小红"
    send(officer, "/desk/agent/", **here)
    assert named() == ""


def test_the_day_list_tells_what_was_done_without_looks(officer, holder):
    find(officer, number_of(holder))
    send(officer, "/desk/endorse/", stayed="on")

    page = officer.client.get("/day/")

    assert [(name, what) for _, name, what, _ in page.context["rows"]] == [("陈*明", "签注")]


def test_the_supervisor_sees_the_looks_of_the_whole_point(officer, holder, watch):
    find(officer, number_of(holder))
    supervisor = hire(watch, "supervisor")

    rows = supervisor.client.get("/day/?point=440304-01").context["rows"]

    assert [what for _, _, what, _ in rows] == ["查看"]


def test_the_auditor_looks_with_one_reason_and_does_nothing(officer, holder, watch):
    auditor = hire(watch, "auditor")

    assert find(auditor, number_of(holder)).status_code == 422  # 当面办理 is not theirs
    find(auditor, number_of(holder), why="supervision")

    page = auditor.client.get("/desk/")
    assert not any(offer.allowed for offer in page.context["offers"])
    assert looks(holder)[0][1] == "supervision"


def test_tickets_are_called_in_order_each_to_one_window(officer, watch):
    second = hire(watch, "officer").begin(window="4")
    for _ in range(3):
        officer.client.post("/tickets/new/")

    officer.client.post("/tickets/next/")
    second.client.post("/tickets/next/")
    officer.client.post("/tickets/next/")

    assert officer.client.get("/desk/").context["line"].serving == "A003"
    assert second.client.get("/desk/").context["line"].serving == "A002"
    assert second.client.get("/desk/").context["line"].waiting == 0


def test_the_hand_over_counts_and_leaves_a_word(officer, holder, watch):
    find(officer, number_of(holder))
    send(officer, "/desk/endorse/", stayed="on")

    officer.client.post("/shift/end/", {"note": "打印机缺纸"})

    follower = hire(watch, "officer")
    page = follower.client.get("/shift/")
    assert page.context["last"].note == "打印机缺纸"
    assert page.context["last"].counts == {"endorsed": 1}


def test_acts_cannot_be_changed(officer, holder):
    from django.db import IntegrityError, transaction

    find(officer, number_of(holder))
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.all().update(username="somebody")


def test_an_application_at_the_counter_says_so(officer, holder):
    from juzhu.modules.cases.models import Case

    find(officer, number_of(holder))
    send(officer, "/desk/endorse/", stayed="on")

    row = Case.objects.get()
    assert (row.channel, row.officer, row.identified) == (Channel.COUNTER, officer.username, "seen")


def test_trawling_through_people_is_stopped(officer, holder, monkeypatch):
    from juzhu.counter.views import desk as desk_views

    monkeypatch.setattr(desk_views, "MOST_LOOKS", 3)
    answers = [find(officer, number_of(holder)).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 429]
    assert acts(officer).count("looked") == 3


def test_a_refused_person_asks_for_a_human_at_the_window(officer, holder, world):
    world.insured_months = 3
    find(officer, number_of(holder))
    page = send(officer, "/desk/endorse/", stayed="on").headers["Location"]
    assert cases.cases_of(holder)[0].state is CaseState.REFUSED

    officer.client.post(f"{page}review/")

    assert cases.cases_of(holder)[0].review_asked_at is not None
    assert [case.number for case in cases.review_queue()] == [cases.cases_of(holder)[0].number]
    assert acts(officer)[-1] == "review_asked"
    assert "受理回执" in officer.client.get(f"{page}receipt/").content.decode()


def test_a_waiting_case_is_withdrawn_for_whoever_stands_there_only(officer, holder, world):
    world.silent = {Source.INSURANCE}
    find(officer, number_of(holder))
    page = send(officer, "/desk/endorse/", stayed="on").headers["Location"]

    find(officer, number_of(holder), why="call")
    officer.client.post(f"{page}withdraw/")
    assert cases.cases_of(holder)[0].state is CaseState.WAITING

    find(officer, number_of(holder))
    officer.client.post(f"{page}withdraw/")
    officer.client.post(f"{page}withdraw/")
    assert cases.cases_of(holder)[0].state is CaseState.WITHDRAWN
    assert acts(officer).count("withdrawn") == 1


def test_a_page_that_asks_by_itself_does_not_keep_the_person_there(officer, holder, monkeypatch):
    find(officer, number_of(holder))
    start = visit.time.time()
    for seconds in (60, 119):
        monkeypatch.setattr(visit.time, "time", lambda s=seconds: start + s)
        officer.client.get("/desk/", headers={"X-Poll": "1"})
    monkeypatch.setattr(visit.time, "time", lambda: start + 121)

    assert officer.client.get("/desk/").context["visit"] is None
