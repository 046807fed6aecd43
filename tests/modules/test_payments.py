"""Orders and money in the register: computed states, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import queries, refunds, services
from juzhu.modules.payments.contracts import (
    Fee,
    OrderState,
    RefundReason,
    RefundState,
    Surplus,
)
from juzhu.modules.payments.models import Refund, Settlement
from juzhu.ports.payments import Paid
from tests.factories import NOON, a_person, an_order

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=30)


def begin(order, at=NOON, gateway="city"):
    return services.begin(
        order_number=order.number, gateway=gateway, way="page", closes_at=at + SOON, at=at
    )


def pay(attempt, *, fen=2000, at=NOON, transaction_number=None):
    number = transaction_number or f"T{attempt.number}"
    return services.settle(number=attempt.number, paid=Paid(number, fen, at), at=at)


def test_an_order_is_opened_once_and_its_amount_never_changes():
    order = an_order()
    same = {
        "case_id": order.case_id,
        "case_number": order.case_number,
        "person_id": order.person_id,
        "fee": order.fee,
        "pay_by": order.pay_by,
        "at": NOON,
    }

    assert services.open_order(**same, amount_fen=2000).number == order.number
    with pytest.raises(services.OrderConflictError):
        services.open_order(**same, amount_fen=2001)
    with pytest.raises(services.OrderConflictError):
        services.open_order(**same | {"fee": Fee.REPLACEMENT}, amount_fen=2000)


def test_the_first_payment_counts_and_gets_a_receipt_the_second_goes_back():
    order = an_order()
    one, two = begin(order), begin(order)

    first, again, second = pay(one), pay(one), pay(two)

    assert (first.fresh, first.surplus) == (True, None)
    assert (again.fresh, again.surplus) == (False, None)
    assert (second.fresh, second.surplus) == (True, Surplus.TWICE)
    found = queries.order(order.number, at=NOON)
    assert found.state is OrderState.PAID
    assert found.payment.receipt_number.startswith("SJ20261124")
    [back] = found.settlements[1].refunds
    assert (back.reason, back.amount_fen, back.state) == (
        RefundReason.TWICE,
        2000,
        RefundState.ASKED,
    )


@pytest.mark.parametrize(
    ("fen", "late", "surplus"),
    [
        (2000, timedelta(0), None),
        (2000, timedelta(microseconds=1), Surplus.LATE),
        (1999, timedelta(0), Surplus.WRONG_AMOUNT),
        (2001, timedelta(0), Surplus.WRONG_AMOUNT),
    ],
)
def test_only_the_whole_amount_up_to_the_last_moment_counts(fen, late, surplus):
    order = an_order()
    attempt = begin(order)

    found = pay(attempt, fen=fen, at=order.pay_by + late)

    assert found.surplus is surplus
    assert found.order.state is (OrderState.OVERDUE if surplus and late else found.order.state)
    assert [it.amount_fen for it in queries_refunds(order)] == ([fen] if surplus else [])


def queries_refunds(order):
    found = queries.order(order.number, at=NOON)
    return [back for money in found.settlements for back in money.refunds]


def test_an_order_lapses_only_when_every_gateway_has_said_the_last_word():
    order = an_order()
    attempt = begin(order)
    after = order.pay_by + timedelta(seconds=1)

    assert not services.expire(order_number=order.number, at=order.pay_by)
    assert queries.order(order.number, at=after).state is OrderState.OVERDUE
    assert not services.expire(order_number=order.number, at=after)
    services.closed(number=attempt.number, at=after)
    assert services.expire(order_number=order.number, at=after)
    assert not services.expire(order_number=order.number, at=after)
    assert queries.order(order.number, at=after).state is OrderState.LAPSED
    assert pay(attempt, at=order.pay_by).surplus is Surplus.LATE


def test_what_was_called_off_cannot_be_paid():
    order = an_order()
    attempt = begin(order)

    assert services.call_off(case_id=order.case_id, at=NOON)
    assert not services.call_off(case_id=order.case_id, at=NOON)

    with pytest.raises(services.NotPayableError):
        begin(order)
    assert pay(attempt).surplus is Surplus.LATE


def test_a_returned_payment_is_told_once():
    order = an_order()
    pay(begin(order))
    pay(begin_paid := services_attempt(order), fen=2000)
    [back] = queries.order(order.number, at=NOON).settlements[1].refunds

    assert refunds.done(number=back.number, at=NOON)
    assert not refunds.done(number=back.number, at=NOON)

    assert [m.occasion for m in notices.inbox(order.person_id)] == [Occasion.PAYMENT_RETURNED]
    assert queries.order(order.number, at=NOON).state is OrderState.PAID
    assert begin_paid.number in back.number


def services_attempt(order):
    """An attempt begun before the other was paid, as in another tab."""
    from juzhu.modules.payments.models import Attempt, Order

    row = Order.objects.get(number=order.number)
    made = Attempt.objects.create(
        number=f"{order.number}99",
        order=row,
        gateway="city",
        way="page",
        amount_fen=row.amount_fen,
        begun_at=NOON,
        closes_at=NOON + SOON,
    )
    return queries.attempt(made.number)


def test_a_refund_by_hand_needs_two_officers_and_gives_back_no_more_than_came():
    order = an_order()
    attempt = begin(order)
    pay(attempt)

    def propose(fen, officer="0021"):
        return refunds.propose(
            attempt_number=attempt.number,
            amount_fen=fen,
            words="重复制卡",
            officer=officer,
            at=NOON,
        )

    def answer(number, officer, accept=True):
        return refunds.answer(proposal_number=number, accept=accept, officer=officer, at=NOON)

    assert propose(2001) == refunds.TooMuch(2000)
    first = propose(500)
    assert isinstance(first, refunds.Proposed)
    assert propose(100) == refunds.Waiting()
    assert answer(first.number, "0021") == refunds.SamePerson()
    assert isinstance(answer(first.number, "0022"), refunds.Answered)
    assert answer(first.number, "0023") == refunds.Over()
    assert propose(1501) == refunds.TooMuch(1500)
    turned_down = propose(1500)
    assert answer(turned_down.number, "0022", accept=False) == refunds.Answered("")
    whole = propose(1500)
    answer(whole.number, "0022")

    for back in queries.order(order.number, at=NOON).payment.refunds:
        refunds.done(number=back.number, at=NOON)
    assert queries.order(order.number, at=NOON).state is OrderState.REFUNDED
    assert {m.occasion for m in notices.inbox(order.person_id)} == {Occasion.FEE_REFUNDED}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_order SET amount_fen = 1",
        "UPDATE payments_attempt SET amount_fen = 1",
        "DELETE FROM payments_settlement",
        "UPDATE payments_settlement SET surplus = 'late', receipt_number = ''",
        "UPDATE payments_refund SET amount_fen = 1",
        "TRUNCATE payments_callback",
        # money of an attempt a second time; more back than came; an attempt for another amount
        (
            "INSERT INTO payments_settlement (attempt_id, order_id, gateway, transaction,"
            " amount_fen, paid_at, settled_at, surplus, receipt_number)"
            " SELECT attempt_id, order_id, gateway,"
            " 'other', amount_fen, paid_at, settled_at, 'twice', ''"
            " FROM payments_settlement LIMIT 1"
        ),
        (
            "INSERT INTO payments_refund (number, settlement_id, amount_fen, reason, asked_at,"
            " asked_by, approved_by) SELECT 'R9', settlement_id, 1, 'twice', asked_at, asked_by, ''"
            " FROM payments_refund"
        ),
        (
            "INSERT INTO payments_attempt (number, order_id, gateway, way, amount_fen, begun_at,"
            " closes_at) SELECT 'A9', order_id, gateway, way, 1, begun_at, closes_at"
            " FROM payments_attempt LIMIT 1"
        ),
        # an order that is paid does not end; an unpaid settlement does not become the one
        (
            "INSERT INTO payments_orderend (order_id, kind, at) SELECT id, 'lapsed', pay_by"
            " FROM payments_order"
        ),
    ],
)
def test_the_database_refuses(statement):
    order = an_order()
    pay(begin(order))
    pay(services_attempt(order))
    assert (Settlement.objects.count(), Refund.objects.count()) == (2, 1)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_another_persons_order_looks_absent():
    order = an_order()

    with pytest.raises(queries.OrderNotFoundError):
        queries.order_of(a_person(), order.number, at=NOON)


def test_a_callback_is_taken_in_once():
    attempt = begin(an_order())
    words = {"gateway": "city", "number": attempt.number, "at": NOON}

    assert services.take_callback(nonce="n1", **words)
    assert not services.take_callback(nonce="n1", **words)
    assert services.take_callback(nonce="n2", **words)
    assert services.take_callback(gateway="city", number="nobody's", nonce="n3", at=NOON)
