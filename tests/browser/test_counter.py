"""An officer's day by the keyboard alone, a reviewer's case, and every staff page under axe."""

import json
import stat
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import zxingcpp
from PIL import Image

from juzhu.counter.views.desk import MOST_LOOKS
from juzhu.modules.staff import codes
from tests.browser import inspect_page as check
from tests.browser.conftest import Visitor, keep_picture
from tests.browser.desk import Desk, close, code_sent_to, token
from tests.browser.system import System

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]

CARD_SECONDS = 30
"""How long the worker may take to hear from the factory; it asks every ten seconds."""


def test_an_officers_day_by_keyboard_and_every_page_is_clean(system, browser, visit):
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

    # somebody comes, draws a number, and is called
    desk.follow("form[action*='tickets/new'] [type=submit]")
    drawn = desk.heading()
    assert drawn.startswith("A0")
    faults += desk.look("ticket")
    desk.follow("main .btns a")
    desk.press("F9")
    assert drawn in desk.page.inner_text(".call")

    faults += _endorses(desk, holder)
    faults += _has_a_lost_card_made_anew(desk, newcomer, lambda address: _pays(visit(), address))
    faults += _does_the_rest_for(desk, newcomer)
    _make_cards_now(system)  # from here on they come by themselves
    faults += _applies(desk, newcomer)

    # two on one phone
    desk.go("/desk/")
    desk.press("Escape")
    desk.type_into("#id_q", newcomer["phone"])
    desk.take_first("#id_why")
    desk.press("Enter")
    assert desk.heading() == "这个手机号有 2 个人在用"
    faults += desk.look("choose")

    faults += _fetches(desk, holder, agent=newcomer, somebody=system.person("林小雨"))
    desk.go("/day/")
    for done in ("签注", "申领", "补领", "发卡", "没有发卡"):
        assert done in desk.page.inner_text("main")
    faults += desk.look("day")
    for place in ("cards", "unreached", "password"):
        desk.go(f"/{place}/")
        faults += desk.look(place)
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


def _endorses(desk: Desk, holder: dict[str, str]) -> list[str]:
    """A card on the reader: one key finds the holder, two more endorse."""
    desk.serve(holder)
    assert "本人，已读卡" in desk.page.inner_text("main")
    assert holder["id_number"] not in desk.page.content()
    faults = desk.look("person")
    desk.follow(".tabs a")
    faults += desk.look("endorse", rings=True)
    desk.reach("#id_stayed")
    desk.page.keyboard.press("Space")
    desk.press("Control+Enter")
    assert "签注：通过" in desk.page.inner_text("main")
    faults += desk.look("endorsed")
    desk.go("/" + desk.page.url.split("/", 3)[3] + "receipt/")
    assert desk.heading() == "受理回执"
    return faults + desk.look("receipt")


def _has_a_lost_card_made_anew(
    desk: Desk, agent: dict[str, str], pays: Callable[[str], None]
) -> list[str]:
    """The holder pays on the phone by the code on the officer's page, and names who will come."""
    desk.go("/desk/")
    desk.follow(".tabs a[href*='reissue']")
    faults = desk.look("reissue", rings=True)
    desk.choose("why", "lost")
    desk.choose("delivery", "point")
    desk.take_first("#id_point")  # this very point
    desk.type_into("#id_agent_name", agent["name"])
    desk.type_into("#id_agent_id_number", agent["id_number"])
    desk.type_into("#id_agent_phone", agent["phone"])
    faults += desk.look("reissue-filled")
    desk.press("Control+Enter")
    assert "待缴费" in desk.page.inner_text("main")
    faults += desk.look("to-pay")
    case, picture = desk.page.url, desk.system.folder / "pay.png"
    desk.page.locator("main img[src*='pay']").screenshot(path=picture)
    [code] = zxingcpp.read_barcodes(Image.open(picture))
    pays(code.text)
    desk.page.wait_for_selector(".outcome")  # the officer's page has turned by itself
    assert desk.page.url == case
    return faults + desk.look("reissue-paid")


def _pays(holder: Visitor, address: str) -> None:
    """Follow the code on a phone of one's own, sign in, and pay at the city's cashier."""
    holder.page.goto(address)
    holder.sign_in("王小芳", "/" + address.split("/", 3)[3])
    assert holder.page.url == address
    holder.shoot("counter/phone-pay")
    holder.press("main form [type=submit]")
    holder.press("form:has(input[value=ok]) button")
    holder.press("main a")
    holder.page.wait_for_selector("text=工本费付好了")


def _does_the_rest_for(desk: Desk, newcomer: dict[str, str]) -> list[str]:
    """A sheet printed, the phone changed; the other pages looked at."""
    faults = []
    for tab in ("sheet", "phone", "cancel", "cancel/statement"):
        desk.go(f"/desk/{tab}/")
        faults += desk.look(tab.replace("/", "-"))
    desk.go("/desk/sheet/")
    desk.reach("[name=purpose]")
    desk.page.keyboard.press("Space")
    desk.press("Control+Enter")
    assert "信息单做好了" in desk.page.inner_text("main")
    faults += desk.look("sheet-made")
    number = desk.page.url.rstrip("/").rpartition("/")[2]
    pdf = desk.context.request.get(f"{desk.system.counter_url}/desk/sheet/{number}/file.pdf")
    assert pdf.body()[:5] == b"%PDF-"
    desk.go("/desk/phone/")
    desk.type_into("#id_phone", newcomer["phone"])
    desk.press("Control+Enter")
    faults += desk.look("phone-code")
    desk.type_into("#id_code", code_sent_to(desk.system, newcomer["phone"]))
    desk.press("Control+Enter")
    assert "手机号改好了" in desk.page.inner_text("main")
    faults += desk.look("done")
    desk.go("/desk/")
    _wait_for_the_card(desk, "制卡中")
    desk.press("Escape")
    assert desk.heading() == "受理台"
    return faults


def _wait_for_the_card(desk: Desk, state: str) -> None:
    for _ in range(CARD_SECONDS):
        if state in desk.page.inner_text(".tabs"):
            return
        time.sleep(1)
        desk.go("/desk/")
    raise AssertionError(desk.page.inner_text(".tabs"))


def _make_cards_now(system: System) -> None:
    """Let a few minutes go by at the factory."""
    later = datetime.fromisoformat(system.city("/clock")["now"]) + timedelta(minutes=3)
    system.city("/control/clock", to=later.isoformat())


def _applies(desk: Desk, newcomer: dict[str, str]) -> list[str]:
    """Somebody new: typed number, reason chosen, application."""
    desk.type_into("#id_q", newcomer["id_number"])
    desk.take_first("#id_why")  # 当面办理
    desk.press("Enter")
    faults = desk.look("newcomer")
    desk.type_into("#id_name", newcomer["name"])
    desk.press("Control+Enter")
    desk.follow(".tabs a")
    faults += desk.look("apply", rings=True)
    desk.type_into("#id_phone", newcomer["phone"])
    desk.choose("delivery", "point")
    desk.take_first("#id_point")
    desk.press("Control+Enter")
    assert "申领：通过" in desk.page.inner_text("main")
    faults += desk.look("applied")
    desk.go("/desk/agent/")
    assert "代领人" in desk.page.inner_text(".work")
    return faults + desk.look("agent")


def _fetches(
    desk: Desk, holder: dict[str, str], *, agent: dict[str, str], somebody: dict[str, str]
) -> list[str]:
    """The named agent gets the card with both identity cards; somebody else does not."""
    desk.go("/desk/")
    desk.serve(holder)
    _wait_for_the_card(desk, "卡在")
    desk.follow(".tabs a[href$='/desk/card/']")
    faults = desk.look("card", rings=True)
    desk.read_agent(somebody)
    desk.press("Control+Enter")
    assert "来的不是登记的代领人" in desk.page.inner_text("[role=alert]")
    faults += desk.look("card-refused")
    desk.read_agent(agent)
    faults += desk.look("card-agent")
    desk.press("Control+Enter")
    assert desk.page.url.endswith("/desk/done/card/")
    faults += desk.look("card-done")
    desk.press("Escape")
    return faults


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

    # the citizen does not accept a look; one's own nobody may answer, so it is the system's
    citizen.go("/looks/")
    citizen.page.click("main a[href*='/object/'] >> nth=-1")
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
