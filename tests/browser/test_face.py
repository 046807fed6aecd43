"""The camera page in Chromium, whose camera is a film: who is let in, and who has no camera."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, keep_picture
from tests.browser.inspect_page import accessibility_faults, enlarge, faults
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.face.puppet import PHOTOGRAPHS, Puppet, movement
from tests.face.running import face_process, looking_locally
from tests.factories import an_id_number
from tests.web.conftest import World
from tests.web.conftest import world as world  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("face")]

FACES = Path(__file__).parents[2] / "src" / "juzhu" / "city" / "data" / "faces"
FILM_RATE = 30
STANDING = [{}] * 25  # at ten poses a second


@pytest.fixture(scope="module")
def film(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, list[dict[str, object]]], Path]:
    """Return a maker of films: JPEG pictures one after the other, played at 30 a second."""

    def make(name: str, poses: list[dict[str, object]]) -> Path:
        puppet, made = Puppet(PHOTOGRAPHS / f"{name}.jpg"), {}
        path = tmp_path_factory.mktemp("films") / f"{name}.mjpeg"
        with path.open("wb") as out:
            out.write(puppet.jpeg(dark=True) * 10)  # cameras begin in the dark
            for pose in poses:
                key = str(pose)
                made[key] = made.get(key) or puppet.jpeg(**pose)
                out.write(made[key] * (FILM_RATE // 10))
        return path

    return make


@pytest.fixture
def camera(
    browser: Browser, chromium: str
) -> Callable[[Path | None], AbstractContextManager[Page]]:
    """Return a way to open a browser whose camera shows a film; None: the camera is refused."""

    @contextmanager
    def opened(path: Path | None) -> Iterator[Page]:
        more = ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={path}"]
        arguments = CHROMIUM_ARGUMENTS + (more if path else [])
        own = browser.browser_type.launch(executable_path=chromium, args=arguments)
        context = own.new_context(**PHONE, permissions=["camera"] if path else [])
        yield context.new_page()
        own.close()

    return opened


@pytest.fixture
def url(request, world: World, live_server, monkeypatch) -> Iterator[str]:
    """Yield the address of pages whose faces are looked at here, by a clock of some speed."""
    world.photo = (FACES / "obama.jpg").read_bytes()
    with (
        face_process(speed=getattr(request, "param", 1.0)) as where,
        looking_locally(monkeypatch, where),
    ):
        yield live_server.url


def begin(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in/?next=/apply/")
    page.fill("#id_name", "陈小明")
    page.fill("#id_id_number", an_id_number())
    assert not page.is_checked("#id_consent")
    page.check("#id_consent")
    page.click("main [type=submit]")
    page.wait_for_url("**/sign-in/face/**")


MOVING = [*STANDING, *movement("blink"), *[{}] * 10, *movement("blink"), *STANDING]
MOVING += [*movement("left"), *STANDING]


def test_the_right_person_is_let_in(url, film, camera):
    with camera(film("obama3", MOVING)) as page:
        begin(page, url)
        page.wait_for_selector("#face[data-state=blink]")
        keep_picture(page, "face-blink")
        assert accessibility_faults(page) == []

        page.wait_for_url("**/apply/", timeout=40_000)


def test_without_a_camera_the_other_way_is_shown(url, camera):
    with camera(None) as page:
        begin(page, url)
        page.wait_for_selector("#face[data-state=denied]")
        keep_picture(page, "face-denied")
        assert accessibility_faults(page) == []
        assert faults(page, elder=False) == []
        enlarge(page, "200%")
        keep_picture(page, "face-denied-large")
        assert faults(page, elder=False) == []

        page.clock.install()
        page.evaluate(  # a camera that another program holds: it opens and shows nothing
            "navigator.mediaDevices.getUserMedia = () =>"
            " Promise.resolve(document.createElement('canvas').captureStream(0))"
        )
        page.click("[data-start]")
        page.clock.fast_forward(9_000)
        page.wait_for_selector("#face[data-state=noimage]")

        page.click("[data-other]")

        assert page.url.endswith("/sign-in/code/?next=%2Fapply%2F")


@pytest.mark.soak
def test_another_person_is_not_let_in(url, film, camera, world):
    world.photo = (FACES / "biden.jpg").read_bytes()
    with camera(film("obama3", MOVING)) as page:
        begin(page, url)

        page.wait_for_selector("main [role=alert]", timeout=40_000)

        assert "没有核对上" in page.inner_text("main")


@pytest.mark.parametrize("url", [4.0], indirect=True)  # its patience is over in two seconds
def test_a_still_photograph_is_not_let_in(url, film, camera):
    with camera(film("obama3", STANDING)) as page:
        begin(page, url)

        page.wait_for_selector("#face[data-stopped]", timeout=60_000)

        assert page.get_attribute("#face", "data-state") in {"too_slow", "lost"}
        assert page.is_visible("[data-start]")
        page.click("[data-other]")
        assert "/sign-in/code/" in page.url
