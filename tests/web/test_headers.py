"""Headers, weight, and what must never be in a page."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "src" / "juzhu" / "web" / "static"
TEMPLATES = Path(__file__).parents[2] / "src" / "juzhu" / "web" / "templates"
MOST_BYTES = 50_000
PUBLIC = ["/", "/sign-in/", "/help/", "/points/", "/privacy/", "/face-rules/", "/uses/", "/verify/"]


@pytest.mark.parametrize("path", [*PUBLIC, "/accessibility/", "/sign-in/code/"])
def test_pages_are_strict_and_stored_by_nobody(visitor, path):
    response = visitor.get(path)

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Content-Language"] == "zh-hans"


WECHAT_SCRIPT = '<script src="https://res.wx.qq.com/open/js/jweixin-1.6.0.js" defer></script>'
"""The one script WeChat wants from its own host; only the pages that carry it may load it."""


def test_templates_hold_nothing_inline_and_nothing_foreign():
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text(encoding="utf-8").replace(WECHAT_SCRIPT, "")
        assert not re.search(r"\sstyle=|\son\w+=|javascript:|<style", source), path
        assert not re.search(r"(?:src|action)=\"(?:https?:)?//", source), path
        assert not re.search(r"href=\"(?:https?:)?//[^>]*(?<!rel=\"external\")>", source), path
        assert not re.search(r"<script(?! src=)", source), path


def test_a_first_visit_is_light(visitor):
    page = visitor.get("/").content
    files = [STATIC / "rp" / name for name in ("rp.css", "rp.js", "mark.svg")]

    weight = sum(len(gzip.compress(f.read_bytes())) for f in files) + len(page)

    assert weight < MOST_BYTES


def test_addresses_and_titles_carry_nothing_of_the_person(holder):
    for path in ("/", "/progress/", "/messages/", "/looks/"):
        page = holder.client.get(path).content.decode()
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title
        assert holder.name not in title[1]
        for address in re.findall(r"(?:href|action)=\"([^\"]*)\"", page):
            assert holder.name not in address
            assert holder.id_number not in address


def test_no_page_shows_a_whole_citizen_number(holder):
    for path in ("/", "/progress/", "/messages/", "/looks/"):
        assert holder.id_number not in holder.client.get(path).content.decode()


def test_robots_are_turned_away(visitor):
    response = visitor.get("/robots.txt")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.decode() == "User-agent: *\nDisallow: /\n"


def test_the_icons_are_those_that_were_vendored():
    folder = STATIC.parent / "icons"
    listed = dict(
        reversed(line.split())
        for line in (folder / "VENDORED.md").read_text(encoding="utf-8").splitlines()
        if line.endswith(".svg")
    )

    found = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.glob("*.svg")}

    assert found == listed


def test_every_icon_is_used_and_every_used_icon_is_there():
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)" %}', path.read_text(encoding="utf-8"))
    }

    assert used == {f.stem for f in (STATIC.parent / "icons").glob("*.svg")}
