"""Brings the city's people into every state that a page shows, and says how to see each."""

from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pay_states import states_of_paying
from tests.browser.sheet_states import State, states_of_sheets
from tests.browser.system import System

PUBLIC = {
    "welcome": "/",
    "sign-in": "/sign-in/",
    "sign-in-over": "/sign-in/?over=1",
    "sign-in-code": "/sign-in/code/",
    "signed-out": "/signed-out/",
    "idle": "/idle/?next=/apply/",
    "account-closed": "/account-closed/",
    "points": "/points/",
    "record": "/record/",
    "help": "/help/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "face-rules": "/face-rules/",
    "uses": "/uses/",
    "moved": "/endorse/moved/",
    "absent": "/nothing-here/",
    "verify": "/verify/",
    "verify-file": "/verify/file/",
    "verify-share": "/verify/share/",
}


def states_of_people(system: System, browser: Browser) -> dict[str, State]:
    """Reach every state once; return how to see each."""
    system.city("/control/reset")
    found: dict[str, State] = {}

    def person(name: str) -> Visitor:
        context = browser.new_context(**PHONE)
        visitor = Visitor(system, context, context.new_page())
        visitor.sign_in(name)
        return visitor

    def note(visitor: Visitor, name: str, path: str = "") -> None:
        here = path or visitor.page.url.removeprefix(system.url)
        found[name] = State(visitor.context.cookies(), here)

    def send(visitor: Visitor, **typed: str) -> None:
        for name, value in typed.items():
            visitor.page.fill(f"#id_{name}", value)
        visitor.page.click("main form#fill [type=submit]")
        visitor.page.wait_for_load_state()

    visitor = person("欧阳小文")
    note(visitor, "home-may-apply", "/")
    note(visitor, "progress-empty", "/progress/")
    note(visitor, "messages-empty", "/messages/")
    newcomer = visitor = person("阿卜杜热合曼·吐尔逊江·阿卜杜克热木")
    note(visitor, "home-long-name", "/")
    note(visitor, "apply", "/apply/")
    holder = visitor = person("古丽娜尔·买买提")
    visitor.go("/apply/")
    send(visitor, phone="13800000010")
    note(visitor, "approved")
    note(visitor, "home-valid", "/")
    note(visitor, "endorse-early", "/endorse/")
    note(visitor, "messages", "/messages/")
    note(visitor, "calendar", "/calendar/")
    visitor.go("/looks/")
    visitor.page.click("main .log .textlink >> nth=0")
    note(visitor, "look-object")
    visitor.page.check("input[value=too_much]")
    send(visitor, words="只办签注，不用看我的学籍。")
    note(visitor, "dispute")
    note(visitor, "looks", "/looks/")
    note(visitor, "outlook", "/outlook/")
    note(visitor, "consent", "/outlook/consent/")
    note(visitor, "progress-done", "/progress/")
    visitor = person("黄小莉")
    note(visitor, "home-may-not", "/")
    note(visitor, "apply-foreseen", "/apply/")
    visitor.go("/apply/")
    send(visitor, phone="13800000011")
    note(visitor, "refused-no-home")
    visitor = person("林小雨")
    note(visitor, "home-day-known", "/")
    visitor.go("/apply/")
    send(visitor, phone="13800000002")
    note(visitor, "refused")
    note(visitor, "review", found["refused"].path + "review/")
    visitor = person("孙小芸")
    note(visitor, "apply-silent", "/apply/")
    visitor.go("/apply/")
    send(visitor, phone="13800000013")
    note(visitor, "waiting")
    note(visitor, "withdraw", found["waiting"].path + "withdraw/")
    note(visitor, "home-under-way", "/")
    note(visitor, "progress-live", "/progress/")
    visitor = person("罗小强")
    visitor.go("/apply/")
    send(visitor, phone="13800000018")
    note(visitor, "in-review")
    frugal = visitor = person("王小芳")
    note(visitor, "home-window", "/")
    for page in ("", "phone/", "cancel/", "wrong/", "copy/"):
        note(visitor, f"mine-{page.strip('/') or 'all'}", f"/mine/{page}")
    note(visitor, "outlook-window", "/outlook/")
    note(visitor, "endorse", "/endorse/")
    suspended = visitor = person("赵小刚")
    note(visitor, "home-suspended", "/")
    note(visitor, "outlook-suspended", "/outlook/")
    note(visitor, "endorse-late", "/endorse/")
    note(visitor, "card", "/card/")
    note(visitor, "card-new", "/card/new/lost/")
    visitor.go("/card/new/lost/")
    visitor.page.check("input[name=delivery][value=post]")
    send(visitor)
    note(visitor, "card-to-pay")
    visitor = person("周小兰")
    note(visitor, "home-cancelled", "/")
    visitor = person("李小𬱖")
    visitor.go("/endorse/")
    visitor.page.check("input[value=stayed]")
    send(visitor)
    note(visitor, "endorse-refused")
    found |= states_of_paying(payer=visitor, lingerer=person("吴小龙"))
    visitor = person("高小深")
    visitor.go("/endorse/")
    visitor.page.check("input[value=stayed]")
    send(visitor)
    note(visitor, "ended")
    newcomer.go("/apply/")
    send(newcomer, phone="13800000009")
    note(newcomer, "approved-long-name")
    found |= states_of_sheets(holder=holder, suspended=suspended, newcomer=newcomer, frugal=frugal)
    return found | {name: State([], path) for name, path in PUBLIC.items()}
