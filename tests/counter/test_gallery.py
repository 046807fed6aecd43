"""Every staff page is looked at: here and in a browser, or on the officers' days in a browser."""

from pathlib import Path

from tests.browser.looked_at import AT_THE_DESK
from tests.counter import gallery

SOURCES = Path(__file__).parents[2] / "src" / "juzhu"
FRAMES = {"counter/base.html", "counter/desk_base.html"}
DAYS = Path(__file__).parents[1] / "browser" / "test_counter.py"


def pages() -> set[str]:
    """Return every template that is a page by itself."""
    found = {}
    for part in ("counter", "bureau"):
        folder = SOURCES / part / "templates"
        found |= {str(it.relative_to(folder)): it.read_text() for it in folder.rglob("*.html")}
    whole = {n for n, text in found.items() if "<!doctype" in text or "{% extends" in text}
    return {name for name in whole - FRAMES if not name.startswith("admin/")}


def test_every_staff_page_is_looked_at(world, watch, desk, monkeypatch):
    seen = {name for it in gallery.fill(world, watch, monkeypatch) for name in it.templates}
    days = DAYS.read_text(encoding="utf-8")

    unseen = pages() - seen - set(AT_THE_DESK)
    assert unseen == set(), "nobody sees these: tests/counter/gallery.py or looked_at.AT_THE_DESK"
    assert set(AT_THE_DESK) <= pages()
    assert [name for name in AT_THE_DESK.values() if f'"{name}"' not in days] == []
