"""What people do, as told to a browser: on a phone, on a desktop, and without scripts."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]


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

    visitor.press("a.btn:text-is('申领居住证')")
    visitor.page.fill("#id_phone", "1380000602")
    visitor.press()
    assert visitor.page.title().startswith("出错：")
    assert "现在是 10 位" in visitor.page.inner_text("main")

    visitor.give_phone(person["phone"])
    visitor.press()
    assert visitor.title() == "申请通过"

    visitor.press("main >> :text-is('看我的居住证')")
    assert "有效期至" in visitor.page.inner_text("main")
    visitor.press("main >> :text-is('谁查看过我的信息')")
    assert "办理您的申请" in visitor.page.inner_text("main")

    visitor.press("footer [type=submit]")
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

    visitor.press("header >> text=English")
    assert visitor.title() == "Sign in by face"
    assert visitor.page.input_value("#id_name") == "陈小明"
    visitor.press("header >> text=Large text")
    assert visitor.page.input_value("#id_id_number") == "4301"
    assert visitor.page.get_attribute("html", "data-mode") == "care"


def test_signing_in_by_code_where_the_face_fails(visit, calm):
    visitor = visit()
    visitor.sign_in("郭小宝")
    assert "没有核对上" in visitor.page.inner_text("main")

    visitor.press("a:text-is('不方便刷脸？换个方式登录')")

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
    visitor.give_phone(person["phone"])
    button = visitor.page.locator("main form#fill [type=submit]")
    sent: list[str] = []
    visitor.page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)

    locked, words = button.evaluate(
        "b => { b.click(); b.click(); return [b.getAttribute('aria-disabled'), b.textContent]; }"
    )
    visitor.page.wait_for_url("**/cases/**")

    assert len(sent) == 1
    assert locked == "true"
    assert "正在核验" in words


def test_while_the_departments_are_asked_another_tab_waits_and_then_shows_the_answer(visit, calm):
    visitor = visit()
    person = visitor.sign_in("徐小海", "/apply/")
    visitor.give_phone(person["phone"])
    calm.switch("talent", "ok", latency_ms=1800)
    other = visitor.context.new_page()
    visitor.page.click("main form#fill [type=submit]", no_wait_after=True)
    for _ in range(20):
        other.goto(f"{visitor.system.url}/progress/")
        if other.is_visible("text=核验中"):
            break
    other.click("text=看详情")
    other.wait_for_selector("h1:has-text('正在核验')")
    keep_picture(other, "processing")

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
    visitor.give_phone(person["phone"])
    visitor.press()
    assert visitor.title() == "社保系统暂时连不上"
    assert "不用重填" in visitor.page.inner_text("main")

    calm.switch("insurance", "ok")
    visitor.press("main >> :text-is('现在再试一次')")

    assert visitor.title() == "申请通过"


def test_somebody_with_a_simple_phone_lets_a_relative_endorse_by_reading_out_a_code(visit, calm):
    person, helper = calm.person("赵小刚"), visit(java_script_enabled=False)
    helper.sign_in("林小雨", "/for/ask/")
    helper.page.fill("#id_name", person["name"])
    helper.page.fill("#id_id_number", person["id_number"])
    helper.press()

    text = sms(helper, person["phone"], "想替您办居住证")
    assert "林小雨" in text
    assert "签注" in text
    helper.page.fill("#id_code", re.findall(r"\d{6}", text)[0])
    helper.press()
    helper.press("main .actions [type=submit]")
    assert "正在替 赵*刚 办理" in helper.page.inner_text("body")
    helper.go("/endorse/")
    helper.page.check("input[value=stayed]")
    helper.press()
    assert helper.title() == "签注好了"

    assert "亲友替您提交了居住证申请" in sms(helper, person["phone"], "亲友替您提交")
    helper.go("/mine/")
    assert helper.title() == "这件事要本人办"
    helper.press(".acting [type=submit]")
    assert "正在替" not in helper.page.inner_text("body")


def sms(visitor, phone: str, words: str) -> str:
    """Return the SMS with these words, once it is on the phone."""
    for _ in range(100):
        for text in visitor.system.messages(phone):
            if words in text:
                return text
        visitor.page.wait_for_timeout(100)
    raise AssertionError(f"no SMS with {words}")
