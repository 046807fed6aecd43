"""Where a card stands, step by step with its dates, for the pages of a case and of the card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise

from juzhu.domain.card import UNDER_WAY, CardEvent, CardState
from juzhu.domain.vocabulary import Business
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards.contracts import CardView
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CardDelivery, CaseState, CaseView
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments.contracts import OrderState, OrderView
from juzhu.modules.payments.refunds import yuan
from juzhu.ports.clock import SHENZHEN
from juzhu.web import points, texts
from juzhu.web.pay_page import gateway_name

CARD_BUSINESSES: Final = (Business.REISSUE, Business.REPLACEMENT)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way.

    Attributes:
        key: which: accepted, granted, fee, making, sent, there, got.
        at: when it was done; None while it is not.
        by: the last day for it, where there is one.
        is_now: it is what everything waits for.

    """

    key: str
    at: datetime | None
    by: date | None = None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """That somebody came for the card and did not get it."""

    at: datetime
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Progress:
    """The way of one card.

    Attributes:
        order: what is or was to be paid, None where the card is free.
        card: None before it is ordered.
        held: the card lies at a point and can be fetched.

    """

    steps: tuple[Step, ...]
    order: OrderView | None
    card: CardView | None
    refusals: tuple[Refusal, ...]
    point_name: str
    by_post: bool

    @property
    def waits_for_fee(self) -> bool:
        """Whether the fee can be paid now."""
        return self.order is not None and self.order.state is OrderState.OPEN

    @property
    def is_here(self) -> bool:
        """Whether the card can be fetched at a point."""
        return self.card is not None and self.card.state is CardState.AT_POINT

    @property
    def is_over(self) -> bool:
        """Whether there is no such card any more, or never will be."""
        if self.card is not None:
            return self.card.state in (CardState.VOID, CardState.DESTROYED)
        return self.order is not None and self.order.state in (
            OrderState.LAPSED,
            OrderState.CALLED_OFF,
            OrderState.REFUNDED,
        )


def of_case(case: CaseView, *, at: datetime) -> Progress | None:
    """Return the way of the card that a case wants; None when it wants none."""
    if case.delivery is CardDelivery.NONE:
        return None
    case_id = cases.id_of(case.number)
    order = None if case_id is None else payments.of_case(case_id, at=at)
    card = cards.card_of_case(case.number)
    return Progress(
        steps=tuple(_mark(_steps(case, order, card))),
        order=order,
        card=card,
        refusals=tuple(_refusals(card)),
        point_name=points.named(card.point if card else case.point),
        by_post=case.delivery is CardDelivery.POST and not _lies_at_point(card),
    )


def present(permit_id: int) -> CardView | None:
    """Return the card of the permit that the person has or waits for."""
    return cards.good_card(permit_id)


def waits(card: CardView | None) -> bool:
    """Say whether the holder waits for this card."""
    return card is not None and card.state in UNDER_WAY


def live_case(person_id: int) -> CaseView | None:
    """Return the running case about the card alone, if there is one."""
    found = (cases.live_case(person_id, business) for business in CARD_BUSINESSES)
    return next((case for case in found if case is not None), None)


def context(case: CaseView, *, at: datetime) -> dict[str, Any]:
    """Return what the templates of a case show of its card."""
    progress = of_case(case, at=at)
    order = progress.order if progress else None
    return {
        "progress": progress,
        "fee_yuan": yuan(order.amount_fen) if order else "",
        "fee_paid": order.payment if order else None,
        "fee_paid_with": gateway_name(order.payment.gateway) if order and order.payment else "",
        "fee_back": order is not None and order.state is OrderState.REFUNDED,
        "fee_by": order.pay_by.astimezone(SHENZHEN).date() if order else None,
    }


def _lies_at_point(card: CardView | None) -> bool:
    return card is not None and card.state in (CardState.AT_POINT, CardState.COMING_BACK)


def _steps(case: CaseView, order: OrderView | None, card: CardView | None) -> Sequence[Step]:
    granted = order.opened_at if order else card.ordered_at if card else None
    if case.state is CaseState.APPROVED and granted is None:
        granted = case.decided_at
    found = [Step("accepted", case.accepted_at), Step("granted", granted)]
    if order is not None:
        paid = order.payment.paid_at if order.payment else None
        found.append(Step("fee", paid, order.pay_by.astimezone(SHENZHEN).date()))
    made = _last(card, CardEvent.MADE)
    found.append(Step("making", made, card.due_on if card else None))
    if case.delivery is CardDelivery.POST and not _lies_at_point(card):
        found.append(Step("sent", _last(card, CardEvent.POSTED)))
        found.append(Step("got", _last(card, CardEvent.DELIVERED)))
    else:
        found.append(Step("there", _last(card, CardEvent.ARRIVED)))
        found.append(Step("got", _last(card, CardEvent.HANDED_OVER)))
    return found


def _mark(steps: Sequence[Step]) -> list[Step]:
    """Mark the first step that is not done as the one that is waited for."""
    first = next((step for step in steps if step.at is None), None)
    return [Step(s.key, s.at, s.by, is_now=s is first) for s in steps]


def _last(card: CardView | None, kind: CardEvent) -> datetime | None:
    """Return when this happened to the present making of the card."""
    if card is None:
        return None
    same = (e.at for e in reversed(card.events) if e.kind is kind and e.making == card.making)
    return next(same, None)


def _refusals(card: CardView | None) -> list[Refusal]:
    found = [e for e in card.events if e.kind is CardEvent.REFUSED] if card else []
    return [Refusal(e.at, texts.CARD_REFUSALS[e.detail.get("reason", "")]) for e in found]
