"""A running system and a real browser; JUZHU_TEST_BROWSER_URL and _CITY name a running one."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import system as running
from tests.browser.system import System
from tests.conftest import CHROMIUM_ARGUMENTS, FOLDER_PREFIX

SHOTS = Path(__file__).parents[2] / "screenshots"
PICTURES = bool(os.environ.get("JUZHU_TEST_PICTURES"))  # for people to look at: `make pictures`
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
NARROW = {"viewport": {"width": 320, "height": 700}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="session")
def running_systems() -> Iterator[Callable[[str], System]]:
    """Return a way to the system of a group; starting one ends the one before it."""
    name, found, process = "", None, None

    def of(group: str) -> System:
        nonlocal name, found, process
        if found is None or group != name:
            if process is not None:
                running.stop(process)
            folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
            folder.chmod(0o711)
            name, (found, process) = group, running.start(folder)
        return found

    yield of
    if process is not None:
        running.stop(process)


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, running_systems: Callable[[str], System]) -> System:
    """Return the system, started with the command people use, that a group of files shares."""
    url, city = os.environ.get("JUZHU_TEST_BROWSER_URL"), os.environ.get("JUZHU_TEST_BROWSER_CITY")
    if url and city:
        return System(url, city)
    group = request.node.get_closest_marker("xdist_group")
    return running_systems(group.args[0])


@dataclass
class Visitor:
    """A person at a browser; remembers what the console said."""

    system: System
    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open one of our addresses."""
        self.page.goto(self.system.url + path)

    def sign_in(self, name: str, path: str = "") -> dict[str, str]:
        """Sign in by face as one of the city's people and go on to `path`."""
        person = self.system.person(name)
        self.go("/sign-in/" + (f"?next={path}" if path else ""))
        self.page.fill("#id_name", person["name"])
        self.page.fill("#id_id_number", person["id_number"])
        self.page.check("#id_consent")
        self.page.click("main [type=submit]")
        self.page.wait_for_load_state()
        return person

    def become(self, cookies: list[Any]) -> None:
        """Leave the page, which may be polling, and go on with other cookies."""
        self.page.goto("about:blank")
        self.context.clear_cookies()
        self.context.add_cookies(cookies)

    def give_phone(self, phone: str) -> None:
        """Type the phone where it is asked for: not of somebody whose number is known."""
        if self.page.is_visible("#id_phone"):
            self.page.fill("#id_phone", phone)

    def press(self, selector: str = "main form#fill [type=submit]") -> None:
        """Press something that leads to another page; the form's own button if nothing is named."""
        self.page.click(selector)
        self.page.wait_for_load_state()

    def title(self) -> str:
        """Return the page's one heading."""
        return self.page.inner_text("h1")

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page, when pictures were asked for."""
        keep_picture(self.page, name)


def keep_picture(page: Page, name: str) -> None:
    """Write a picture of the whole page to `screenshots/`, when pictures were asked for."""
    if PICTURES:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


Open = Callable[..., Visitor]


@pytest.fixture(scope="session")
def looking(browser: Browser) -> Iterator[Browser]:
    """Yield the browser that pages are looked at in; JUZHU_TEST_CHROMIUM names an older one.

    The system's Chromium does the typing: Playwright asks things of it that old ones do not know.
    """
    named = os.environ.get("JUZHU_TEST_CHROMIUM")
    if not named:
        yield browser
        return
    old = browser.browser_type.launch(executable_path=named, args=CHROMIUM_ARGUMENTS)
    yield old
    old.close()


@pytest.fixture
def visit(system: System, looking: Browser) -> Iterator[Open]:
    """Return a way to open a fresh browser profile; console messages fail the test."""
    opened: list[Visitor] = []

    def open_one(
        *, shape: dict[str, Any] = PHONE, lang: str = "zh-hans", elder: bool = False, **options: Any
    ) -> Visitor:
        context = looking.new_context(
            **{"locale": "zh-CN", "device_scale_factor": 2 if PICTURES else 1, **shape, **options}
        )
        choices = {"django_language": lang, "juzhu_mode": "care" if elder else "standard"}
        context.add_cookies(
            [{"name": k, "value": v, "url": system.url} for k, v in choices.items()]
        )
        visitor = Visitor(system, context, context.new_page())
        visitor.page.on(
            "console",
            lambda message: (
                visitor.said.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        visitor.page.on("pageerror", lambda error: visitor.said.append(str(error)))
        opened.append(visitor)
        return visitor

    yield open_one
    said = [
        text
        for visitor in opened
        for text in visitor.said
        if "status of 4" not in text and "status of 5" not in text
    ]
    for visitor in opened:
        visitor.context.close()
    assert said == []


@pytest.fixture
def calm(system: System) -> Iterator[System]:
    """Let every department behave before and after."""
    system.city("/control/reset")
    yield system
    system.city("/control/reset")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Let the database be made and emptied although Playwright keeps a loop in this thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
