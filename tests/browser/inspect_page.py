"""What every page must pass in a real browser: axe, the console, reflow, targets, focus rings."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET_PX = 44
ELDER_TARGET_PX = 59
ELDER_TEXT_PX = 18


def accessibility_faults(page: Page) -> list[str]:
    """Return what axe finds, one line a fault."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{v['id']}: {' '.join(n['target'][0] if n['target'] else '' for n in v['nodes'][:3])}"
        for v in found["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """Return what sticks out to the right."""
    return list(
        page.evaluate(
            """() => {
              const W = document.documentElement.clientWidth, out = [];
              if (document.documentElement.scrollWidth > W) out.push('page ' + document.documentElement.scrollWidth);
              for (const e of document.querySelectorAll('body *')) {
                const r = e.getBoundingClientRect();
                if (r.width && r.right > W + 1 && !e.closest('svg,.vh'))
                  out.push(e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 20));
              }
              return out.slice(0, 5);
            }"""
        )
    )


def small_targets(page: Page, least: int) -> list[str]:
    """Return controls of the main part lower than `least`; links within a sentence are exempt."""
    return list(
        page.evaluate(
            """least => [...document.querySelectorAll('main a[href], main button, main summary, main select,'
                + 'main input:not([type=radio]):not([type=checkbox]):not([type=hidden]), main label.choice')]
              .filter(e => { const r = e.getBoundingClientRect();
                return r.width > 2 && getComputedStyle(e).display !== 'inline' && r.height < least; })
              .map(e => e.textContent.trim().slice(0, 16) + ' ' + e.getBoundingClientRect().height)""",
            least,
        )
    )


def small_text(page: Page, least: int) -> list[str]:
    """Return texts smaller than `least` pixels."""
    return list(
        page.evaluate(
            """least => { const out = new Set(), w = document.createTreeWalker(document.body, 4);
              while (w.nextNode()) { const e = w.currentNode.parentElement;
                if (!w.currentNode.data.trim() || e.closest('.vh,svg,.skip,noscript,script,[hidden],option')) continue;
                const s = parseFloat(getComputedStyle(e).fontSize);
                if (s < least) out.add(e.className + ' ' + s); }
              return [...out]; }""",
            least,
        )
    )


def without_ring(page: Page) -> list[str]:
    """Tab through the page; return the stops that show no focus ring."""
    bare: list[str] = []
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _ in range(80):
        page.keyboard.press("Tab")
        stop: Any = page.evaluate(
            """() => { const e = document.activeElement;
              if (!e || e === document.body) return null;
              const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
              const box = e.closest('.choice') || e;
              return [e.tagName + ' ' + (e.id || e.name || e.textContent.trim().slice(0, 16)),
                      ring(getComputedStyle(e)) || ring(getComputedStyle(box))]; }"""
        )
        if stop is None:
            break
        if not stop[1]:
            bare.append(stop[0])
    return bare
