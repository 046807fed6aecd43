"""Checking with the camera and by dropping a file, where the browser can do that.

Debian's Chromium reads no codes itself, so a stand-in of its reader says what the test holds up.
"""

import base64

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.sheet_states import a_holder, code_of, file_of, look_at, make_sheet

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]

READER = """
window.heldUp = '';
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code']; }
  async detect(video) {
    return video.videoWidth > 0 && window.heldUp ? [{ rawValue: window.heldUp }] : [];
  }
};
"""
DROP = """([name, coded]) => {
  const bytes = Uint8Array.from(atob(coded), c => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: 'application/pdf' }));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('[data-drop]').dispatchEvent(
      new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def scanned_address(holder, sheet: str) -> str:
    import zxingcpp
    from PIL import Image

    from tests.adapters.sheets.reading import picture_of

    picture = picture_of(file_of(holder, sheet), 144)
    assert isinstance(picture, Image.Image)
    return str(zxingcpp.read_barcodes(picture)[0].text)


def test_a_code_held_before_the_camera_answers_on_the_page(visit, calm):
    holder = a_holder(visit)
    address = scanned_address(holder, make_sheet(holder))
    checker = visit(shape=PHONE, permissions=["camera"])
    checker.page.add_init_script(READER)
    asked: list[str] = []
    checker.page.on("request", lambda request: asked.append(request.url))
    checker.go("/verify/")
    look_at(checker, "verify-may-scan")

    checker.page.click("text=用相机扫码")
    checker.page.evaluate("heldUp = 'https://example.org/something-else'")
    checker.page.wait_for_selector("text=这不是信息单的二维码")
    look_at(checker, "verify-scanning")
    checker.page.evaluate("heldUp = " + repr(address))
    checker.page.wait_for_selector("h1:has-text('信息单真实，证件有效')")

    assert checker.page.evaluate("document.querySelector('video').srcObject.active") is False
    assert not any("#" in url or "1208" in url.rpartition("/")[2] for url in asked)
    assert "#" not in checker.page.url
    checker.page.click("text=核验下一张")
    assert checker.page.is_visible("text=用相机扫码")


def test_without_the_right_to_the_camera_the_page_says_so(visit, calm):
    checker = visit(shape=PHONE)  # no permission
    checker.page.add_init_script(
        READER + "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('denied'));"
    )
    checker.go("/verify/")
    checker.page.click("text=用相机扫码")

    checker.page.wait_for_selector("text=没有打开相机")
    assert checker.page.is_visible("#id_code")


def test_a_browser_that_reads_no_codes_offers_no_camera(visit, calm):
    checker = visit(shape=PHONE)
    checker.go("/verify/")

    assert not checker.page.is_visible("text=用相机扫码")
    assert checker.page.is_visible("#id_code")


def test_a_dropped_file_is_checked_like_a_chosen_one(visit, calm):
    holder = a_holder(visit)
    pdf = file_of(holder, make_sheet(holder))
    school = visit(shape=DESKTOP)
    school.go("/verify/file/")
    assert school.page.is_visible("text=也可以把文件拖到这里")
    school.shoot("desktop/verify-file-drop")

    school.page.evaluate(DROP, ["large.pdf", base64.b64encode(bytes(3_000_000)).decode()])
    assert school.page.is_visible("[data-large]")
    school.page.evaluate(DROP, ["sheet.pdf", base64.b64encode(pdf).decode()])
    assert not school.page.is_visible("[data-large]")
    school.press()

    assert school.title() == "信息单真实，证件有效"


def test_only_the_page_for_codes_may_ask_for_the_camera(visit, calm):
    visitor = visit()
    policies = {
        path: visitor.context.request.get(calm.url + path).headers["permissions-policy"]
        for path in ("/verify/", "/verify/file/", "/verify/share/", "/", "/sign-in/")
    }

    assert "camera=(self)" in policies.pop("/verify/")
    assert all("camera=()" in policy for policy in policies.values())


def test_the_check_code_works_on_every_browser(visit, calm):
    holder = a_holder(visit, java_script_enabled=False)
    make_sheet(holder)
    checker = visit(java_script_enabled=False)
    checker.go("/verify/")

    checker.page.fill("#id_code", code_of(holder))
    checker.press()

    assert checker.title() == "信息单真实，证件有效"
