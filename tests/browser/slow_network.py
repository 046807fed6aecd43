"""Measures first views on a slow network: python -m tests.browser.slow_network.

400 kbit/s and 400 ms each way and back, nothing in the cache, as Chromium's tools call Slow 3G.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser import inspect_page as check
from tests.browser import system as running
from tests.browser.conftest import PHONE, Visitor
from tests.browser.sheet_states import make_sheet
from tests.browser.system import System
from tests.conftest import CHROMIUM_ARGUMENTS

BYTES_A_SECOND: Final = 400_000 / 8
SLOW: Final = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}
TIMES: Final = """() => [
  performance.getEntriesByName('first-contentful-paint')[0].startTime,
  performance.getEntriesByType('navigation')[0].loadEventEnd]"""
NAME: Final = "王小芳"


def main() -> None:
    """Start a system, sign somebody in, and print each page's bytes and seconds."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    folder = Path(tempfile.mkdtemp(prefix="juzhu-slow-"))
    folder.chmod(0o711)
    system, process = running.start(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
            pages = _pages(system, browser)
            print("page | bytes | first words after | whole after")  # noqa: T201
            for name, (path, cookies) in pages.items():
                weight, words, whole = _first_view(system, browser, path, cookies)
                print(f"{name} | {weight} | {words:.1f} s | {whole:.1f} s")  # noqa: T201
            browser.close()
    finally:
        running.stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _pages(system: System, browser: Browser) -> dict[str, tuple[str, list[Any]]]:
    context = browser.new_context(**PHONE)
    holder = Visitor(system, context, context.new_page())
    holder.sign_in(NAME)
    sheet = make_sheet(holder)
    holder.page.wait_for_selector("main a[download]", timeout=30_000)
    signed_in = context.cookies()
    other = browser.new_context(**PHONE)
    newcomer = Visitor(system, other, other.new_page())
    newcomer.sign_in("陈小明")
    return {
        "welcome": ("/", []),
        "sign-in": ("/sign-in/", []),
        "home of a holder": ("/", signed_in),
        "application": ("/apply/", other.cookies()),
        "information sheet": (sheet, signed_in),
        "public check": ("/verify/", []),
    }


def _first_view(
    system: System, browser: Browser, path: str, cookies: list[Any]
) -> tuple[int, float, float]:
    """Return bytes, and seconds to the first words and to the whole page."""
    context = browser.new_context(**PHONE)
    context.add_cookies(cookies)
    page = context.new_page()
    context.new_cdp_session(page).send("Network.enable")
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    page.goto(system.url + path)
    page.wait_for_timeout(200)
    words, whole = page.evaluate(TIMES)
    weight = check.weight(page)
    context.close()
    return weight, words / 1000, whole / 1000


if __name__ == "__main__":
    main()
