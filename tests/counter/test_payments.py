"""Payments for the staff: two officers for a refund, differences answered, looks in the ledger."""

from datetime import timedelta

import pytest

from juzhu.counter import payment_forms
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.payments import bills, queries, refunds, services
from juzhu.modules.payments.contracts import (
    DifferenceKind,
    OrderState,
    RefundReason,
    RefundState,
)
from juzhu.modules.staff.contracts import Role
from juzhu.ports.payments import BillLine, Paid
from tests.counter.conftest import hire
from tests.factories import NOON, an_order, looks_of


@pytest.fixture
def paid(desk):
    order = an_order()
    attempt = services.begin(
        order_number=order.number,
        gateway="city",
        way="page",
        closes_at=NOON + timedelta(minutes=30),
        at=NOON,
    )
    services.settle(number=attempt.number, paid=Paid("CS1", 2000, NOON), at=NOON)
    return queries.order(order.number, at=NOON)


def propose(staff, order, **typed):
    fields = {"attempt": order.payment.attempt_number, "amount": "20", "words": "卡没有做成"}
    return staff.client.post(f"/payments/{order.number}/refund/", fields | typed)


def answer(staff, proposal, **typed):
    return staff.client.post(f"/payments/proposals/{proposal.number}/", {"answer": "yes"} | typed)


def test_a_refund_needs_another_officer(paid, watch):
    reviewer, supervisor = hire(watch, Role.REVIEWER), hire(watch, Role.SUPERVISOR)

    assert propose(reviewer, paid, amount="20.01").status_code == 422
    assert propose(reviewer, paid, words="").status_code == 422
    assert propose(reviewer, paid).status_code == 302
    assert propose(supervisor, paid).status_code == 422
    [waiting] = queries.open_proposals()
    answer(reviewer, waiting)
    assert queries.open_proposals() == [waiting]
    answer(supervisor, waiting)

    [back] = queries.order(paid.number, at=NOON).payment.refunds
    assert (back.asked_by, back.approved_by) == (reviewer.username, supervisor.username)
    notes = [look.purpose for look in looks_of(paid.person_id)]
    assert notes.count(Purpose.PAYMENT) >= 4


def test_a_look_at_an_order_is_in_the_ledger_and_shows_no_whole_name(paid, watch):
    auditor = hire(watch, Role.AUDITOR)

    found = auditor.client.get("/payments/", {"number": "CS1"})
    page = auditor.client.get(found.headers["Location"])

    assert "陈小明" not in page.content.decode()
    assert "提出退款" not in page.content.decode()
    [look] = looks_of(paid.person_id)
    assert look.who == f"officer:{auditor.username}"


def test_what_waits_is_listed_and_answered(paid, watch):
    reviewer, supervisor = hire(watch, Role.REVIEWER), hire(watch, Role.SUPERVISOR)
    propose(reviewer, paid)
    answer(supervisor, queries.open_proposals()[0])
    [back] = queries.order(paid.number, at=NOON).payment.refunds
    refunds.failed(number=back.number, detail="ABNORMAL", at=NOON)
    line = BillLine("X1", "CS9", 500, is_refund=False)
    bills.keep(gateway="city", day=NOON.date(), lines=[line], at=NOON)
    [difference] = bills.open_differences()

    page = reviewer.client.get("/payments/").content.decode()
    assert back.number in page
    assert "账单有，系统没有这笔付款" in page
    assert reviewer.client.post(f"/payments/refunds/{back.number}/again/").status_code == 302
    path = f"/payments/differences/{difference.number}/"
    reviewer.client.post(path, {"words": ""})
    assert bills.open_differences() == [difference]
    reviewer.client.post(path, {"words": "别的系统的款，已转交"})
    assert bills.open_differences() == []
    assert reviewer.client.post(path, {"words": "再改"}).status_code == 404
    refunds.done(number=back.number, at=NOON)
    assert queries.refund(back.number).state is RefundState.DONE
    assert queries.failed_refunds() == []


def test_every_state_and_reason_has_its_words():
    assert set(payment_forms.REFUND_REASONS) == set(RefundReason)
    assert set(payment_forms.REFUND_STATES) == set(RefundState)
    assert set(payment_forms.STATES) == set(OrderState)
    assert set(payment_forms.DIFFERENCES) == set(DifferenceKind)
