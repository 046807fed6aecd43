"""Who looked at my data: at once, in plain words, by whom, on which basis; and what I say to it."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes import services as dispute_services
from juzhu.modules.disputes.contracts import DisputeState, Verdict
from juzhu.modules.partners.models import Partner
from juzhu.modules.people import services as people
from juzhu.modules.people.models import Person
from tests.factories import NOON, an_id_number
from tests.web.conftest import Resident, forward

BASIS = "《深圳经济特区居住证条例》第二十八条"


def a_look(resident: Resident, **more) -> NewEntry:
    known = {"person_id": person_id(resident), "actor": "partner:education", "at": NOON} | more
    known = {"purpose": Purpose.SCHOOL_ENROLMENT, "fields": ("status", "valid_through")} | known
    return NewEntry(**({"basis": BASIS} | known))


def person_id(resident: Resident) -> int:
    return Person.objects.get(id_digest=people.digest_of(resident.id_number)).pk


def read(client: Client, path: str = "/looks/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def education(world) -> Partner:
    return Partner.objects.create(
        code="education", name="市教育局", contact="", pseudonym_key=b"p" * 32, registered_at=NOON
    )


def test_a_department_s_look_is_told_at_once_and_in_words(resident, education):
    audit.record_many([a_look(resident)])

    page = read(resident.client)

    for words in ("市教育局", "义务教育入学", "证件状态、有效期", BASIS, "11月24日 12:00"):
        assert words in page
    assert ">1 次<" in page
    assert ">1 个<" in page


def test_a_department_s_look_is_told_in_english(resident, education):
    audit.record_many([a_look(resident)])
    resident.client.post("/display/", {"here": "/looks/", "lang": "en"})

    page = read(resident.client)

    for words in ("Education Bureau", "School enrolment", "Legal basis", f'"zh-Hans">{BASIS}'):
        assert words in page


def test_who_has_one_name_on_the_page_is_counted_once(resident):
    for actor in ("system:precheck", "system:decision"):
        audit.record_many([a_look(resident, actor=actor, purpose=Purpose.DECIDE)])

    page = read(resident.client)

    assert ">2 次<" in page
    assert ">1 个<" in page


def test_a_confidential_look_is_neither_shown_nor_counted_before_its_time(world, resident):
    audit.record_many([a_look(resident, visible_from=NOON + timedelta(days=90))])

    assert "还没有人查看过" in read(resident.client)
    number = numbers()[0]
    assert resident.client.get(f"/looks/{number}/object/").status_code == 404

    forward(world, days=89, hours=23)
    assert "还没有人查看过" in read(resident.client)
    forward(world, hours=1)
    page = read(resident.client)
    assert "义务教育入学" in page
    assert "依法保密过一段时间" in page
    assert ">1 次<" in page


def numbers() -> list[int]:
    from juzhu.modules.audit.models import Entry

    return list(Entry.objects.exclude(purpose="sign_in").values_list("pk", flat=True))


def test_a_look_from_before_somebody_joined_appears_once_they_do(world):
    id_number = an_id_number()
    subject = people.digest_of(id_number)
    audit.record_many(
        [
            NewEntry(
                subject=subject,
                actor="partner:housing",
                purpose=Purpose.HOUSING,
                at=NOON - timedelta(days=30),
                basis=BASIS,
            )
        ]
    )
    client = Client()
    client.post("/sign-in/", {"name": "陈小明", "id_number": id_number, "consent": "on"})

    assert "住房保障" in read(client)


def test_thousands_of_looks_are_told_page_by_page_none_twice_none_left_out(world, resident):
    looks = [
        a_look(
            resident, actor="share:code", at=NOON - timedelta(hours=hours), occasion=f"R-{hours}"
        )
        for hours in range(1000)
    ]
    audit.record_many(looks)
    seen: list[str] = []
    path = "/looks/"
    pages = 0
    while path:
        page = read(resident.client, path)
        seen += re.findall(r"R-\d+", page)
        further = re.search(r'href="(\?before=[^"]+)"', page)
        path = f"/looks/{further[1]}" if further else ""
        pages += 1

    assert seen == [f"R-{hours}" for hours in range(1000)]
    assert pages > 5


@pytest.mark.parametrize("before", ["x", "1-", "-1", "9" * 30 + "-1", "1-" + "9" * 25, "１-１"])
def test_a_place_that_makes_no_sense_is_no_error(resident, before):
    read(resident.client, f"/looks/?before={before}")


def test_looks_alike_of_one_day_are_one_line_and_stay_on_one_page(world, resident):
    audit.record_many(
        [a_look(resident, at=NOON - timedelta(minutes=n), occasion=f"R-{n}") for n in range(150)]
    )
    audit.record_many([a_look(resident, at=NOON - timedelta(days=1, minutes=n)) for n in range(90)])

    first = read(resident.client)
    further = re.search(r'href="(\?before=[^"]+)"', first)
    second = read(resident.client, f"/looks/{further[1]}")

    assert "这一天 150 次" in first
    assert "R-" not in first  # receipts of a department say nothing to the person
    assert "这一天 90 次" in second
    assert "这一天" not in second.replace("这一天 90 次", "")


def test_a_look_that_is_not_accepted_goes_to_an_officer_and_comes_back_answered(
    world, resident, education
):
    audit.record_many([a_look(resident)])
    page = read(resident.client)
    form = re.search(r'href="(/looks/\d+/object/)"', page)[1]
    assert "12月1日" in read(resident.client, form)  # five working days, a weekend between

    sent = resident.client.post(form, {"reason": "unknown", "words": " 我没有\n孩子 "})
    mine = sent.headers["Location"]
    again = resident.client.post(form, {"reason": "unknown"}).headers["Location"]
    assert again == mine

    assert "已经转给工作人员核实" in read(resident.client, mine)
    assert "12月1日前答复" in read(resident.client)
    [waiting] = disputes.waiting()
    assert (waiting.actor, waiting.words, waiting.basis) == (
        "partner:education",
        "我没有\n孩子",
        BASIS,
    )

    forward(world, days=8)
    assert "答复晚了" in read(resident.client, mine)
    dispute_services.claim(dispute_id=waiting.id, officer="0021", at=world.now)
    dispute_services.answer(
        dispute_id=waiting.id,
        officer="0021",
        verdict=Verdict.NOT_IN_ORDER,
        words="学校填错了身份号码，已要求教育局更正。",
        at=world.now,
    )

    page = read(resident.client, mine)
    assert "这次查看不符合规定" in page
    assert "学校填错了身份号码" in page
    assert "您不认可的这一次，有答复了" in read(resident.client)
    assert "居住证工作人员" in read(resident.client)
    inbox = read(resident.client, "/messages/")
    assert "有答复了" in inbox
    assert f'href="{mine}"' in inbox
    assert disputes.dispute(waiting.id).state is DisputeState.ANSWERED


def test_what_is_missing_in_the_form_is_said(resident):
    audit.record_many([a_look(resident)])
    form = f"/looks/{numbers()[0]}/object/"

    for typed, words in [
        ({}, "请选一项"),
        ({"reason": "other", "words": " \n "}, "请写一句您不认可什么"),
        ({"reason": "too_much", "words": "长" * 301}, "最多 300 个字，现在是 301 个"),
        ({"reason": "nonsense"}, "请从下面选一项"),
    ]:
        response = resident.client.post(form, typed)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert disputes.waiting() == []


def test_a_look_at_somebody_else_looks_absent(resident, neighbour):
    audit.record_many([a_look(resident)])
    form = f"/looks/{numbers()[0]}/object/"
    mine = resident.client.post(form, {"reason": "unknown"}).headers["Location"]

    assert neighbour.client.get(form).status_code == 404
    assert neighbour.client.post(form, {"reason": "unknown"}).status_code == 404
    assert neighbour.client.get(mine).status_code == 404
    assert "义务教育入学" not in read(neighbour.client)
    assert resident.client.get(f"/looks/{2**63}/object/").status_code == 404
    assert resident.client.get(f"/looks/disputes/{2**63}/").status_code == 404


def test_an_eleventh_waits_until_one_is_answered(resident):
    audit.record_many([a_look(resident, at=NOON - timedelta(days=day)) for day in range(11)])
    *ten, last = (f"/looks/{number}/object/" for number in numbers())
    for form in ten:
        assert resident.client.post(form, {"reason": "unknown"}).status_code == 302

    refused = resident.client.post(last, {"reason": "unknown"})
    assert refused.status_code == 422
    assert "您已有 10 次在核实" in refused.content.decode()
    assert resident.client.post(ten[0], {"reason": "unknown"}).status_code == 302  # once more

    first = disputes.waiting()[0].id
    dispute_services.claim(dispute_id=first, officer="0021", at=NOON)
    dispute_services.answer(
        dispute_id=first, officer="0021", verdict=Verdict.IN_ORDER, words="属实。", at=NOON
    )
    assert resident.client.post(last, {"reason": "unknown"}).status_code == 302
