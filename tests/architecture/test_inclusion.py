"""Everything can be done without a face, and the table for operators says by which way."""

from pathlib import Path

import pytest

from juzhu.counter import permissions, proof
from juzhu.modules.desk.contracts import Identified
from juzhu.web import urls
from juzhu.web.access import RESIDENT
from juzhu.web.acting import REACH
from juzhu.web.assurance import NEEDS, Act

LEVEL_OF_A_CODE = 3
TELLING = "desk"  # told on the telephone after the code, by rule and not by an address
CODES_ON_SCREEN = {"pay-code": proof.HERE}  # shown to whoever stands there

FACE_ONLY = {"wechat-confirm"}
"""What needs a face; nothing else needs it."""

BESIDE = {
    "wechat", "wechat-bound", "moving", "moving-code", "moved-here", "sheet-native", "pay-native",
    "case", "case-again", "agent-done", "mine", "phone-code", "phone-done", "helpers", "for",
    "for-ask", "for-code", "for-leave", "for-begin", "for-end", "copy-file", "cancelled", "pay-who",
    "pay-check", "pay-code", "pay-receipt", "pay-receipt-file", "card", "outlook", "sheets",
    "sheet", "sheet-picture", "sheet-glance", "sheet-file", "shares", "share", "messages",
    "calendar", "calendar-close", "calendar-file", "dispute",
}  # fmt: skip
"""Pages that show, or carry an act of the table further."""


def table() -> dict[str, list[str]]:
    text = Path("docs/operations/inclusion.md").read_text().partition("| what |")[2]
    rows = [line.strip("| ").split(" | ") for line in text.split("\n\n")[0].splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}


def own_pages() -> dict[str, Act]:
    return {
        str(entry.name): getattr(entry.callback, "act", Act.READ)
        for entry in urls.urlpatterns
        if getattr(entry.callback, "access", "") == RESIDENT
    }


def test_the_table_holds_every_act_of_ones_own_pages():
    named = {row[0] for row in table().values()} - {"–"}

    assert named | BESIDE == set(own_pages())
    assert not named & BESIDE


@pytest.mark.parametrize("what", table())
def test_the_table_says_what_the_code_does(what):
    page, desk, *ways = table()[what]
    may = CODES_ON_SCREEN.get(desk, proof.NEEDS.get(desk, proof.HERE))
    if desk == TELLING:
        may = proof.OR_ON_THE_TELEPHONE
    elif desk == "helpers":
        may = proof.NEEDS["helper-name"]

    true = [
        page != "–" and NEEDS[own_pages()[page]].level <= LEVEL_OF_A_CODE,
        desk in permissions.MATRIX,
        desk != "–" and Identified.CODE in may,
        f"web:{page}" in REACH,
    ]

    assert ways == ["yes" if it else "no" for it in true]


def test_every_act_is_within_reach_without_a_face():
    out_of_reach = {page for page, _desk, *ways in table().values() if "yes" not in ways}

    assert out_of_reach == FACE_ONLY
