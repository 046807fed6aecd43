"""Draws docs/screens/story.png anew from a running system: python -m tests.browser.make_picture."""

import base64
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import system as running
from tests.browser.conftest import PHONE, Visitor
from tests.browser.system import System
from tests.conftest import CHROMIUM_ARGUMENTS

TARGET = Path(__file__).parents[2] / "docs" / "screens" / "story.png"
STYLE = """body{margin:0;padding:28px;background:#dfe4ea;display:flex;gap:28px}
img{width:340px;border-radius:14px;display:block;box-shadow:0 2px 14px rgba(16,32,46,.16)}"""


def main() -> None:
    """Start a system, walk through it, and put the pictures side by side."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    folder = Path(tempfile.mkdtemp(prefix="juzhu-picture-"))
    folder.chmod(0o711)
    system, process = running.start(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            shots = [*_granted(system, browser), _refused(system, browser)]
            page = browser.new_page(
                viewport={"width": 1500, "height": 792}, device_scale_factor=1.25
            )
            pictures = "".join(f'<img src="data:image/png;base64,{shot}">' for shot in shots)
            page.set_content(f"<style>{STYLE}</style>{pictures}")
            TARGET.parent.mkdir(exist_ok=True)
            page.screenshot(path=TARGET)
            browser.close()
    finally:
        running.stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _granted(system: System, browser: Browser) -> list[str]:
    visitor = _visitor(system, browser)
    person = visitor.sign_in("陈小明")
    may_apply = _shot(visitor)
    visitor.go("/apply/")
    _send(visitor, person["phone"])
    granted = _shot(visitor)
    holder = _visitor(system, browser)
    holder.sign_in("王小芳")
    return [may_apply, granted, _shot(holder)]


def _refused(system: System, browser: Browser) -> str:
    visitor = _visitor(system, browser)
    person = visitor.sign_in("林小雨", "/apply/")
    _send(visitor, person["phone"])
    return _shot(visitor)


def _visitor(system: System, browser: Browser) -> Visitor:
    context = browser.new_context(**PHONE, device_scale_factor=2, locale="zh-CN")
    return Visitor(system, context, context.new_page())


def _send(visitor: Visitor, phone: str) -> None:
    visitor.page.fill("#id_phone", phone)
    visitor.page.click("main form#fill [type=submit]")
    visitor.page.wait_for_load_state()


def _shot(visitor: Visitor) -> str:
    return base64.b64encode(visitor.page.screenshot()).decode()


if __name__ == "__main__":
    main()
