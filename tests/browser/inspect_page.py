"""What every page must pass in a real browser: axe, reflow, sizes, focus rings."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

FOLDER = Path(__file__).parent
AXE = (FOLDER / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CHECKS = (FOLDER / "page_checks.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_STOPS = 80


def accessibility_faults(page: Page) -> list[str]:
    """Return what axe finds, one line a fault."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{fault['id']}: {' '.join(str(node['target']) for node in fault['nodes'][:3])}"
        for fault in found["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """Return what sticks out to the right."""
    return _ask(page, "overflow()")


def small_targets(page: Page, least: int) -> list[str]:
    """Return controls of the main part lower than `least` pixels."""
    return _ask(page, f"smallTargets({least})")


def small_text(page: Page, least: int) -> list[str]:
    """Return texts smaller than `least` pixels."""
    return _ask(page, f"smallText({least})")


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


def _ask(page: Page, question: str) -> Any:
    page.evaluate(CHECKS)
    return page.evaluate(f"pageChecks.{question}")
