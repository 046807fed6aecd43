"""Paying a fee: begin at a gateway, ask it for the truth, settle; refunds and lapsed orders.

A callback and a browser that comes back are hints only: what counts is what the gateway answers
when asked. Nothing is asked inside a transaction; what follows from an answer is one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from juzhu import wiring
from juzhu.modules import queue
from juzhu.modules.cases import fees
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments import refunds, services
from juzhu.modules.payments.contracts import (
    AttemptState,
    AttemptView,
    Fee,
    OrderState,
    OrderView,
    RefundState,
)
from juzhu.ports.payments import (
    Absent,
    CallbackRefusedError,
    Charge,
    Closed,
    Device,
    Paid,
    PaymentGateway,
    PaymentRejectedError,
    PaymentUnavailableError,
    RefundStanding,
    RefundWish,
    Standing,
    Unpaid,
)

log = structlog.get_logger()

ATTEMPT_TIME: Final = timedelta(minutes=30)
"""How long a gateway takes money for one attempt; then another may be begun."""
LINK_TIME: Final = timedelta(minutes=4)
"""What a gateway gave to pay with is offered again for this long: WeChat's page lives 5 minutes."""
SPARE_TIME: Final = timedelta(minutes=2)
"""A charge that a gateway never heard of may still arrive there for so long after its end."""
MOST_OPEN: Final = 10
"""Attempts of one order without a last word; no more are begun until the gateways have spoken."""
TITLES: Final = {
    Fee.REISSUE: "居住证补领工本费",
    Fee.REPLACEMENT: "居住证换领工本费",
    Fee.REAPPLICATION: "居住证再次申领工本费",
}
"""What the person reads at the gateway."""
REFUND_ASKED_AGAIN_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class NotNow:
    """The gateway did not answer, or does not take this: nothing was paid; another way may do."""


def gateways_on(device: Device) -> list[PaymentGateway]:
    """Return the gateways that take money on that device, the preferred one first."""
    found = wiring.payment_gateways().values()
    return [gateway for gateway in found if gateway.way_on(device) is not None]


def begin(
    *,
    order: OrderView,
    gateway: PaymentGateway,
    device: Device,
    payer: str,
    address: str,
    at: datetime,
    mandate_id: int | None = None,
) -> AttemptView | NotNow:
    """Begin to pay: the attempt is on disk before the gateway hears of it.

    An attempt by the same gateway and way that can still be paid is offered again; others of the
    order are closed by and by, so that nobody pays twice by accident.

    Args:
        gateway: one that takes money on `device`, which the person holds.
        payer: who pays in the gateway's terms, "" where it need not know.
        address: IP address of the device.
        mandate_id: under which a relative or friend pays, None when nobody does.

    Raises:
        NotPayableError: the order is paid, over or called off.

    """
    way = gateway.way_on(device)
    assert way is not None, "only gateways that work on the device are offered"
    if under_way := _under_way(order, gateway.name, way, at):
        return under_way
    mine = services.begin(
        order_number=order.number,
        gateway=gateway.name,
        way=way,
        closes_at=at + ATTEMPT_TIME,
        at=at,
        mandate_id=mandate_id,
    )
    charge = Charge(
        number=mine.number,
        amount_fen=mine.amount_fen,
        title=TITLES[order.fee],
        way=way,
        device=device,
        closes_at=mine.closes_at,
        notify_url=wiring.payment_callback_url(gateway.name),
        return_url=wiring.payment_return_url(order.number),
        payer=payer,
        address=address,
    )
    return _begin_at(gateway, charge, at)


def _begin_at(gateway: PaymentGateway, charge: Charge, at: datetime) -> AttemptView | NotNow:
    try:
        link = gateway.begin(charge)
    except PaymentUnavailableError as error:
        log.warning("payments.begin_unanswered", attempt=charge.number, error=str(error))
        return NotNow()
    except PaymentRejectedError as error:
        log.error("payments.begin_refused", attempt=charge.number, error=str(error))
        services.closed(number=charge.number, at=at)
        return NotNow()
    services.ready(number=charge.number, link=link, at=at)
    return payments.attempt(charge.number)


def _under_way(
    order: OrderView, gateway: str, way: str, at: datetime
) -> AttemptView | NotNow | None:
    """Return what is offered instead of a new attempt; None when one may be begun."""
    if sum(mine.state is AttemptState.OPEN for mine in order.attempts) >= MOST_OPEN:
        return NotNow()
    for mine in order.attempts:
        same = (mine.gateway, mine.way, mine.state) == (gateway, way, AttemptState.OPEN)
        if same and mine.link and at < mine.begun_at + LINK_TIME:
            return mine
    return None


def pursue(*, number: str, tries: int, at: datetime) -> None:
    """Ask the gateway what became of an attempt; if it is open, once more later, ever more rarely.

    Args:
        number: of the attempt.
        tries: how often it was asked by itself; 0 for a hint from outside, which repeats nothing.
        at: now.

    """
    mine = payments.attempt(number)
    if mine.state is AttemptState.SETTLED:
        return
    known = _learn(mine, at=at)
    if not known and tries:
        wait = min(10 * 2 ** min(tries, 10), LONGEST_WAIT_SECONDS)
        queue.defer(queue.PURSUE_PAYMENT, after_seconds=wait, number=number, tries=tries + 1)


def look(*, order: OrderView, at: datetime) -> OrderView:
    """Ask the gateways now what became of the order's open attempts; return the order after it."""
    for mine in payments.open_attempts(order.number):
        _learn(mine, at=at)
    return payments.order(order.number, at=at)


def take_callback(
    *, gateway: PaymentGateway, headers: Mapping[str, str], body: bytes, at: datetime
) -> None:
    """Take a callback in: once verified it makes us ask, nothing else.

    Raises:
        CallbackRefusedError: it is not the gateway's, altered, or too old.

    """
    try:
        hint = gateway.hint(headers, body)
    except CallbackRefusedError as error:
        log.warning("payments.callback_refused", gateway=gateway.name, error=str(error))
        raise
    fresh = services.take_callback(
        gateway=gateway.name, nonce=hint.nonce, number=hint.number, at=at
    )
    log.info("payments.callback_taken", gateway=gateway.name, attempt=hint.number, fresh=fresh)
    asked = payments.attempts_by_number([hint.number]).get(hint.number)
    if asked and hint.amount_fen not in (None, asked.amount_fen):
        log.warning("payments.callback_for_another_amount", attempt=hint.number)


def expire_due(*, at: datetime) -> int:
    """Let the orders lapse whose time is over, once each gateway has said the last word; how many.

    Safe to repeat. A silent gateway keeps its orders open: a payment in time may be among them.
    Where no gateway is set up nobody could have paid, so nothing lapses.
    """
    if not wiring.payment_gateways():
        return 0
    lapsed = 0
    for number in payments.to_expire(at=at):
        look(order=payments.order(number, at=at), at=at)
        lapsed += _lapse(number, at)
    return lapsed


def carry_out_refund(*, number: str, at: datetime) -> None:
    """Give money back, or learn that it went; repeats itself until the gateway has said so.

    Raises:
        PaymentUnavailableError: no answer; the job tries again with the same number.

    """
    refund = payments.refund(number)
    if refund.state is RefundState.DONE:
        return
    gateway = wiring.payment_gateways().get(refund.gateway)
    if gateway is None:
        raise PaymentUnavailableError(f"{refund.gateway} is not set up any more")
    wish = RefundWish(
        number=refund.number,
        charge_number=refund.attempt_number,
        transaction=refund.transaction,
        paid_fen=refund.paid_fen,
        amount_fen=refund.amount_fen,
        title="居住证工本费退回",
    )
    try:
        standing = gateway.refund(wish)
    except PaymentRejectedError as error:
        log.error("payments.refund_refused", refund=number, error=str(error))
        refunds.failed(number=number, detail=str(error), at=at)
        return
    match standing:
        case RefundStanding.DONE:
            refunds.done(number=number, at=at)
        case RefundStanding.UNDER_WAY:
            queue.defer(
                queue.CARRY_OUT_REFUND, after_seconds=REFUND_ASKED_AGAIN_SECONDS, number=number
            )
        case RefundStanding.FAILED:
            log.error("payments.refund_failed", refund=number)
            refunds.failed(number=number, detail="", at=at)


def _learn(mine: AttemptView, *, at: datetime) -> bool:
    """Ask about one attempt and write what follows; say whether the last word is known."""
    gateway = wiring.payment_gateways().get(mine.gateway)
    if gateway is None:  # taken out of the settings while somebody was paying
        log.error("payments.gateway_missing", attempt=mine.number, gateway=mine.gateway)
        return False
    try:
        standing = gateway.ask(mine.number)
        if isinstance(standing, Unpaid) and _not_wanted(mine, at):
            gateway.close(mine.number)
            standing = gateway.ask(mine.number)
    except (PaymentUnavailableError, PaymentRejectedError) as error:
        log.warning("payments.unanswered", attempt=mine.number, error=str(error))
        return False
    return _follow(mine, standing, at)


def _follow(mine: AttemptView, standing: Standing, at: datetime) -> bool:
    match standing:
        case Paid():
            _settle(mine.number, standing, at)
            return True
        case Closed():
            services.closed(number=mine.number, at=at)
            return True
        case Absent():  # until its time is over it may still be on its way there
            gone = at > mine.closes_at + SPARE_TIME
            if gone:
                services.closed(number=mine.number, at=at)
            return gone
        case Unpaid():
            return False


def _not_wanted(mine: AttemptView, at: datetime) -> bool:
    """Say whether an attempt should no longer be paid: its time is over, or another took over."""
    order = payments.order(mine.order_number, at=at)
    newest = order.attempts[-1].number == mine.number
    return at > mine.closes_at or order.state is not OrderState.OPEN or not newest


@transaction.atomic
def _settle(number: str, paid: Paid, at: datetime) -> None:
    case_id = payments.order(payments.attempt(number).order_number, at=at).case_id
    fees.lock(case_id)
    settled = services.settle(number=number, paid=paid, at=at)
    if settled.fresh and settled.surplus is None:
        fees.fee_paid(case_id=case_id, order=settled.order, at=at)
    if settled.surplus is not None and settled.fresh:
        log.warning("payments.surplus", attempt=number, why=settled.surplus)


@transaction.atomic
def _lapse(number: str, at: datetime) -> bool:
    order = payments.order(number, at=at)
    fees.lock(order.case_id)
    lapsed = services.expire(order_number=number, at=at)
    if lapsed:
        fees.fee_lapsed(case_id=order.case_id, order=order, at=at)
    return lapsed
