"""The pages that only time, money or outsiders lead to, in a real browser, without their server."""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from tests.browser import inspect_page as check
from tests.browser.conftest import PHONE
from tests.browser.look_over import look_over
from tests.web import gallery
from tests.web.conftest import world as world  # a fixture
from tests.web.gallery import Picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("gallery")]

ORIGIN = "http://jz.example"
EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'
NO_WAY_TO_THE_ELDER_VERSION = {"fault", "maintenance", "forged", "absent"}
"""These need neither session nor database, and keep the version that was chosen."""


@pytest.fixture
def pictures(world, monkeypatch) -> list[Picture]:
    """Return every page of the gallery."""
    return gallery.fill(world, monkeypatch)


class Frame:
    """Shows what the server said, with its own policy; answers for the files that a page needs."""

    def __init__(self, page: Page) -> None:
        self.page, self.picture = page, None
        page.route("**/*", self._answer)

    def show(self, picture: Picture) -> None:
        self.picture = picture
        self.page.set_viewport_size(PHONE["viewport"])
        self.page.goto(ORIGIN + picture.path)

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or ""
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
        elif route.request.url == ORIGIN + self.picture.path:  # a page that waits asks for itself
            headers = {"content-security-policy": self.picture.policy}
            kind = "text/html; charset=utf-8"
            route.fulfill(body=self.picture.body, content_type=kind, headers=headers)
        elif path.endswith(".svg"):
            route.fulfill(
                body='<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml"
            )
        else:
            route.fulfill(body="", content_type="text/javascript")


def test_every_page_of_the_gallery_is_whole(browser: Browser, pictures):
    context = browser.new_context(**PHONE, locale="zh-CN")
    context.add_init_script(check.AXE)
    frame, faults, said = Frame(context.new_page()), [], []
    frame.page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    for picture in pictures:
        frame.show(picture)
        found = [] if picture.lang == "english" else check.without_ring(frame.page)
        if picture.name not in NO_WAY_TO_THE_ELDER_VERSION and not check.elder_in_sight(frame.page):
            found.append("no way to the elder version on the first screen")
        faults += [f"{picture.name}: {fault}" for fault in found]
        faults += look_over(frame.page, picture.name, lang=picture.lang)
    context.close()
    assert not faults, "\n".join(faults)
    assert said == []
