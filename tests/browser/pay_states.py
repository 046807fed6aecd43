"""Brings people of the city to the pages of a payment: they lose their card and pay for another."""

from tests.browser.conftest import Visitor
from tests.browser.sheet_states import State

PHONE = "13800000031"


def states_of_paying(*, payer: Visitor, lingerer: Visitor) -> dict[str, State]:
    """Return the fee to be paid, the payment being checked, and the fee paid.

    Args:
        payer: holds a permit, and pays.
        lingerer: holds a permit, and stops on the way.

    """
    order = to_pay(lingerer)
    begin(lingerer, order)
    found = {name: State(lingerer.context.cookies(), path) for name, path in _open(order).items()}
    order = to_pay(payer)
    begin(payer, order)
    payer.press("form:has(input[value=double]) button")
    payer.press("main a")
    payer.page.wait_for_selector("text=工本费付好了")
    found["paid"] = State(payer.context.cookies(), order)
    return found


def _open(order: str) -> dict[str, str]:
    return {"pay": order, "pay-check": f"{order}check/"}


def to_pay(visitor: Visitor) -> str:
    """Say that the card is lost; return the address where its fee is paid."""
    visitor.go("/card/new/lost/")
    visitor.give_phone(PHONE)
    visitor.page.check("input[value=point]")
    visitor.page.select_option("#id_point", index=1)
    visitor.press()
    address = visitor.page.get_attribute("main a[href^='/pay/']", "href")
    assert address is not None, visitor.title()
    return address


def begin(visitor: Visitor, order: str) -> None:
    """Go to the cashier's page."""
    visitor.go(order)
    visitor.press("main form [type=submit]")
    assert visitor.page.inner_text("h2") == "居住证补领工本费"
