"""Brings a holder and a helper into every state of a mandate, and says how to see each."""

import re
import time

from tests.browser.conftest import Visitor
from tests.browser.sheet_states import State
from tests.browser.system import System


def states_of_helping(*, holder: Visitor, helper: Visitor, name: str) -> dict[str, State]:
    """Let the helper ask the holder by code, begin to act, and stay so."""
    system, found = holder.system, {}

    def note(visitor: Visitor, state: str, path: str) -> None:
        found[state] = State(visitor.context.cookies(), path)

    person = system.person(name)
    note(holder, "helpers", "/mine/helpers/")
    note(holder, "helper-new", "/mine/helpers/new/")
    note(helper, "for", "/for/")
    helper.go("/for/ask/")
    helper.page.fill("#id_name", person["name"])
    helper.page.fill("#id_id_number", person["id_number"])
    helper.press()
    helper.page.fill("#id_code", code_on(system, person["phone"]))
    helper.press()
    helper.press("main .actions [type=submit]")
    note(helper, "acting-home", "/")
    note(helper, "acting-endorse", "/endorse/")
    note(helper, "acting-refused", "/mine/")
    return found


def code_on(system: System, phone: str) -> str:
    """Return the code in the SMS that asks for a mandate, once it is on the phone."""
    for _ in range(100):
        for text in system.messages(phone):
            if "想替您办居住证" in text:
                return re.findall(r"\d{6}", text)[0]
        time.sleep(0.1)
    raise AssertionError("no code on the phone")
