"""A newcomer's first year: granted, reminded, endorsed, with the city's clock moved forward."""

import re

import pytest

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("later")]


def wait_until(visitor: Visitor, words: str) -> None:
    """Open the home page until it shows `words`: the service asks for the time now and then."""
    for _ in range(40):
        visitor.go("/")
        if words in visitor.page.inner_text("main"):
            return
        visitor.page.wait_for_timeout(250)
    raise AssertionError(f"{words} not in {visitor.page.inner_text('main')}")


def wait_for_sms(visitor: Visitor, phone: str, words: str) -> None:
    """Look at the phone until a message with `words` is there: a job sends it."""
    for _ in range(60):
        if any(words in text for text in visitor.system.messages(phone)):
            return
        visitor.page.wait_for_timeout(250)
    raise AssertionError(visitor.system.messages(phone))


def test_the_first_year_of_a_newcomer(visit, calm):
    """Granted, reminded after ten months, endorsed: with the city's clock moved forward."""
    visitor = visit()
    person = visitor.sign_in("陈小明", "/apply/")
    visitor.page.fill("#id_phone", person["phone"])
    visitor.press()
    assert visitor.title() == "申请通过"
    words = visitor.page.inner_text("main")
    opens = re.search(r"(\d+年\d+月\d+日)起可签注", words)
    assert opens
    wait_for_sms(visitor, person["phone"], "申请通过")

    visitor.go("/endorse/")
    assert visitor.title() == f"{opens[1]}起可以签注"

    calm.forward(months=10, days=15)
    wait_until(visitor, "距签注截止")
    visitor.press("main >> :text-is('办理签注')")
    visitor.page.check("input[value=stayed]")
    visitor.press()
    assert visitor.title() == "签注好了"
    visitor.go("/")
    assert "1 次" in visitor.page.inner_text("main")
