"""Every page in every state, in a real browser: axe, console, reflow, sizes, rings, no script.

The states are reached once; each is then looked at in several shapes. `make pictures` keeps a
picture of each in `screenshots/`, which is not part of the repository.
"""

import pytest

from tests.browser import inspect_page as check
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Visitor
from tests.browser.pay_states import states_of_paying
from tests.browser.sheet_states import State, states_of_sheets

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every_page")]

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

# How the page is shown, and the shapes it then takes one after another; axe looks at the last.
LOOKS = {
    "chinese": ({}, ["phone", "narrow", "twice", "desktop"]),
    "english": ({"lang": "en"}, ["phone", "narrow", "twice", "desktop"]),
    "elder": ({"elder": True}, ["narrow", "phone", "desktop"]),
    "elder-english": ({"elder": True, "lang": "en"}, ["phone", "narrow"]),
}
SHAPES = {"phone": PHONE, "narrow": NARROW, "twice": PHONE, "desktop": DESKTOP}


@pytest.fixture(scope="module")
def states(system, browser) -> dict[str, State]:
    """Bring the city's people into every state; return how to see each."""
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


BETWEEN = {"elder-english"}  # lies between two others: looked at by `make soak`


@pytest.mark.parametrize(
    "look",
    [pytest.param(look, marks=pytest.mark.soak if look in BETWEEN else ()) for look in LOOKS],
)
def test_every_page_is_whole_in_this_look(visit, states, look):
    choice, shapes = LOOKS[look]
    faults: list[str] = []
    links: dict[str, str] = {}
    visitor = visit(**choice)
    visitor.context.add_init_script(check.AXE)
    # The elder version is the same page, larger and in other colours.
    rules = check.SIZES_AND_COLOURS if choice.get("elder") else check.RULES
    looks = visitor.context.cookies()
    for name, state in states.items():
        state.show(visitor, looks)
        for shape in shapes:
            visitor.page.set_viewport_size(SHAPES[shape]["viewport"])
            check.enlarge(visitor.page, "200%" if shape == "twice" else "100%")
            visitor.shoot(f"{look}-{shape}/{name}")
            found = check.faults(visitor.page, elder=look.startswith("elder"))
            faults += [f"{name}, {shape}: {fault}" for fault in found]
        check.enlarge(visitor.page, "100%")
        faults += [f"{name}: axe: {f}" for f in check.accessibility_faults(visitor.page, rules)]
        if look == "chinese":  # what does not depend on the look is looked at once
            links |= dict.fromkeys(check.links(visitor.page) if name != "absent" else (), name)
            faults += [f"{name}: no ring: {f}" for f in check.without_ring(visitor.page)]

    for link, name in links.items():
        answer = visitor.context.request.get(visitor.system.url + link)
        faults += [f"{name}: {link} leads to {answer.status}"] if answer.status >= 400 else []
    assert not faults, "\n".join(faults)
