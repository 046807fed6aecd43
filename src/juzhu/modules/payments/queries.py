"""Reading payments."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from juzhu.modules.payments.contracts import (
    AttemptState,
    AttemptView,
    EndKind,
    Fee,
    OrderState,
    OrderView,
    ProposalView,
    RefundReason,
    RefundState,
    RefundView,
    SettlementView,
    Surplus,
    Waiting,
)
from juzhu.modules.payments.models import (
    Attempt,
    Difference,
    Order,
    OrderEnd,
    Refund,
    RefundProposal,
    Settlement,
)


class OrderNotFoundError(LookupError):
    """There is no such order, or it is somebody else's."""


class AttemptNotFoundError(LookupError):
    """No attempt has this number."""


class RefundNotFoundError(LookupError):
    """No refund has this number."""


def order(number: str, *, at: datetime) -> OrderView:
    """Return an order as it stands at that moment; raise OrderNotFoundError."""
    return _one(_orders().filter(number=number).first(), at)


def order_of(person_id: int, number: str, *, at: datetime) -> OrderView:
    """Return a person's own order; raise OrderNotFoundError for anybody else's."""
    return _one(_orders().filter(number=number, person_id=person_id).first(), at)


def of_case(case_id: int, *, at: datetime) -> OrderView | None:
    """Return the latest order of a case, None when the case costs nothing."""
    row = _orders().filter(case_id=case_id).order_by("-turn").first()
    return None if row is None else _view(row, at)


def orders_of(person_id: int, *, at: datetime) -> list[OrderView]:
    """Return a person's orders, newest first."""
    return [_view(row, at) for row in _orders().filter(person_id=person_id).order_by("-pk")]


def attempt(number: str) -> AttemptView:
    """Return an attempt; raise AttemptNotFoundError."""
    rows = Attempt.objects.select_related("order", "settlement").prefetch_related("steps")
    row = rows.filter(number=number).first()
    if row is None:
        raise AttemptNotFoundError(number)
    return _attempt(row)


def order_number_of(attempt_number: str) -> str:
    """Return the number of the order that an attempt is for; raise AttemptNotFoundError."""
    found = Attempt.objects.filter(number=attempt_number).values_list("order__number", flat=True)
    number = found.first()
    if number is None:
        raise AttemptNotFoundError(attempt_number)
    return number


def to_expire(*, at: datetime, limit: int = 200) -> list[str]:
    """Return the numbers of orders whose time is over and that neither ended nor were paid."""
    rows = Order.objects.filter(pay_by__lt=at, end__isnull=True)
    rows = rows.exclude(settlements__surplus="").order_by("pay_by")
    return list(rows.values_list("number", flat=True)[:limit])


def open_attempts(order_number: str) -> list[AttemptView]:
    """Return the attempts of an order of which the gateway has not said the last word."""
    rows = Attempt.objects.select_related("order", "settlement").prefetch_related("steps")
    found = [_attempt(row) for row in rows.filter(order__number=order_number).order_by("pk")]
    return [it for it in found if it.state is AttemptState.OPEN]


def refund(number: str) -> RefundView:
    """Return a refund; raise RefundNotFoundError."""
    row = _refunds().filter(number=number).first()
    if row is None:
        raise RefundNotFoundError(number)
    return refund_view(row)


def failed_refunds(limit: int = 100) -> list[RefundView]:
    """Return the refunds that a gateway could not carry out, oldest first."""
    rows = _refunds().filter(steps__kind="failed").exclude(steps__kind="done").order_by("pk")
    return [refund_view(row) for row in rows[:limit]]


def open_proposals(limit: int = 100) -> list[ProposalView]:
    """Return the refunds that wait for a second officer, oldest first."""
    rows = RefundProposal.objects.filter(answered_at__isnull=True).select_related(
        "settlement__order", "settlement__attempt"
    )
    return [
        ProposalView(
            number=row.pk,
            order_number=row.settlement.order.number,
            attempt_number=row.settlement.attempt.number,
            amount_fen=row.amount_fen,
            words=row.words,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
        )
        for row in rows.order_by("pk")[:limit]
    ]


def order_number_for(number: str) -> str | None:
    """Return the order that a number belongs to: its own, its case's, of a payment or refund."""
    mine = Q(number=number) | Q(case_number=number) | Q(attempts__number=number)
    money = Q(settlements__transaction=number) | Q(settlements__receipt_number=number)
    back = Q(settlements__refunds__number=number)
    rows = Order.objects.filter(mine | money | back).order_by("-pk")
    return rows.values_list("number", flat=True).first()


def waiting(*, at: datetime) -> Waiting:
    """Return how much waits for a gateway or an officer."""
    open_ = Attempt.objects.filter(settlement__isnull=True).exclude(steps__kind="closed")
    overdue = Order.objects.filter(pay_by__lt=at, end__isnull=True)
    failed = Refund.objects.filter(steps__kind="failed").exclude(steps__kind="done")
    return Waiting(
        attempts=open_.count(),
        overdue=overdue.exclude(settlements__surplus="").count(),
        failed_refunds=failed.count(),
        differences=Difference.objects.filter(answered_at__isnull=True).count(),
        proposals=RefundProposal.objects.filter(answered_at__isnull=True).count(),
    )


def attempts_by_number(numbers: Collection[str]) -> dict[str, AttemptView]:
    """Return those of these attempts that exist, by number."""
    rows = Attempt.objects.select_related("order", "settlement").prefetch_related("steps")
    return {row.number: _attempt(row) for row in rows.filter(number__in=numbers)}


def _orders() -> "QuerySet[Order]":
    return Order.objects.select_related("end").prefetch_related(
        "attempts__steps", "attempts__settlement", "settlements__refunds__steps"
    )


def _refunds() -> "QuerySet[Refund]":
    return Refund.objects.select_related("settlement__attempt__order").prefetch_related("steps")


def _one(row: Order | None, at: datetime) -> OrderView:
    if row is None:
        raise OrderNotFoundError
    return _view(row, at)


def _view(row: Order, at: datetime) -> OrderView:
    settlements = tuple(
        _settlement(it) for it in sorted(row.settlements.all(), key=lambda it: it.pk)
    )
    end: OrderEnd | None = getattr(row, "end", None)
    return OrderView(
        number=row.number,
        case_id=row.case_id,
        case_number=row.case_number,
        person_id=row.person_id,
        fee=Fee(row.fee),
        amount_fen=row.amount_fen,
        opened_at=row.opened_at,
        pay_by=row.pay_by,
        state=_state(row, settlements, end, at),
        ended_at=end.at if end else None,
        attempts=tuple(_attempt(it) for it in sorted(row.attempts.all(), key=lambda it: it.pk)),
        settlements=settlements,
    )


def _state(
    row: Order, settlements: tuple[SettlementView, ...], end: OrderEnd | None, at: datetime
) -> OrderState:
    payment = next((it for it in settlements if it.surplus is None), None)
    if payment is not None:
        back = sum(it.amount_fen for it in payment.refunds if it.state is RefundState.DONE)
        return OrderState.REFUNDED if back == payment.amount_fen else OrderState.PAID
    if end is not None:
        return OrderState.LAPSED if end.kind == EndKind.LAPSED else OrderState.CALLED_OFF
    return OrderState.OVERDUE if at > row.pay_by else OrderState.OPEN


def _attempt(row: Attempt) -> AttemptView:
    steps = {step.kind: step for step in row.steps.all()}
    if getattr(row, "settlement", None) is not None:
        state = AttemptState.SETTLED
    else:
        state = AttemptState.CLOSED if "closed" in steps else AttemptState.OPEN
    return AttemptView(
        number=row.number,
        order_number=row.order.number,
        gateway=row.gateway,
        way=row.way,
        amount_fen=row.amount_fen,
        begun_at=row.begun_at,
        closes_at=row.closes_at,
        link=(steps["ready"].link or "") if "ready" in steps else "",
        state=state,
    )


def _settlement(row: Settlement) -> SettlementView:
    return SettlementView(
        attempt_number=row.attempt.number,
        gateway=row.gateway,
        transaction=row.transaction,
        amount_fen=row.amount_fen,
        paid_at=row.paid_at,
        settled_at=row.settled_at,
        surplus=Surplus(row.surplus) if row.surplus else None,
        receipt_number=row.receipt_number,
        refunds=tuple(refund_view(it) for it in sorted(row.refunds.all(), key=lambda it: it.pk)),
    )


def refund_view(row: Refund) -> RefundView:
    """Return the refund as it may leave this module."""
    steps = {step.kind: step for step in row.steps.all()}
    state = RefundState.DONE if "done" in steps else RefundState.ASKED
    if state is RefundState.ASKED and "failed" in steps:
        state = RefundState.FAILED
    settlement = row.settlement
    return RefundView(
        number=row.number,
        attempt_number=settlement.attempt.number,
        gateway=settlement.gateway,
        transaction=settlement.transaction,
        amount_fen=row.amount_fen,
        paid_fen=settlement.amount_fen,
        reason=RefundReason(row.reason),
        state=state,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        approved_by=row.approved_by,
        done_at=steps["done"].at if "done" in steps else None,
        detail=steps["failed"].detail if "failed" in steps else "",
        person_id=settlement.order.person_id,
        order_number=settlement.order.number,
    )
