"""A newcomer's whole story, as told to a browser, on a phone, on a desktop, and without scripts."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser


def press(visitor: Visitor, selector: str = "main form#fill [type=submit]") -> None:
    visitor.page.click(selector)
    visitor.page.wait_for_load_state()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("欧阳小文", {"shape": DESKTOP}),
        ("阿卜杜热合曼·吐尔逊江·阿卜杜克热木", {"shape": PHONE, "java_script_enabled": False}),
    ],
    ids=["desktop", "without-scripts"],
)
def test_from_signing_in_to_the_permit(visit, calm, name, options):
    visitor = visit(**options)
    person = visitor.sign_in(name)
    assert visitor.title() == "您可以申领居住证"

    press(visitor, "a.btn:text-is('申领居住证')")
    visitor.page.fill("#id_phone", "1380000602")
    press(visitor)
    assert visitor.page.title().startswith("出错：")
    assert "现在是 10 位" in visitor.page.inner_text("main")

    visitor.page.fill("#id_phone", person["phone"])
    press(visitor)
    assert visitor.title() == "申请通过"

    press(visitor, "main >> :text-is('看我的居住证')")
    assert "有效期至" in visitor.page.inner_text("main")
    press(visitor, "main >> :text-is('谁查看过我的信息')")
    assert "办理您的申请" in visitor.page.inner_text("main")

    press(visitor, "footer [type=submit]")
    assert visitor.title() == "已退出登录"
    visitor.go("/progress/")
    assert visitor.page.url.endswith("/sign-in/?next=%2Fprogress%2F")


def test_enter_in_a_field_sends_the_form_and_does_not_switch_the_language(visit, calm):
    visitor = visit(shape=DESKTOP)
    visitor.go("/sign-in/")
    visitor.page.fill("#id_name", "陈小明")

    visitor.page.press("#id_name", "Enter")
    visitor.page.wait_for_load_state()

    assert visitor.page.title().startswith("出错：")
    assert visitor.page.evaluate("document.activeElement.className") == "errsum"


@pytest.mark.parametrize("scripts", [True, False])
def test_switching_language_and_version_keeps_what_was_typed(visit, calm, scripts):
    visitor = visit(java_script_enabled=scripts)
    visitor.go("/sign-in/")
    visitor.page.fill("#id_name", "陈小明")
    visitor.page.fill("#id_id_number", "4301")

    press(visitor, "header >> text=English")
    assert visitor.title() == "Sign in by face"
    assert visitor.page.input_value("#id_name") == "陈小明"
    press(visitor, "header >> text=Large text")
    assert visitor.page.input_value("#id_id_number") == "4301"
    assert visitor.page.get_attribute("html", "data-mode") == "care"


def test_signing_in_by_code_where_the_face_fails(visit, calm):
    visitor = visit()
    visitor.sign_in("郭小宝")
    assert "没有核对上" in visitor.page.inner_text("main")

    press(visitor, "a:text-is('不方便刷脸？换个方式登录')")

    assert visitor.title() == "手机验证码登录"


def test_the_card_is_asked_for_only_where_it_is_wanted(visit, calm):
    visitor = visit()
    visitor.sign_in("徐小海", "/apply/")
    assert not visitor.page.is_visible("#id_point")

    visitor.page.check("input[value=point]")

    assert visitor.page.is_visible("#id_point")


def test_pressing_twice_sends_once_and_says_what_is_happening(visit, calm):
    visitor = visit()
    person = visitor.sign_in("徐小海", "/apply/")
    calm.switch("insurance", "ok", latency_ms=1200)
    visitor.page.fill("#id_phone", person["phone"])
    button = visitor.page.locator("main form#fill [type=submit]")
    sent: list[str] = []
    visitor.page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)

    button.click(no_wait_after=True)
    assert button.get_attribute("aria-disabled") == "true"
    assert "正在核验" in button.inner_text()
    button.click(no_wait_after=True, force=True)
    visitor.page.wait_for_url("**/cases/**")

    assert len(sent) == 1


def test_while_the_departments_are_asked_another_tab_waits_and_then_shows_the_answer(visit, calm):
    visitor = visit()
    person = visitor.sign_in("徐小海", "/apply/")
    visitor.page.fill("#id_phone", person["phone"])
    calm.switch("talent", "ok", latency_ms=1800)
    other = visitor.context.new_page()
    visitor.page.click("main form#fill [type=submit]", no_wait_after=True)
    for _ in range(20):
        other.goto(f"{visitor.system.url}/progress/")
        if other.is_visible("text=核验中"):
            break
    other.click("text=看详情")
    other.wait_for_selector("h1:has-text('正在核验')")

    other.wait_for_selector("h1:has-text('这次没有通过')", timeout=10_000)


def test_nobody_there_for_ten_minutes_is_asked_and_can_go_on(visit, calm):
    visitor = visit()
    visitor.page.clock.install()
    visitor.sign_in("周小兰", "/progress/")
    assert not visitor.page.is_visible("#idle")

    visitor.page.clock.fast_forward("10:01")
    assert visitor.page.is_visible("#idle")
    visitor.shoot("idle-banner")
    visitor.page.click("#idle [type=submit]")

    visitor.page.wait_for_selector("#idle", state="hidden")
    assert visitor.page.url.endswith("/progress/")


def test_a_department_that_comes_back_decides_the_waiting_case(visit, calm):
    calm.switch("insurance", "silent")
    visitor = visit()
    person = visitor.sign_in("周小兰", "/apply/")
    visitor.page.fill("#id_phone", person["phone"])
    press(visitor)
    assert visitor.title() == "社保系统暂时连不上"
    assert "不用重填" in visitor.page.inner_text("main")

    calm.switch("insurance", "ok")
    press(visitor, "main >> :text-is('现在再试一次')")

    assert visitor.title() == "申请通过"


def test_the_first_year_of_a_newcomer(visit, calm):
    """Granted, reminded after ten months, endorsed: with the city's clock moved forward."""
    visitor = visit()
    person = visitor.sign_in("陈小明", "/apply/")
    visitor.page.fill("#id_phone", person["phone"])
    press(visitor)
    assert visitor.title() == "申请通过"
    words = visitor.page.inner_text("main")
    opens = re.search(r"(\d+年\d+月\d+日)起可签注", words)
    assert opens
    assert any("申请通过" in text for text in calm.messages(person["phone"]))

    visitor.go("/endorse/")
    assert visitor.title() == f"{opens[1]}起可以签注"

    calm.forward(months=10, days=15)
    visitor.go("/")
    assert "距签注截止" in visitor.page.inner_text("main")
    press(visitor, "main >> :text-is('办理签注')")
    visitor.page.check("input[value=stayed]")
    press(visitor)
    assert visitor.title() == "签注好了"
    visitor.go("/")
    assert "1 次" in visitor.page.inner_text("main")
