"""What a decision means for the card: ordered at once where it is free."""

from datetime import date, datetime

from juzhu.domain.card import CardGround
from juzhu.domain.parameters import REISSUE_WORKING_DAYS
from juzhu.modules.cards import services as cards
from juzhu.modules.cards.contracts import NewCard
from juzhu.modules.cases.contracts import CardDelivery
from juzhu.modules.cases.deadlines import issue_by
from juzhu.modules.cases.models import Case
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.workdays import working_day_after


def after_issue(case: Case, permit: PermitView, at: datetime) -> None:
    """Order the card of a permit just issued, if one is wanted; the first is free (第二十一条)."""
    if case.delivery != CardDelivery.NONE:
        order(case, permit.id, CardGround.FIRST, permit.status.issued_on, at)


def order(case: Case, permit_id: int, ground: CardGround, printed_on: date, at: datetime) -> None:
    """Order a card that costs nothing, or whose fee is paid."""
    paid = ground is not CardGround.FIRST
    cards.order(
        NewCard(
            person_id=case.person_id,
            permit_id=permit_id,
            case_number=case.number,
            ground=ground,
            delivery=case.delivery,
            point=case.point,
            printed_on=printed_on,
            due_on=ready_by(at.date()) if paid else max(issue_by(case.accepted_on), at.date()),
        ),
        at=at,
    )


def ready_by(paid_on: date) -> date:
    """Return the last day to have a paid card made: ten working days (2021 guide)."""
    return working_day_after(paid_on, REISSUE_WORKING_DAYS.on(paid_on).value)
