"""An officer's hour by the keyboard alone, a reviewer's case, and every staff page under axe."""

import json
import re
import stat
import time

import pytest
from playwright.sync_api import Page

from juzhu.counter.views.desk import MOST_LOOKS
from juzhu.modules.staff import codes
from tests.browser import inspect_page as check
from tests.browser.conftest import keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]

DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}
FOCUS_STOPS = 60


class Desk:
    """A member of staff at a browser; what the console says is kept."""

    def __init__(self, system, browser, username: str, **options) -> None:
        self.system, self.username = system, username
        self.context = browser.new_context(**{**DESK, **options})
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.page.on(
            "console",
            lambda m: self.said.append(m.text) if m.type in {"error", "warning"} else None,
        )
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.system.counter_url + path)

    def type_into(self, selector: str, text: str) -> None:
        """Go there with Tab and type, as without a mouse."""
        for _ in range(FOCUS_STOPS):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                self.page.keyboard.type(text)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def press(self, keys: str) -> None:
        """Press something that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(keys)
        self.page.wait_for_load_state()

    def sign_in(self) -> "Desk":
        accounts = json.loads((self.system.folder / "staff.json").read_text())
        account = next(a for a in accounts if a["username"] == self.username)
        self.go("/sign-in/")
        self.type_into("#id_username", account["username"])
        self.type_into("#id_password", account["password"])
        self.type_into("#id_code", codes.code(account["totp_secret"], codes.now()))
        self.press("Enter")
        return self

    def begin(self) -> "Desk":
        self.type_into("#id_window", "3")
        self.press("Enter")
        return self

    def heading(self) -> str:
        return self.page.inner_text("h1")

    def look(self, name: str, *, rings: bool = False) -> list[str]:
        """Return the faults of the page as it stands; `rings` walks it with Tab, too."""
        keep_picture(self.page, f"counter/{name}")
        faults = check.accessibility_faults(self.page)
        faults += check.faults(self.page, elder=False, lowest=23.5)  # a desk has a mouse
        if rings:
            faults += [f"no ring: {stop}" for stop in check.without_ring(self.page)]
        return [f"{name}: {fault}" for fault in faults]


def token(desk: Desk) -> dict[str, str]:
    """Return what a form of the page carries against forgery."""
    value = desk.page.input_value("[name=csrfmiddlewaretoken] >> nth=0")
    return {"csrfmiddlewaretoken": value}


def code_sent_to(system, phone: str) -> str:
    """Wait for a text with a code of six digits."""
    for _ in range(100):
        for text in system.messages(phone):
            if found := re.search(r"码(\d{6})", text):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(system.messages(phone))


def close(*desks: Desk) -> None:
    said = [t for d in desks for t in d.said if "status of 4" not in t]
    for desk in desks:
        desk.context.close()
    assert said == []


def test_an_officers_hour_by_keyboard_and_every_page_is_clean(system, browser):
    assert stat.S_IMODE((system.folder / "staff.json").stat().st_mode) == 0o600
    holder, newcomer = system.person("王小芳"), system.person("陈小明")
    faults: list[str] = []
    desk = Desk(system, browser, "s1001")
    desk.go("/sign-in/")
    faults += desk.look("sign-in")
    desk.sign_in()
    faults += desk.look("shift")
    desk.begin()
    faults += desk.look("desk", rings=True)

    # a card on the reader: one key finds the holder, two more endorse
    system.city("/reader", id_number=holder["id_number"])
    desk.press("F2")
    assert holder["name"] in desk.heading()
    assert "本人，已读卡" in desk.page.inner_text("main")
    assert holder["id_number"] not in desk.page.content()
    faults += desk.look("person")
    desk.page.focus(".tabs a")
    desk.press("Enter")
    faults += desk.look("endorse", rings=True)
    desk.page.focus("#id_stayed")
    desk.page.keyboard.press("Space")
    desk.press("Control+Enter")
    assert "签注：通过" in desk.page.inner_text("main")
    faults += desk.look("endorsed")
    desk.go("/" + desk.page.url.split("/", 3)[3] + "receipt/")
    assert desk.heading() == "受理回执"
    faults += desk.look("receipt")
    for tab in ("reissue", "sheet", "phone", "cancel", "cancel/statement"):
        desk.go(f"/desk/{tab}/")
        faults += desk.look(tab.replace("/", "-"))
    desk.go("/desk/sheet/")
    desk.page.focus("#id_purpose_0")
    desk.page.keyboard.press("Space")
    desk.press("Control+Enter")
    assert "信息单做好了" in desk.page.inner_text("main")
    faults += desk.look("sheet-made")
    number = desk.page.url.rstrip("/").rpartition("/")[2]
    pdf = desk.context.request.get(f"{system.counter_url}/desk/sheet/{number}/file.pdf")
    assert pdf.body()[:5] == b"%PDF-"
    desk.go("/desk/phone/")
    desk.type_into("#id_phone", newcomer["phone"])
    desk.press("Control+Enter")
    faults += desk.look("phone-code")
    desk.type_into("#id_code", code_sent_to(system, newcomer["phone"]))
    desk.press("Control+Enter")
    assert "手机号改好了" in desk.page.inner_text("main")
    faults += desk.look("done")
    desk.go("/desk/")
    desk.press("Escape")
    assert desk.heading() == "受理台"
    desk.page.click("form[action*='tickets/new'] [type=submit]")
    assert desk.heading().startswith("A0")
    faults += desk.look("ticket")
    desk.go("/desk/")

    # somebody new: typed number, reason chosen, application
    desk.type_into("#id_q", newcomer["id_number"])
    desk.type_into("#id_why", "")
    for key in ("ArrowDown", "Tab"):  # 当面办理, then the button
        desk.page.keyboard.press(key)
    desk.press("Enter")
    faults += desk.look("newcomer")
    desk.type_into("#id_name", newcomer["name"])
    desk.press("Control+Enter")
    desk.page.focus(".tabs a")
    desk.press("Enter")
    faults += desk.look("apply", rings=True)
    desk.type_into("#id_phone", newcomer["phone"])
    desk.page.check("#id_delivery_2")  # fetched at a point, perhaps by somebody else
    desk.page.select_option("#id_point", index=1)
    desk.press("Control+Enter")
    assert "申领：通过" in desk.page.inner_text("main")
    faults += desk.look("applied")
    desk.go("/desk/agent/")
    assert "代领人" in desk.page.inner_text(".work")
    faults += desk.look("agent")

    # two on one phone
    desk.go("/desk/")
    desk.press("Escape")
    desk.type_into("#id_q", newcomer["phone"])
    desk.page.select_option("#id_why", "visit")
    desk.press("Enter")
    assert desk.heading() == "这个手机号有 2 个人在用"
    faults += desk.look("choose")
    desk.go("/desk/")
    desk.press("F9")
    desk.go("/day/")
    assert "签注" in desk.page.inner_text("main")
    faults += desk.look("day")
    desk.go("/cards/")
    faults += desk.look("stock")
    desk.go("/unreached/")
    faults += desk.look("unreached")
    desk.go("/password/")
    faults += desk.look("password")
    desk.go("/review/")
    assert desk.heading() == "没有权限打开"
    faults += desk.look("forbidden")
    desk.go("/shift/end/")
    faults += desk.look("hand-over")

    # looking up more people than anybody could serve
    curious = Desk(system, browser, "s3001").sign_in()
    typed = {"q": holder["id_number"], "why": "visit"} | token(curious)
    for _ in range(MOST_LOOKS):
        curious.context.request.post(f"{system.counter_url}/desk/find/", form=typed)
    curious.type_into("#id_q", holder["id_number"])
    curious.page.select_option("#id_why", "visit")
    curious.press("Enter")
    assert curious.heading() == "查得太多了"
    faults += curious.look("too-much")
    curious.go("/faults/")
    faults += curious.look("faults", rings=True)

    assert faults == []
    close(desk, curious)


def test_a_reviewer_decides_what_no_machine_can(system, browser, visit):
    citizen = visit()
    citizen.sign_in("罗小强", "/apply/")
    citizen.page.fill("#id_phone", "13800000018")
    citizen.press()
    number = citizen.page.url.rstrip("/").rpartition("/")[2]
    faults: list[str] = []
    desk = Desk(system, browser, "s2001").sign_in()
    assert desk.heading() == "待复核"
    faults += desk.look("review")
    desk.go(f"/review/{number}/")
    faults += desk.look("review-case")
    desk.press("Control+Enter")
    desk.page.focus("#id_reason_0")
    desk.page.keyboard.press("Space")
    desk.type_into("#id_words", "看过身份证，是同一个人")
    faults += desk.look("review-claimed", rings=True)
    desk.press("Control+Enter")
    assert desk.heading() == "决定已生效"
    faults += desk.look("review-done")
    desk.go(f"/review/{number}/")
    assert desk.heading() == "这一件不用再办了"
    faults += desk.look("review-over")

    # the citizen does not accept that look
    citizen.go("/looks/")
    citizen.page.click("main a[href*='/object/'] >> nth=0")
    citizen.page.check("#id_reason_0")
    citizen.press()
    desk.go("/review/")
    desk.page.click("main a[href^='/disputes/']")
    faults += desk.look("dispute")
    desk.press("Control+Enter")
    assert "我没有办过这件事" in desk.page.inner_text("main")
    faults += desk.look("dispute-claimed")
    dispute = desk.page.url
    desk.page.check("#id_verdict_0")
    desk.type_into("#id_words", "这次查看是为了核对您的申领")
    desk.press("Control+Enter")
    desk.page.goto(dispute)
    assert "已答复" in desk.page.inner_text("main")
    faults += desk.look("dispute-answered")
    desk.go("/sample/")
    faults += desk.look("sample")
    citizen.go(f"/cases/{number}/")
    assert "看过身份证，是同一个人" in citizen.page.inner_text("main")
    keeper = Desk(system, browser, "s5001").sign_in()
    faults += keeper.look("accounts")
    inspected = keeper.page.context.new_page()  # axe breaks the policy by itself here
    for page in ("", "partners/partner/", "partners/partnergrant/add/", "texts/"):
        keeper.go(f"/admin/{page}")
        keep_picture(keeper.page, f"counter/reference-{page.replace('/', '-')}")
        inspected.goto(keeper.page.url)
        faults += [f"/admin/{page}: {it}" for it in check.accessibility_faults(inspected)]

    assert faults == []
    close(desk, keeper)


def test_the_desk_works_without_script(system, browser):
    holder = system.person("王小芳")
    desk = Desk(system, browser, "s1002", java_script_enabled=False)
    accounts = json.loads((system.folder / "staff.json").read_text())
    account = next(a for a in accounts if a["username"] == "s1002")
    desk.go("/sign-in/")
    desk.page.fill("#id_username", account["username"])
    desk.page.fill("#id_password", account["password"])
    desk.page.fill("#id_code", codes.code(account["totp_secret"], codes.now()))
    desk.page.click("main [type=submit]")
    desk.page.fill("#id_window", "5")
    desk.page.click("main form [type=submit]")
    desk.page.fill("#id_q", holder["id_number"])
    desk.page.select_option("#id_why", "visit")
    desk.page.click("#find [type=submit]")
    assert holder["name"] in desk.heading()
    desk.page.click("#leave [type=submit]")
    assert desk.heading() == "受理台"
    close(desk)
