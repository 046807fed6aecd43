"""What our pages and the mini program's payment page ask of WeChat; a stub is its script."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE
from tests.browser.frame import ORIGIN, Frame
from tests.web import gallery
from tests.web.conftest import world as world  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("gallery")]

SHELL = Path(__file__).parents[2] / "miniprogram"
FACE = """window.said = []; window.wx = {
  config: function (c) { said.push(['config', c.jsApiList]); }, error: function () {},
  ready: function (then) { then(); },
  requestFacialVerify: function (wish) {
    said.push(['verify', wish.verifyId]); if (ENDS === 'fail') wish.fail(); } };"""
MINI = """window.said = []; window.wx = { miniProgram: {
  postMessage: function (m) { said.push(['postMessage', m.data.go]); },
  navigateTo: function (m) { said.push(['navigateTo', m.url.split('?')[0]]); } } };"""
TILL = """window.said = []; window.WeixinJSBridge = { invoke: function (name, wish, then) {
  said.push([name, wish.package]); then({ err_msg: 'get_brand_wcpay_request:cancel' }); } };"""
# Runs a page of the mini program as WeChat would: `page` is what its script gives to Page().
NATIVE = """(wish) => new Promise(done => {
  const said = [];
  const require = () => ({ site: 'https://jz.example' });
  const wx = {
    login: o => wish.login ? o.success({ code: 'c1' }) : o.fail(),
    request: o => {
      said.push([o.url, o.data]);
      o.success({ statusCode: wish.status, data: wish.data }); },
    requestPayment: o => { said.push(['pay', o.package]); wish.paid ? o.success() : o.fail(); },
    navigateBack: () => said.push(['back']) };
  const Page = page => {
    page.setData = function (more) { Object.assign(this.data, more); };
    page.onLoad({ pass: 'p1' });
    done([said, page.data]); };
  new Function('Page', 'wx', 'require', wish.script)(Page, wx, require);
})"""


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(**PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def pictures(world, monkeypatch):
    """Return the pages that speak with WeChat, by name, in Chinese."""
    rooms = (gallery.in_wechat, gallery.at_the_till)
    found = gallery.fill(world, monkeypatch, rooms)
    return {it.name: it for it in found if it.lang == "chinese"}


def test_the_pages_ask_wechat_for_what_they_need_and_go_on_without(page, pictures):
    frame = Frame(page, FACE.replace("ENDS", "'fail'"))
    frame.show(pictures["wechat-face"])
    assert page.evaluate("said") == [
        ["config", ["checkIsSupportFaceDetect", "requestFacialVerify"]],
        ["verify", "verify-1"],
    ]
    assert page.is_visible("[data-failed]")
    assert not page.is_visible("[data-wait]")
    frame.wx = ""  # its script did not come
    frame.show(pictures["wechat-face"])
    assert page.is_visible("[data-failed]")
    assert page.is_visible("main a[href^='/sign-in/code/']")

    frame.wx = MINI
    frame.show(pictures["mini-open"])
    opened = [["postMessage", "/go/progress/"], ["navigateTo", "/pages/pay/pay"]]
    assert page.evaluate("said") == opened
    frame.show(pictures["mini-open"])  # back from the native page, which is not opened again
    assert page.evaluate("said") == opened[:1]

    page.add_init_script(TILL)
    frame.show(pictures["pay-in-wechat"])
    [[name, package]] = page.evaluate("said")
    assert (name, package[:10]) == ("getBrandWCPayRequest", "prepay_id=")
    assert page.is_visible("#bridge button")  # to open it once more
    assert page.url.startswith(ORIGIN)


WISH = {"login": True, "status": 200, "data": {"package": "prepay_id=1"}, "paid": True}


@pytest.mark.parametrize(
    ("change", "acts", "says"),
    [
        ({}, ["pay", "back"], "正在打开微信支付"),
        ({"paid": False}, ["pay"], "没有付完"),
        ({"status": 404}, [], "没有打开微信支付"),
        ({"login": False}, [], "没有打开微信支付"),
    ],
)
def test_the_mini_program_pays_with_the_pass_it_was_given(page, change, acts, says):
    wish = WISH | {"script": (SHELL / "pages" / "pay" / "pay.js").read_text()} | change

    said, data = page.evaluate(NATIVE, json.loads(json.dumps(wish)))

    asked = [it for it in said if it[0].startswith("https")]
    assert asked == (
        [["https://jz.example/mini/pay/", {"pass": "p1", "code": "c1"}]] if wish["login"] else []
    )
    assert [it[0] for it in said if it not in asked] == acts
    assert (data["say"], data["over"]) == (says, "back" not in acts)
