"""Commands on orders: open, attempt, settle, end. Each is one transaction, locked by the order.

Who ends or pays a case locks the case before its order, always.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from juzhu.modules import queue
from juzhu.modules.mandates import services as mandates
from juzhu.modules.mandates.contracts import Task
from juzhu.modules.payments import refunds
from juzhu.modules.payments.contracts import (
    AttemptState,
    AttemptView,
    EndKind,
    Fee,
    OrderState,
    OrderView,
    Surplus,
)
from juzhu.modules.payments.models import (
    Attempt,
    AttemptStep,
    Callback,
    Order,
    OrderEnd,
    Settlement,
)
from juzhu.modules.payments.queries import (
    AttemptNotFoundError,
    OrderNotFoundError,
    attempt,
    open_attempts,
    order,
)
from juzhu.ports.payments import Paid


class OrderConflictError(ValueError):
    """The case has an order already, for something else or another amount."""


class NotPayableError(Exception):
    """The order is paid, over or called off: nothing may be begun."""


@transaction.atomic
def open_order(
    *,
    case_id: int,
    case_number: str,
    person_id: int,
    fee: Fee,
    amount_fen: int,
    pay_by: datetime,
    at: datetime,
) -> OrderView:
    """Open the order of a case; a second time gives the same order again.

    Args:
        case_id: one order at most for each.
        case_number: its acceptance number, as the person knows it.
        person_id: who may pay and read it.
        fee: what for; with the amount in force on the acceptance day (Article 21).
        amount_fen: above 0; never changes.
        pay_by: the last moment; the order then lapses by itself (`journeys.paying.expire_due`).
        at: now.

    Raises:
        OrderConflictError: the case has an order for something else or another amount.

    """
    row, _ = Order.objects.get_or_create(
        case_id=case_id,
        turn=1,
        defaults={
            "number": _order_number(at),
            "case_number": case_number,
            "person_id": person_id,
            "fee": fee,
            "amount_fen": amount_fen,
            "opened_at": at,
            "pay_by": pay_by,
        },
    )
    if (row.fee, row.amount_fen, row.person_id) != (fee, amount_fen, person_id):
        raise OrderConflictError(row.number)
    return order(row.number, at=at)


@transaction.atomic
def open_again(*, case_id: int, pay_by: datetime, at: datetime) -> OrderView | None:
    """Open a new order in the place of one that was called off by mistake, for the same fee.

    Returns the order, None when the case has none or its latest was not called off.
    """
    last = Order.objects.select_for_update(of=("self",)).filter(case_id=case_id)
    row = last.order_by("-turn").first()
    if row is None or not OrderEnd.objects.filter(order=row, kind=EndKind.CALLED_OFF).exists():
        return None
    made = Order.objects.create(
        number=_order_number(at),
        case_id=case_id,
        turn=row.turn + 1,
        case_number=row.case_number,
        person_id=row.person_id,
        fee=row.fee,
        amount_fen=row.amount_fen,
        opened_at=at,
        pay_by=pay_by,
    )
    return order(made.number, at=at)


@transaction.atomic
def begin(
    *,
    order_number: str,
    gateway: str,
    way: str,
    closes_at: datetime,
    at: datetime,
    mandate_id: int | None = None,
) -> AttemptView:
    """Note an attempt before the gateway hears of it, and the job that finds out what became of it.

    Older attempts of the order are asked about at once, and closed if they can still be paid.

    Raises:
        OrderNotFoundError: there is none.
        NotPayableError: it is paid, over, or called off.
        NotMandatedError: the mandate under which a relative or friend pays does not cover it.

    """
    row = _locked(order_number)
    if order(order_number, at=at).state is not OrderState.OPEN:
        raise NotPayableError(order_number)
    if mandate_id is not None:
        mandates.use(
            mandate_id=mandate_id,
            holder_id=row.person_id,
            task=Task.PAY,
            occasion=row.number,
            at=at,
        )
    for older in open_attempts(order_number):
        queue.defer(queue.PURSUE_PAYMENT, number=older.number, tries=0)
    made = Attempt.objects.create(
        number=f"{row.number}A{row.attempts.count() + 1}",
        order=row,
        gateway=gateway,
        way=way,
        amount_fen=row.amount_fen,
        begun_at=at,
        closes_at=min(closes_at, row.pay_by),
    )
    queue.defer(queue.PURSUE_PAYMENT, after_seconds=FIRST_LOOK_SECONDS, number=made.number, tries=1)
    return attempt(made.number)


FIRST_LOOK_SECONDS = 10
"""How long after an attempt begins it is asked about by itself for the first time."""


@transaction.atomic
def ready(*, number: str, link: str, at: datetime) -> None:
    """Note what the gateway gave to pay with; a second time changes nothing."""
    row = _attempt(number)
    AttemptStep.objects.get_or_create(attempt=row, kind="ready", defaults={"at": at, "link": link})


@transaction.atomic
def closed(*, number: str, at: datetime) -> None:
    """Note that the gateway will never be paid for this attempt."""
    row = _attempt(number)
    AttemptStep.objects.get_or_create(attempt=row, kind="closed", defaults={"at": at})


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of the gateway's word that an attempt was paid.

    Attributes:
        order: as it stands now.
        fresh: it was not known before; whoever depends on the order is told once.
        surplus: why the money does not count, None when it pays the order.

    """

    order: OrderView
    fresh: bool
    surplus: Surplus | None


@transaction.atomic
def settle(*, number: str, paid: Paid, at: datetime) -> Settled:
    """Note that money came; what does not count goes back by itself, with its job.

    The first payment in time and in the right amount counts. Money that came after the last moment,
    beside another payment, or in another amount is kept on record and refunded.

    Raises:
        AttemptNotFoundError: no attempt has this number.

    """
    order_number = _attempt(number).order.number
    row = _locked(order_number)
    mine = _attempt(number)
    known = Settlement.objects.filter(attempt=mine).first()
    if known is not None:
        surplus = Surplus(known.surplus) if known.surplus else None
        return Settled(order(order_number, at=at), fresh=False, surplus=surplus)
    surplus = _surplus(row, paid)
    made = Settlement.objects.create(
        attempt=mine,
        order=row,
        gateway=mine.gateway,
        transaction=paid.transaction,
        amount_fen=paid.amount_fen,
        paid_at=paid.at,
        settled_at=at,
        surplus=surplus or "",
        receipt_number="" if surplus else _receipt_number(at),
    )
    if surplus is not None:
        refunds.return_surplus(made, surplus, at)
    return Settled(order(order_number, at=at), fresh=True, surplus=surplus)


def _surplus(row: Order, paid: Paid) -> Surplus | None:
    if paid.amount_fen != row.amount_fen:
        return Surplus.WRONG_AMOUNT
    if Settlement.objects.filter(order=row, surplus="").exists():
        return Surplus.TWICE
    if paid.at > row.pay_by or OrderEnd.objects.filter(order=row).exists():
        return Surplus.LATE
    return None


@transaction.atomic
def expire(*, order_number: str, at: datetime) -> bool:
    """Let an order lapse whose time is over; say whether it lapsed now.

    It does not while the gateway has not said the last word on an attempt: unknown is not unpaid.

    Raises:
        OrderNotFoundError: there is none.

    """
    row = _locked(order_number)
    overdue = order(order_number, at=at).state is OrderState.OVERDUE
    if not overdue or open_attempts(order_number):
        return False
    OrderEnd.objects.create(order=row, kind=EndKind.LAPSED, at=at)
    return True


@transaction.atomic
def call_off(*, case_id: int, at: datetime) -> bool:
    """Let nothing be paid for a case any more, for example because it was withdrawn.

    Money that still comes goes back by itself. Says whether there was something to call off: not
    when the case has no order, nor when it is paid or over.
    """
    rows = Order.objects.select_for_update(of=("self",)).filter(case_id=case_id)
    row = rows.order_by("-turn").first()
    if row is None or OrderEnd.objects.filter(order=row).exists():
        return False
    if Settlement.objects.filter(order=row, surplus="").exists():
        return False
    OrderEnd.objects.create(order=row, kind=EndKind.CALLED_OFF, at=at)
    for mine in open_attempts(row.number):
        queue.defer(queue.PURSUE_PAYMENT, number=mine.number, tries=1)
    return True


@transaction.atomic
def take_callback(*, gateway: str, nonce: str, number: str, at: datetime) -> bool:
    """Take a callback in once, with the job that asks for the truth; False for a repeated one.

    A callback about an attempt nobody knows is taken in and asks for nothing.
    """
    _, fresh = Callback.objects.get_or_create(
        gateway=gateway, nonce=nonce, defaults={"at": at, "attempt_number": number}
    )
    known = Attempt.objects.filter(number=number, gateway=gateway).exists()
    if fresh and known and attempt(number).state is not AttemptState.SETTLED:
        queue.defer(queue.PURSUE_PAYMENT, number=number, tries=0)
    return fresh


def _order_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_order_seq')")
        return f"JF{at:%Y%m%d}{cursor.fetchone()[0]:06d}"


def _receipt_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_receipt_seq')")
        return f"SJ{at:%Y%m%d}{cursor.fetchone()[0]:06d}"


def _locked(number: str) -> Order:
    row = Order.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None:
        raise OrderNotFoundError(number)
    return row


def _attempt(number: str) -> Attempt:
    row = Attempt.objects.select_related("order").filter(number=number).first()
    if row is None:
        raise AttemptNotFoundError(number)
    return row
