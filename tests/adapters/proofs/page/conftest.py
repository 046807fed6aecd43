"""The page in a browser, and a site that serves it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from juzhu.adapters.proof_cose import CoseProofs
from juzhu.adapters.proof_keys import ensure_keys
from tests.adapters.proofs.page.server import KEYS, PAGE, Site, serving

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass
class Checker:
    """Somebody at the page with a phone."""

    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_selector("h1")
        self.page.wait_for_load_state("networkidle")  # the keys are fetched and kept

    def scan(self, token: str) -> str:
        """Open the code's address, as a scan in the same browser does; return the heading."""
        self.page.evaluate("token => { location.hash = token }", token)
        self.page.wait_for_selector(".result")
        self.page.wait_for_selector("main:not(:has-text('正在查')):not(:has-text('Looking'))")
        return self.heading()

    def heading(self) -> str:
        return self.page.inner_text("h1")

    def text(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def proofs(site: Site, tmp_path: Path) -> CoseProofs:
    """Return a signer whose keys the site publishes."""
    ensure_keys(tmp_path / "keys", on=date(2026, 11, 24))
    made = CoseProofs(tmp_path / "keys", list_uri=f"{site.url}/s/")
    site.files[KEYS] = json.dumps(made.public_keys()).encode()
    return made


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Checker]]:
    """Return a way to open the page; messages of the console fail the test."""
    opened: list[Checker] = []

    def open_one(path: str = PAGE, *, before: str = "", **shape: Any) -> Checker:
        context = browser.new_context(**(PHONE | shape))
        checker = Checker(context, context.new_page())
        opened.append(checker)
        if before:
            checker.page.add_init_script(before)
        checker.page.on("console", lambda m: checker.said.append(f"{m.type}: {m.text}"))
        checker.page.on("pageerror", lambda error: checker.said.append(str(error)))
        checker.open(path if "://" in path else site.url + path)
        return checker

    yield open_one
    said = [text for checker in opened for text in checker.said]
    for checker in opened:
        checker.context.close()
    assert [t for t in said if "status of 404" not in t and "ERR_INTERNET" not in t] == []
