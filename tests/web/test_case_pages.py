"""The page of a case in each of its states."""

import pytest

from juzhu.domain.vocabulary import Source
from juzhu.modules.cases.models import Case
from juzhu.ports.departments import AnswerStatus
from tests.web.conftest import forward, sign_in


def shown(resident, case: str) -> str:
    response = resident.client.get(case)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def refused(world, resident) -> str:
    world.insured_months = 9
    return resident.apply()


def test_a_refusal_says_all_the_law_wants_said(resident, refused):
    page = shown(resident, refused)

    for said in (
        "这次没有通过",
        "3 项条件满足了\u00a02\u00a0项",
        "连续缴满 12 个月",
        "已有 9 个月",
        "近两年累计 18 个月",
        "下面满足一条就可以",
        "来自社保系统，11月24日 12:00",
        "起再申请",
        "请参保单位核对",
        "申请人工复核",
        "《深圳经济特区居住证条例》第十九条",
        "3 个工作日内给您",
        "60 天内，向深圳市人民政府申请",
        "6 个月内，向人民法院起诉",
        "SL2026 1124",
        "这次结果不影响您再次申请",
    ):
        assert said in page, said


def test_a_refusal_never_shows_red(resident, refused):
    page = shown(resident, refused)

    assert "errsum" not in page
    assert 'class="err"' not in page


def test_asking_to_be_reminded_shows_the_day(resident, refused):
    response = resident.client.post(f"{refused}remind/")

    assert response.headers["Location"] == refused
    page = shown(resident, refused)
    assert "会发短信提醒您" in page
    assert "到时短信提醒我" not in page


def test_a_review_is_confirmed_first_and_asked_once(resident, refused):
    confirm = shown(resident, f"{refused}review/")
    assert "由工作人员重新看这次申请" in confirm

    resident.client.post(f"{refused}review/")

    page = shown(resident, refused)
    assert "申请了人工复核" in page
    assert f"{refused}review/" not in page
    assert resident.client.get(f"{refused}review/").headers["Location"] == refused


@pytest.fixture
def waiting(world, resident) -> str:
    world.silent = {Source.INSURANCE}
    return resident.apply()


def test_waiting_says_who_is_silent_and_that_nothing_is_lost(resident, waiting):
    page = shown(resident, waiting)

    assert "社保系统暂时连不上" in page
    assert "不用重填" in page
    assert "下一次 12:00" in page
    assert "2026年12月3日" in page


def test_trying_again_decides_when_the_department_is_back(world, resident, waiting):
    world.silent = set()

    response = resident.client.post(f"{waiting}again/")

    assert response.headers["Location"] == waiting
    assert "申请通过" in shown(resident, waiting)


def test_withdrawing_is_confirmed_first(resident, waiting):
    assert "撤回这次申请吗" in shown(resident, f"{waiting}withdraw/")

    resident.client.post(f"{waiting}withdraw/")

    assert "这次申请已撤回" in shown(resident, waiting)
    assert resident.client.get(f"{waiting}withdraw/").headers["Location"] == waiting


def test_a_name_written_differently_goes_to_an_officer(world):
    world.population_name = "罗晓强"
    resident = sign_in("罗小强")

    page = shown(resident, resident.apply())

    assert "工作人员正在核对" in page
    assert "姓名和人口库里的写法不完全一样" in page


def test_while_departments_are_asked_the_page_comes_again_by_itself(resident, waiting):
    Case.objects.update(state="accepted", next_try_at=None)

    page = shown(resident, waiting)

    assert "正在核验" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'data-poll="accepted-' in page
    assert "url=/idle/" not in page


def test_the_mark_of_the_poll_changes_with_the_answers(resident, waiting):
    from juzhu.modules.cases import queries
    from juzhu.web.case_page import poll_mark

    case = queries.case_of(resident.client.session["person"], waiting.split("/")[2])

    assert {a.status for a in case.answers} == {AnswerStatus.ANSWERED, AnswerStatus.TIMED_OUT}
    assert poll_mark(case) == "waiting-6-1"


def test_an_endorsement_after_the_hukou_ends_the_case(world, holder):
    forward(world, days=330)
    world.shenzhen_hukou = True

    page = shown(holder, holder.endorse())

    assert "这次申请已结束" in page
    assert "您已是深圳户籍" in page


def test_a_missing_case_is_404(resident):
    assert resident.client.get("/cases/SL20260101000000/").status_code == 404
