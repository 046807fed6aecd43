"""What follows for a case when its fee is paid, or is not; called in the payment's transaction.

The case is locked before its order, always: callers of these hold no order yet or take both so.
"""

from datetime import datetime

from django.db import transaction

from juzhu.domain.card import CardGround
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.cards import queries as card_queries
from juzhu.modules.cases import card_orders, effects
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.models import Case
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import refunds
from juzhu.modules.payments.contracts import OrderView, RefundReason
from juzhu.modules.permits import queries as permits
from juzhu.ports.clock import SHENZHEN


@transaction.atomic
def lock(case_id: int) -> None:
    """Lock the case of an order, before the order."""
    Case.objects.select_for_update(of=("self",)).get(pk=case_id)


@transaction.atomic
def fee_paid(*, case_id: int, order: OrderView, at: datetime) -> None:
    """Order the card whose fee is paid; a permit that has ended meanwhile gives the fee back.

    The ten working days run from the day of the payment, not from when it was learnt of.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    permit = permits.permit_of(case.person_id, at.date())
    ended = permit is None or permit.status.state is PermitState.CANCELLED
    if case.business in card_orders.BUSINESSES:
        if case.state != CaseState.TO_PAY:
            return
        if permit is None or ended:
            effects.close(case, CaseState.ENDED, at)
            refunds.return_fee(case_id=case.pk, reason=RefundReason.NOT_MADE, at=at)
            return
        effects.reissue(case, permit, at, paid_at=_paid(order, at))
        return
    if card_queries.card_of_case(case.number) is not None:
        return
    if permit is None or ended or permit.id != case.permit_id:
        refunds.return_fee(case_id=case.pk, reason=RefundReason.NOT_MADE, at=at)
        return
    due_on = card_orders.order(
        case,
        permit.id,
        CardGround.REAPPLIED,
        permit.status.issued_on,
        at,
        paid_at=_paid(order, at),
    )
    effects.tell(case, Occasion.CARD_ORDERED, at, due_on=due_on.isoformat())


def _paid(order: OrderView, at: datetime) -> datetime:
    return (order.payment.paid_at if order.payment else at).astimezone(SHENZHEN)


@transaction.atomic
def fee_lapsed(*, case_id: int, order: OrderView, at: datetime) -> None:
    """End the procedure whose fee was not paid in time, and say so; one may apply again.

    A permit issued on a re-application stays in force: only its card is not made.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    if case.state == CaseState.TO_PAY:
        effects.close(case, CaseState.UNPAID, at)
    pay_by = order.pay_by.astimezone(SHENZHEN).date().isoformat()
    effects.tell(case, Occasion.FEE_LAPSED, at, pay_by=pay_by)
