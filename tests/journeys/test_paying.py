"""Paying at the city's cashier: a process of its own, signed calls, its page and its faults."""

from dataclasses import replace
from datetime import timedelta

import pytest

from juzhu import wiring
from juzhu.journeys import paying, reconciling
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import bills, services
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments.contracts import (
    AttemptState,
    DifferenceKind,
    OrderState,
    RefundState,
    Surplus,
)
from juzhu.ports.payments import Charge, Device, Paid, Way
from tests.factories import an_order

pytestmark = pytest.mark.django_db


def now():
    return wiring.clock().now()


def begin(order):
    [gateway] = paying.gateways_on(Device.DESKTOP)
    return paying.begin(
        order=payments.order(order.number, at=now()),
        gateway=gateway,
        device=Device.DESKTOP,
        payer="",
        address="127.0.0.1",
        at=now(),
    )


def pay(city, attempt, how="ok"):
    return city.post(attempt.link.removeprefix(city.url), how=how)


def look(order):
    return paying.look(order=payments.order(order.number, at=now()), at=now())


def carry_out_refunds(order):
    for money in payments.order(order.number, at=now()).settlements:
        for back in money.refunds:
            paying.carry_out_refund(number=back.number, at=now())


def test_a_payment_is_learnt_from_the_cashier_itself(city):
    order = an_order(at=now())
    attempt = begin(order)

    assert look(order).state is OrderState.OPEN
    pay(city, attempt, "lost")

    assert look(order).state is OrderState.PAID


def test_the_same_attempt_is_offered_while_it_lasts(city):
    order = an_order(at=now())

    assert begin(order).number == begin(order).number


def test_a_wrong_amount_goes_back_and_is_told(city):
    order = an_order(at=now())
    pay(city, begin(order), "wrong")

    found = look(order)

    assert [it.surplus for it in found.settlements] == [Surplus.WRONG_AMOUNT]
    assert found.state is OrderState.OPEN
    carry_out_refunds(order)
    assert look(order).settlements[0].refunds[0].state is RefundState.DONE
    assert [m.occasion for m in notices.inbox(order.person_id)] == [Occasion.PAYMENT_RETURNED]


def test_a_silent_cashier_keeps_the_order_open_and_the_truth_comes_later(city):
    order = an_order(at=now())
    attempt = begin(order)
    pay(city, attempt, "lost")
    city.post("/control/services/cashier", mode="error500")

    assert look(order).state is OrderState.OPEN
    assert isinstance(begin(an_order(at=now(), days=30)), paying.NotNow)
    late = order.pay_by + timedelta(minutes=1)
    assert paying.expire_due(at=late) == 0
    assert payments.order(order.number, at=late).state is OrderState.OVERDUE

    city.post("/control/reset")
    assert paying.expire_due(at=late) == 0
    assert payments.order(order.number, at=late).state is OrderState.PAID


def test_nobody_pays_after_the_order_lapsed(city):
    order = an_order(at=now())
    attempt = begin(order)

    assert paying.expire_due(at=order.pay_by + timedelta(seconds=1)) == 1

    assert look(order).state is OrderState.LAPSED
    assert payments.attempt(attempt.number).state is AttemptState.CLOSED
    pay(city, attempt, "late")
    paying.pursue(number=attempt.number, tries=0, at=now())
    [money] = look(order).settlements
    assert money.surplus is Surplus.LATE


def test_an_answer_that_was_lost_does_not_lose_the_payment(city):
    order = an_order(at=now())
    city.post("/control/services/cashier", mode="lost_answer")
    assert isinstance(begin(order), paying.NotNow)
    city.post("/control/reset")

    again = begin(order)
    pay(city, again)

    assert look(order).state is OrderState.PAID
    first = payments.order(order.number, at=now()).attempts[0]
    paying.pursue(number=first.number, tries=1, at=now())
    assert payments.attempt(first.number).state is AttemptState.CLOSED


def test_the_bill_is_compared_line_by_line(city):
    at = now()
    [gateway] = paying.gateways_on(Device.DESKTOP)
    good, missed, wrong, lost = (an_order(at=at) for _ in range(4))
    pay(city, begin(good), "lost")
    look(good)
    pay(city, begin(missed), "lost")
    attempt = begin(wrong)
    pay(city, attempt, "wrong")
    services.settle(number=attempt.number, paid=Paid("CS-other", 2000, at), at=at)
    services.settle(number=begin(lost).number, paid=Paid("CS-none", 2000, at), at=at)
    stranger = replace(_a_charge(at), number=f"X{at:%H%M%S%f}")
    link = gateway.begin(stranger)
    city.post(link.removeprefix(city.url), how="lost")

    for days in (1, 2):
        assert reconciling.reconcile_due(at=at + timedelta(days=days)) == 1
    assert reconciling.reconcile_due(at=at + timedelta(days=2)) == 0

    assert look(missed).state is OrderState.PAID
    found = {(it.ours[:16], it.kind, it.ours_fen, it.theirs_fen) for it in bills.open_differences()}
    assert {it for it in found if it[0] in {good.number, missed.number}} == set()
    assert (wrong.number, DifferenceKind.AMOUNT, 2000, 2001) in found
    assert (lost.number, DifferenceKind.ONLY_OURS, 2000, None) in found
    assert (stranger.number, DifferenceKind.ONLY_THEIRS, None, 2000) in found
    one = bills.open_differences()[0]
    bills.answer(number=one.number, words="已在商户平台核实", officer="0021", at=at)
    with pytest.raises(bills.DifferenceNotFoundError):
        bills.answer(number=one.number, words="再改", officer="0021", at=at)


def _a_charge(at):
    return Charge(
        number="",
        amount_fen=2000,
        title="居住证补领工本费",
        way=Way.PAGE,
        device=Device.DESKTOP,
        closes_at=at + timedelta(minutes=30),
        notify_url="http://127.0.0.1:9/",
        return_url="http://127.0.0.1:9/",
    )
