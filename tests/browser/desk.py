"""A member of staff at a browser who has no mouse."""

import json
import re
import time

from playwright.sync_api import Page

from juzhu.modules.staff import codes
from tests.browser import inspect_page as check
from tests.browser.conftest import keep_picture

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

    def reach(self, selector: str) -> None:
        """Go there with Tab."""
        for _ in range(FOCUS_STOPS):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def type_into(self, selector: str, text: str) -> None:
        """Go there and type."""
        self.reach(selector)
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Mark one of several, with the arrows."""
        self.reach(f"[type=radio][name={name}]")
        self.page.keyboard.press("Space")
        for _ in range(FOCUS_STOPS):
            if self.page.is_checked(f"[type=radio][name={name}][value={value}]"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen with the arrows")

    def take_first(self, selector: str) -> None:
        """Take the first answer of a list, and go on."""
        self.reach(selector)
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Tab")

    def follow(self, selector: str) -> None:
        """Go to a link or button and press it."""
        self.reach(selector)
        self.press("Enter")

    def serve(self, person: dict[str, str]) -> None:
        """Have the person's identity card on the reader, and read it."""
        self.system.city("/reader", id_number=person["id_number"])
        self.press("F2")
        assert person["name"] in self.heading()

    def read_agent(self, person: dict[str, str]) -> None:
        """Read the identity card of somebody who comes for the person at the window."""
        self.system.city("/reader", id_number=person["id_number"])
        self.page.keyboard.press("F4")
        self.page.wait_for_selector(f"#agent-says:has-text('{person['name']}')")

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
