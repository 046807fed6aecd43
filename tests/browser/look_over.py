"""Looks at a page in every shape: on a phone, narrow, twice as large, on a desktop, for the old."""

from typing import Any

from playwright.sync_api import Page

from tests.browser import inspect_page as check
from tests.browser.conftest import DESKTOP, NARROW, PHONE, keep_picture

STANDARD = {"phone": PHONE, "narrow": NARROW, "twice": PHONE, "desktop": DESKTOP}
ELDER = {"phone": PHONE, "narrow": NARROW, "desktop": DESKTOP}
# The elder version is the same page, larger and in other colours.
SIZES_AND_COLOURS = ["color-contrast", "target-size"]
MOST_BYTES = 50 * 1024 - 2 * 1024
"""What a first view may weigh over the wire, less the lines of its headers."""


def look_over(page: Page, name: str, *, lang: str, elder: bool = False) -> list[str]:
    """Return what is wrong with the page as it stands; `elder`: the server made it for the old.

    What the server makes for all alike is shown in the elder version's sizes, too: in Chinese,
    which those who choose it read.
    """
    faults = [] if elder else _shapes(page, f"{lang}-{{}}/{name}", STANDARD, elder=False)
    if not elder:
        faults += check.accessibility_faults(page)
    if elder or lang == "chinese":
        page.evaluate("document.documentElement.dataset.mode = 'care'")
        faults += _shapes(page, f"{lang}-elder-{{}}/{name}", ELDER, elder=True)
        faults += check.accessibility_faults(page, check.RULES if elder else SIZES_AND_COLOURS)
        page.evaluate("delete document.documentElement.dataset.mode")
    faults += check.said(page)
    return [f"{name}, {lang}: {fault}" for fault in faults]


def _shapes(page: Page, picture: str, shapes: dict[str, Any], *, elder: bool) -> list[str]:
    found = []
    for shape, how in shapes.items():
        page.set_viewport_size(how["viewport"])
        if shape == "twice":
            check.enlarge(page, "200%")
        keep_picture(page, picture.format(shape))
        kind = "elder, " if elder else ""
        found += [f"{kind}{shape}: {fault}" for fault in check.faults(page, elder=elder)]
        if shape == "twice":
            check.enlarge(page, "100%")
    return found


def too_heavy(page: Page) -> list[str]:
    """Return what the page weighs if that is more than a slow connection bears."""
    weight = check.weight(page)
    return [f"weighs {weight} bytes"] if weight > MOST_BYTES else []
