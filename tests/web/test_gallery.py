"""Every page is looked at by somebody: here and in a browser, or by the walk through the city."""

import gzip
import re
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


def test_every_page_is_looked_at_and_none_is_heavy(pictures):
    seen = {name for picture in pictures for name in picture.templates}
    unseen = pages() - seen - set(WALKED) - set(ELSEWHERE)
    assert unseen == set(), "no walk sees these: tests/web/gallery.py or tests/browser/looked_at.py"
    assert set(WALKED) | set(ELSEWHERE) <= pages()

    weights = {f"{p.name} ({p.lang})": weight(p) for p in pictures}
    heaviest = sorted(weights.items(), key=lambda it: -it[1])[:3]
    print("heaviest:", heaviest)  # noqa: T201
    assert heaviest[0][1] <= MOST_BYTES
