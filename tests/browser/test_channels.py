"""The channels in a real browser: the app's way in and back, the shell's bridge, the phone."""

import json
import time
import uuid

import pytest
import zxingcpp
from joserfc import jwt
from joserfc.jwk import ECKey
from PIL import Image

from tests.browser.conftest import DESKTOP, Visitor
from tests.browser.sheet_states import make_sheet

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every_page")]

MINI = {"user_agent": "Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0.54 miniProgram/wx1"}
# What WeChat's script would define; it remembers what it was asked.
STUB = """window.said = []; window.wx = { miniProgram: {
  postMessage: function (m) { said.push(['postMessage', m.data]); },
  navigateTo: function (m) { said.push(['navigateTo', m.url]); },
  navigateBack: function () { said.push(['navigateBack']); } } };"""


def token(system, person: dict[str, str]) -> str:
    now = int(time.time())
    claims = {
        "iss": "test-app",
        "aud": f"{system.url}/app/enter/",
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
        "acr": "face",
        "name": person["name"],
        "id_number": person["id_number"],
    }
    key = ECKey.import_key(json.loads((system.folder / "app.jwk").read_text()))
    return str(jwt.encode({"alg": "ES256", "kid": "app-1"}, claims, key))


def open_from_app(visitor: Visitor, signed: str, to: str) -> None:
    """Load the page as an app's web view does: a POST that no page has sent."""

    def posted(route):
        route.continue_(
            method="POST",
            post_data=f"token={signed}&to={to}",
            headers=route.request.headers | {"content-type": "application/x-www-form-urlencoded"},
        )

    visitor.page.route("**/app/enter/", posted)
    visitor.page.goto(visitor.system.url + "/app/enter/")
    visitor.page.unroute("**/app/enter/")


def test_the_app_opens_a_page_and_back_never_repeats_it(system, visit):
    visitor = visit()
    visitor.page.goto(f"{system.city_url}/healthz")  # the app's own screen, so to speak
    signed = token(system, system.person("周小兰"))

    open_from_app(visitor, signed, "/go/progress/")

    assert visitor.page.url == f"{system.url}/progress/"
    assert signed not in visitor.page.content()
    visitor.page.go_back()
    assert visitor.page.url == f"{system.city_url}/healthz"
    visitor.page.go_forward()
    assert visitor.page.url == f"{system.url}/progress/"
    visitor.page.reload()
    assert visitor.page.url == f"{system.url}/progress/"

    thief = visit()
    open_from_app(thief, signed, "/progress/")
    assert "再打开一次" in thief.title()
    thief.go("/progress/")
    assert "/sign-in/" in thief.page.url
    thief.said.clear()  # the browser notes the 403


def test_the_bridge_opens_a_document_natively_and_once(system, visit):
    visitor = visit(**MINI)
    visitor.page.route("https://res.wx.qq.com/**", lambda route: route.fulfill(body=STUB))
    system.city("/control/reset")
    visitor.sign_in("王小芳")
    make_sheet(visitor, "租房")
    visitor.page.wait_for_selector("form[action$='/native/']", timeout=30_000)

    visitor.press("form[action$='/native/'] button")

    visitor.page.wait_for_function("window.said && said.length > 1")
    said = visitor.page.evaluate("said")
    assert said[0] == ["postMessage", {"go": "/go/sheet/"}]
    assert said[1][0] == "navigateTo"
    assert said[1][1].startswith("/pages/document/document?pass=")
    visitor.page.reload()  # back from the native page
    visitor.page.wait_for_function("window.said && said.length > 0")
    assert [what for what, *_ in visitor.page.evaluate("said")] == ["postMessage"]


def test_a_form_goes_on_on_the_phone(system, visit):
    desktop, phone = visit(shape=DESKTOP), visit()
    desktop.sign_in("王小芳", "/sheet/new/")
    desktop.page.check("input[value=租房]")
    desktop.press(".tool--desktop")
    desktop.page.locator("img.qr").screenshot(path=system.folder / "qr.png")
    [drawn] = zxingcpp.read_barcodes(Image.open(system.folder / "qr.png"))

    phone.sign_in("王小芳")
    phone.page.goto(drawn.text)

    assert phone.page.url == f"{system.url}/sheet/new/"
    assert phone.page.is_checked("input[value=租房]")
    desktop.page.wait_for_selector("h1:has-text('已经用过')", timeout=20_000)
