"""What a decision means for the card: ordered at once where it is free, else after its fee."""

from datetime import date, datetime, time
from typing import Final

from juzhu.domain.card import CardGround, CardState
from juzhu.domain.card_terms import fee, pay_by
from juzhu.domain.parameters import REISSUE_WORKING_DAYS
from juzhu.domain.vocabulary import Business
from juzhu.modules.cards import queries as card_queries
from juzhu.modules.cards import services as cards
from juzhu.modules.cards.contracts import NewCard, VoidReason
from juzhu.modules.cases.contracts import CardDelivery, CaseState
from juzhu.modules.cases.deadlines import issue_by
from juzhu.modules.cases.models import Case
from juzhu.modules.payments import refunds
from juzhu.modules.payments import services as payments
from juzhu.modules.payments.contracts import Fee, OrderView, RefundReason
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.workdays import working_day_after
from juzhu.ports.clock import SHENZHEN

BUSINESSES: Final = (Business.REISSUE, Business.REPLACEMENT)
"""What is about the card alone: the permit and its dates stay as they are."""
_FEES: Final = {
    CardGround.REAPPLIED: Fee.REAPPLICATION,
    CardGround.LOST: Fee.REISSUE,
    CardGround.DESTROYED: Fee.REISSUE,
    CardGround.DAMAGED: Fee.REPLACEMENT,
    CardGround.CHANGED: Fee.REPLACEMENT,
}


def after_issue(
    case: Case, permit: PermitView, *, reapplied: bool, at: datetime
) -> OrderView | None:
    """Order the card of a permit just issued, if one is wanted; return what is to be paid first.

    The first is free, that of a re-application is not (第二十一条). The permit is in force from its
    approval: the fee is for the card, and an unpaid one costs the card only.
    """
    if case.delivery == CardDelivery.NONE:
        return None
    ground = CardGround.REAPPLIED if reapplied else CardGround.FIRST
    price = charge(case, ground, at)
    if price is None:
        order(case, permit.id, ground, permit.status.issued_on, at)
    return price


def charge(case: Case, ground: CardGround, at: datetime) -> OrderView | None:
    """Open the order for the fee of a card, payable for fifteen days; None where it is free."""
    amount = fee(ground, case.accepted_on).value
    if not amount:
        return None
    return payments.open_order(
        case_id=case.pk,
        case_number=case.number,
        person_id=case.person_id,
        fee=_FEES[ground],
        amount_fen=amount,
        pay_by=datetime.combine(pay_by(at.astimezone(SHENZHEN).date()), time.max, SHENZHEN),
        at=at,
    )


def charge_again(case: Case, at: datetime) -> OrderView | None:
    """Open the order anew that was called off by mistake, with all its days; None without one."""
    last_day = pay_by(at.astimezone(SHENZHEN).date())
    until = datetime.combine(last_day, time.max, SHENZHEN)
    return payments.open_again(case_id=case.pk, pay_by=until, at=at)


def order(
    case: Case,
    permit_id: int,
    ground: CardGround,
    printed_on: date,
    at: datetime,
    *,
    paid_at: datetime | None = None,
) -> date:
    """Order a card that costs nothing or is paid; return the last day to have it made.

    Args:
        case: it comes from.
        permit_id: whose card it is.
        ground: why it is made.
        printed_on: the day of issue it shows.
        at: now.
        paid_at: when its fee was paid; None for a free one.

    """
    first = case.business == Business.FIRST_ISSUE and ground is CardGround.FIRST
    due_on = (
        max(issue_by(case.accepted_on), at.date()) if first else ready_by((paid_at or at).date())
    )
    cards.order(
        NewCard(
            person_id=case.person_id,
            permit_id=permit_id,
            case_number=case.number,
            ground=ground,
            delivery=case.delivery,
            point=case.point,
            printed_on=printed_on,
            due_on=due_on,
        ),
        at=at,
    )
    return due_on


def end(permit_id: int, reason: VoidReason, at: datetime) -> list[str]:
    """Void the card of a permit that ends; a fee whose card is not handed over goes back.

    Returns:
        the numbers of granted cases whose fee was still to be paid and is called off with it.

    """
    card = card_queries.good_card(permit_id)
    if card is None:
        return _call_off(permit_id, at)
    if card.state is not CardState.WITH_HOLDER:
        died = reason is VoidReason.HOLDER_DIED
        why = RefundReason.HOLDER_DIED if died else RefundReason.NOT_MADE
        case_id = Case.objects.values_list("pk", flat=True).get(number=card.case_number)
        refunds.return_fee(case_id=case_id, reason=why, at=at)
    cards.void_of_permit(permit_id=permit_id, reason=reason, at=at)
    return []


def restore(permit_id: int, at: datetime) -> None:
    """Give back what `end` voided; a card made again has its whole time from now."""
    cards.restore(permit_id=permit_id, due_on=ready_by(at.date()), at=at)


def waive(permit_id: int, issued_on: date, at: datetime) -> tuple[Case, date] | None:
    """Take no fee for the card of a permit that was applied for only by our mistake.

    What was paid goes back. Returns the case whose card is ordered now, and until when it is made;
    None when it was ordered before, or none is wanted.
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(permit_id=permit_id, business=Business.FIRST_ISSUE)
        .first()
    )
    if case is None or refunds.return_fee(case_id=case.pk, reason=RefundReason.NOT_OWED, at=at):
        return None
    if not payments.call_off(case_id=case.pk, at=at):
        return None
    return case, order(case, permit_id, CardGround.REAPPLIED, issued_on, at)


def _call_off(permit_id: int, at: datetime) -> list[str]:
    """Let nothing be paid any more for the card of a permit issued on a re-application."""
    granted = Case.objects.select_for_update(of=("self",)).filter(
        permit_id=permit_id, business=Business.FIRST_ISSUE, state=CaseState.APPROVED
    )
    return [case.number for case in granted if payments.call_off(case_id=case.pk, at=at)]


def ready_by(paid_on: date) -> date:
    """Return the last day to have a paid card made: ten working days (guide of 2021)."""
    return working_day_after(paid_on, REISSUE_WORKING_DAYS.on(paid_on).value)
