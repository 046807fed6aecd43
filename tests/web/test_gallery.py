"""Every page is looked at by somebody: here and in a browser, or by the walk through the city."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.browser.looked_at import ELSEWHERE, WALKED
from tests.web import gallery
from tests.web.gallery import Picture

TEMPLATES = Path(__file__).parents[2] / "src" / "juzhu" / "web" / "templates"
FRAMES = {"web/page.html", "web/form_page.html"}
MOST_BYTES = 50 * 1024
HEADER_BYTES = 1024  # of one answer, at most
PICTURE_BYTES = 30_000  # the small picture of a sheet, which no page here shows
VOID = {"img", "input", "br", "hr", "meta", "link", "circle", "path", "rect", "line", "polyline"}
NEEDS_A_SCRIPT: dict[str, list[str]] = {}
NEEDED = re.compile(rb'<(?:link rel="(?:stylesheet|icon)" href|script src|img[^>]* src)="([^"]+)"')


@pytest.fixture
def pictures(world, monkeypatch) -> list[Picture]:
    """Return every page of the gallery."""
    return gallery.fill(world, monkeypatch)


def pages() -> set[str]:
    """Return every template that is a page by itself."""
    found = {str(p.relative_to(TEMPLATES)): p.read_text() for p in TEMPLATES.rglob("*.html")}
    return {name for name, text in found.items() if text.startswith("{% extends")} - FRAMES


def weight(picture: Picture) -> int:
    """Return what the page and all that it needs weigh over the wire."""
    total = len(picture.body) + HEADER_BYTES
    for address in {found.decode() for found in NEEDED.findall(picture.body)}:
        if address.startswith("/static/"):
            found = finders.find(address.removeprefix("/static/"))
            assert found is not None, address
            total += len(gzip.compress(Path(found).read_bytes())) + HEADER_BYTES
    return total


class Controls(HTMLParser):
    """Collects what can be pressed although only a script would answer."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within: list[str] = []  # something hidden, until scripts show it
        self.dead: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.within or "hidden" in given:
            self.within += [] if tag in VOID else [tag]
        elif (tag == "button" and given.get("type") != "submit") or (
            tag == "a" and (given.get("href") or "#") in ("#", "javascript:")
        ):
            self.dead.append(f"{tag} {given}")

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()


def test_every_page_is_looked_at_and_none_is_heavy(pictures):
    seen = {name for picture in pictures for name in picture.templates}
    unseen = pages() - seen - set(WALKED) - set(ELSEWHERE)
    assert unseen == set(), "no walk sees these: tests/web/gallery.py or tests/browser/looked_at.py"
    assert set(WALKED) | set(ELSEWHERE) <= pages()

    weights = {f"{p.name} ({p.lang})": weight(p) for p in pictures}
    heaviest = sorted(weights.items(), key=lambda it: -it[1])[:3]
    print("heaviest:", heaviest)  # noqa: T201
    assert heaviest[0][1] <= MOST_BYTES

    dead = {it.name: found for it in pictures if (found := Controls(it.body.decode()).dead)}
    assert dead == NEEDS_A_SCRIPT
