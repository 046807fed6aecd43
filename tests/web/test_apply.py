"""Checking one's details and applying."""

import pytest

from juzhu.domain.vocabulary import Source
from juzhu.modules.cases.models import Case
from tests.web.conftest import ADDRESS, EMPLOYER


def test_what_the_state_knows_is_shown_with_its_source(resident):
    page = resident.client.get("/apply/").content.decode()

    assert ADDRESS in page
    assert EMPLOYER in page
    assert "来自社保系统" in page
    assert resident.id_number not in page
    assert f"{resident.id_number[:4]} **** **** {resident.id_number[-4:]}" in page


def test_one_button_leads_to_the_permit(resident):
    case = resident.apply()

    page = resident.client.get(case).content.decode()

    assert "申请通过" in page
    assert "从 2026年11月24日起生效" in page
    assert "尾号 6021" in page


@pytest.mark.parametrize(
    ("phone", "says"),
    [
        ("", "请填手机号"),
        ("138 0000 602", "手机号要 11 位数字，现在是 10 位"),
        ("12345678901", "手机号以 13 到 19 开头"),
        ("1380000602a", "手机号只能是数字"),
    ],
)
def test_a_wrong_phone_keeps_all_that_was_typed(resident, phone, says):
    form = resident.client.get("/apply/").context["form"]
    typed = {"key": form["key"].value(), "phone": phone, "delivery": "post"}

    response = resident.client.post("/apply/", typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>出错：核对信息" in page
    assert page.count(says) == 2
    assert 'href="#id_phone"' in page
    assert response.context["form"]["phone"].value() == phone
    assert response.context["form"]["delivery"].value() == "post"
    assert Case.objects.count() == 0


def test_a_known_phone_is_not_asked_twice(holder):
    from juzhu.modules.people import queries

    assert queries.person(holder.client.session["person"]).phone == "13800006021"


def test_the_card_is_collected_by_an_agent(resident):
    case = resident.apply(
        delivery="point",
        point="440304-01",
        agent_name="李小红",
        agent_id_number="11010519491231002X",
        agent_phone="13800003305",
    )

    page = resident.client.get(case).content.decode()

    assert "莲花派出所受理点" in page
    assert "代领人 李小红要带两个人的身份证" in page


def test_a_point_must_be_chosen_and_an_agent_named_whole(resident):
    key = resident.client.get("/apply/").context["form"]["key"].value()

    response = resident.client.post(
        "/apply/",
        {"key": key, "phone": "13800006021", "delivery": "point", "agent_name": "李小红"},
    )

    page = response.content.decode()
    assert "有 3 处要改" in page
    assert "请选择领取地点" in page
    assert "请填代领人身份号码" in page
    assert 'value="李小红"' in page


def test_an_agent_typed_for_a_card_not_wanted_is_left_out(resident):
    case = resident.apply(delivery="none", agent_name="李小红", agent_phone="1")

    assert "申请通过" in resident.client.get(case).content.decode()
    assert Case.objects.get().agent is None


def test_sending_twice_and_from_two_tabs_is_one_case(resident):
    first = resident.client.get("/apply/").context["form"]["key"].value()
    second = resident.client.get("/apply/").context["form"]["key"].value()
    typed = {"key": first, "phone": "13800006021", "delivery": "none"}

    places = {resident.client.post("/apply/", typed).headers["Location"] for _ in range(3)}

    assert first == second
    assert len(places) == 1
    assert Case.objects.count() == 1


def test_a_second_live_case_leads_to_the_first(world, resident):
    world.silent = {Source.INSURANCE}
    first = resident.apply()

    other = {"key": "0" * 32, "phone": "13800006021", "delivery": "none"}

    assert resident.client.post("/apply/", other).headers["Location"] == first
    assert resident.client.get("/apply/").headers["Location"] == first


def test_a_holder_has_nothing_to_apply_for(holder):
    assert holder.client.get("/apply/").headers["Location"] == "/"


def test_a_key_of_ones_own_making_is_refused_kindly(resident):
    response = resident.client.post(
        "/apply/", {"key": "x", "phone": "13800006021", "delivery": "none"}
    )

    assert response.status_code == 422
    assert "这个页面放太久了，请返回首页重新进入" in response.content.decode()


def test_a_silent_department_is_said_before_sending(world, resident):
    world.silent = {Source.REGISTRATIONS, Source.INSURANCE}

    page = resident.client.get("/apply/").content.decode()

    assert "居住登记系统、社保系统暂时连不上" in page
    assert "暂时连不上，提交后自动核对。" in page


def test_a_foreseeable_refusal_is_said_before_sending(world, resident):
    world.insured_months = 9

    page = resident.client.get("/apply/").content.decode()

    assert "照现在的数据，这次不会通过" in page
    assert "提交申请" in page
