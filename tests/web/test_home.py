"""The home page in its states."""

from datetime import timedelta

import pytest

from juzhu.domain.vocabulary import Source
from juzhu.journeys import faults
from juzhu.modules.faults import services as fault_services
from juzhu.modules.faults.contracts import Part
from tests.web.conftest import forward


def page(resident) -> str:
    response = resident.client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_visitor_sees_what_can_be_done(visitor):
    assert "深圳居住证，手机上办" in visitor.get("/").content.decode()


def test_who_meets_the_conditions_is_offered_the_application(resident):
    found = page(resident)

    assert "您可以申领居住证" in found
    assert 'href="/apply/"' in found
    assert "已连续居住 20 个月" in found


def test_who_does_not_yet_is_told_the_day_and_what_is_missing(world, resident):
    world.insured_months = 9

    found = page(resident)

    assert "起可以申领" in found
    assert "已有 9 个月" in found
    assert "仍要申请，要正式答复" in found


def test_without_a_day_the_page_says_what_to_do(world, resident):
    world.living_months = 0

    found = page(resident)

    assert "现在还不能申领居住证" in found
    assert "请房东、单位或社区网格员先为您办居住登记" in found


def test_a_silent_department_is_not_the_persons_fault(world, resident):
    world.silent = {Source.INSURANCE}

    found = page(resident)

    assert "社保系统暂时连不上，不是您的原因" in found
    assert "先提交申请" in found


def test_a_new_permit_shows_from_when_it_can_be_endorsed(holder):
    found = page(holder)

    assert "2027年11月23日" in found
    assert "2027年9月25日起" in found
    assert 'href="/endorse/"' not in found


def test_within_the_window_the_days_are_counted(world, holder):
    forward(world, days=364 - 47)

    found = page(holder)

    assert "<b>47</b>天" in found
    assert 'href="/endorse/"' in found


def test_the_last_day_is_said_to_be_the_last(world, holder):
    forward(world, days=364)

    assert "今天截止" in page(holder)


def test_a_suspended_permit_says_what_waiting_costs(world, holder):
    forward(world, days=365 + 12)

    found = page(holder)

    assert "<b>12</b>天前已中止使用" in found
    assert "最晚 2029年11月23日办" in found


def test_a_cancelled_permit_says_why_it_ended_and_what_can_be_done_against_it(world, holder):
    forward(world, days=365 * 3 + 2)

    found = page(holder)

    assert "起已注销" in found
    assert "使用功能中止满两年" in found
    assert "第二十七条" in found
    assert 'href="/mine/wrong/"' in found
    assert "行政复议" in found
    assert "首次申领不收费" not in found


def test_a_case_under_way_leads_to_it_and_asks_nobody(world, resident):
    world.silent = {Source.INSURANCE}
    case = resident.apply()

    found = page(resident)

    assert "您的申请正在办理" in found
    assert f'href="{case}"' in found


def test_an_endorsement_under_way_leads_to_it(world, holder):
    forward(world, days=330)
    world.silent = {Source.INSURANCE}
    case = holder.endorse()

    found = page(holder)

    assert f'href="{case}"' in found
    assert 'href="/endorse/"' not in found


@pytest.mark.parametrize(
    ("days", "says"), [(0, "现在不用办"), (330, "该签注了"), (370, "请补签注")]
)
def test_the_elder_version_has_one_message(world, holder, days, says):
    world.now += timedelta(days=days)
    holder.client.post("/display/", {"here": "/", "mode": "care"})

    found = page(holder)

    assert f"陈小明，{says}" in found
    assert 'data-mode="care"' in found


def test_a_window_that_a_fault_extended_says_so_and_why(world, holder):
    forward(world, days=364)
    number = fault_services.record(
        part=Part.INSURANCE,
        first=world.now.date(),
        last=world.now.date(),
        reason="社会保险系统当天连不上",
        recorded_by="s1",
        at=world.now,
    )
    faults.extend_windows(fault_number=number, at=world.now)
    forward(world, days=1)

    found = page(holder)

    assert "今天截止" in found
    assert "社会保险系统当天连不上" in found
    assert "您的签注时间延长到2027年11月24日" in found
