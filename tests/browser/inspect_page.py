"""What every page must pass in a real browser: axe, reflow, sizes, focus rings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

FOLDER = Path(__file__).parent
AXE = (FOLDER / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CHECKS = (FOLDER / "page_checks.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_STOPS = 80


def accessibility_faults(page: Page, only: Sequence[str] = RULES) -> list[str]:
    """Return what axe finds, one line a fault; `only` names tags or rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", list(only)
    )
    return [
        f"{fault['id']}: {' '.join(str(node['target']) for node in fault['nodes'][:3])}"
        for fault in found["violations"]
    ]


def enlarge(page: Page, size: str) -> None:
    """Show the page with texts of another size, as a browser's own setting does."""
    page.evaluate("size => document.documentElement.style.fontSize = size", size)


def faults(page: Page, *, elder: bool, lowest: float = 43.5) -> list[str]:
    """Return what sticks out, is too low to hit or, in the elder version, too small to read."""
    found = _ask(page, f"all({59 if elder else lowest}, {18 if elder else 0})")
    return [f"{kind}: {fault}" for kind, said in found.items() for fault in said]


def said(page: Page) -> list[str]:
    """Return what is wrong with what the page says to those who do not see it."""
    found = _ask(page, "said()")
    return [f"{kind}: {fault}" for kind, faults in found.items() for fault in faults]


def elder_in_sight(page: Page) -> bool:
    """Say whether the way to the elder version stands on the first screen."""
    return bool(_ask(page, "elderInSight()"))


def weight(page: Page) -> int:
    """Return the bytes that travelled for the page and for what it needed."""
    return int(_ask(page, "weight()"))


def without_ring(page: Page) -> list[str]:
    """Tab through the page; return the stops that show no focus ring."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    bare = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = _ask(page, "focused()")
        if stop is None:
            break
        if not stop[1]:
            bare.append(stop[0])
    return bare


def links(page: Page) -> list[str]:
    """Return the addresses of ours that the page links to."""
    return page.eval_on_selector_all(
        "a[href^='/']", "found => found.map(e => e.getAttribute('href'))"
    )


def _ask(page: Page, question: str) -> Any:
    return page.evaluate(f"window.pageChecks || eval({CHECKS!r}); pageChecks.{question}")
