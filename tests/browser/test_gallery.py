"""The pages that only time, money or outsiders lead to, in a real browser, without their server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import inspect_page as check
from tests.browser.conftest import PHONE, keep_picture
from tests.browser.desk import DESK
from tests.browser.frame import Frame
from tests.browser.look_over import look_over
from tests.counter import gallery as staff_gallery
from tests.counter.conftest import desk as desk  # a fixture
from tests.counter.conftest import watch as watch  # a fixture
from tests.web import gallery
from tests.web.conftest import world as world  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("gallery")]

NO_WAY_TO_THE_ELDER_VERSION = {"fault", "maintenance", "forged", "absent"}
"""These need neither session nor database, and keep the version that was chosen."""


@pytest.fixture
def frame(looking: Browser, request: pytest.FixtureRequest) -> Iterator[Frame]:
    """Yield a frame of the size wanted; what the console says fails the test."""
    context = looking.new_context(**{"locale": "zh-CN", **request.param})
    context.add_init_script(check.AXE)
    shown, said = Frame(context.new_page()), []
    shown.page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    yield shown
    context.close()
    assert said == []


@pytest.mark.parametrize("frame", [PHONE], indirect=True)
def test_every_page_of_the_gallery_is_whole(frame, world, monkeypatch):
    faults = []
    for picture in gallery.fill(world, monkeypatch):
        frame.page.set_viewport_size(PHONE["viewport"])
        frame.show(picture)
        found = [] if picture.lang == "english" else check.without_ring(frame.page)
        if picture.name not in NO_WAY_TO_THE_ELDER_VERSION and not check.elder_in_sight(frame.page):
            found.append("no way to the elder version on the first screen")
        faults += [f"{picture.name}: {fault}" for fault in found]
        faults += look_over(frame.page, picture.name, lang=picture.lang)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("frame", [DESK], indirect=True)
def test_every_staff_page_of_the_gallery_is_whole(frame, world, watch, desk, monkeypatch):
    faults = []
    for picture in staff_gallery.fill(world, watch, monkeypatch):
        frame.show(picture)
        keep_picture(frame.page, f"counter/{picture.name}")
        found = check.accessibility_faults(frame.page) + check.said(frame.page)
        found += check.faults(frame.page, elder=False, lowest=23.5)  # a desk has a mouse
        found += check.without_ring(frame.page)
        faults += [f"{picture.name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)
