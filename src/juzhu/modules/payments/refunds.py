"""Money going back: by itself when it does not count, else by two officers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments.contracts import RefundReason, RefundState, Surplus
from juzhu.modules.payments.models import Refund, RefundProposal, RefundStep, Settlement
from juzhu.modules.payments.queries import RefundNotFoundError, refund_view
from juzhu.modules.people import queries as people

SYSTEM = "system:payments"


def return_surplus(settlement: Settlement, surplus: Surplus, at: datetime) -> None:
    """Give back all of what does not count; call inside the transaction that settles it."""
    _ask(
        settlement,
        amount_fen=settlement.amount_fen,
        reason=RefundReason(surplus.value),
        at=at,
        asked_by=SYSTEM,
    )


def return_fee(*, case_id: int, reason: RefundReason, at: datetime) -> bool:
    """Give the whole fee of a case back because its card is not made or not handed over.

    Nobody decides here: what was paid for is not there. Call inside the transaction of the cause;
    says whether there was something to give back.
    """
    settlement = (
        Settlement.objects.select_for_update(of=("self",))
        .filter(order__case_id=case_id, surplus="")
        .order_by("-pk")
        .first()
    )
    left = left_of(settlement) if settlement else 0
    if settlement is None or not left:
        return False
    _ask(settlement, amount_fen=left, reason=reason, at=at, asked_by=SYSTEM)
    return True


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal waits for another officer under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More than is left of what came; nothing was written."""

    left_fen: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal of this payment waits already; nothing was written."""


@transaction.atomic
def propose(
    *, attempt_number: str, amount_fen: int, words: str, officer: str, at: datetime
) -> Proposed | TooMuch | Waiting:
    """Propose to give money back; another officer has to agree.

    Args:
        attempt_number: whose money.
        amount_fen: above 0 and at most what is left.
        words: why, as the other officer reads it; never empty.
        officer: staff number.
        at: now.

    Raises:
        RefundNotFoundError: nothing came for this attempt.
        ValueError: no words, or nothing to give back.

    """
    if not words.strip() or amount_fen <= 0:
        raise ValueError("a refund needs an amount and words")
    settlement = _settlement(attempt_number)
    left = left_of(settlement)
    if amount_fen > left:
        return TooMuch(left)
    if RefundProposal.objects.filter(settlement=settlement, answered_at__isnull=True).exists():
        return Waiting()
    row = RefundProposal.objects.create(
        settlement=settlement,
        amount_fen=amount_fen,
        words=words.strip(),
        proposed_by=officer,
        proposed_at=at,
    )
    _note(settlement, officer, "refund_proposed", at)
    return Proposed(row.pk)


@dataclass(frozen=True, slots=True)
class Answered:
    """The proposal is answered; `refund_number` is "" when it was turned down."""

    refund_number: str


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Whoever proposed cannot agree; nothing was written."""


@dataclass(frozen=True, slots=True)
class Over:
    """It is answered already, or less is left than was proposed."""


@transaction.atomic
def answer(
    *, proposal_number: int, accept: bool, officer: str, at: datetime
) -> Answered | SamePerson | Over:
    """Agree to a proposed refund, or turn it down; never by whoever proposed it."""
    row = RefundProposal.objects.select_for_update(of=("self",)).filter(pk=proposal_number).first()
    if row is None or row.answered_at is not None:
        return Over()
    if row.proposed_by == officer:
        return SamePerson()
    settlement = Settlement.objects.select_for_update(of=("self",)).get(pk=row.settlement_id)
    if accept and row.amount_fen > left_of(settlement):
        return Over()
    row.answered_by, row.answered_at, row.accepted = officer, at, accept
    row.save(update_fields=("answered_by", "answered_at", "accepted"))
    _note(settlement, officer, "refund_agreed" if accept else "refund_turned_down", at)
    if not accept:
        return Answered("")
    made = _ask(
        settlement,
        amount_fen=row.amount_fen,
        reason=RefundReason.BY_HAND,
        at=at,
        asked_by=row.proposed_by,
        proposal=row,
    )
    return Answered(made.number)


@transaction.atomic
def done(*, number: str, at: datetime) -> bool:
    """Note that the money is back, and tell the person; False when it was known."""
    row = _locked(number)
    _, fresh = RefundStep.objects.get_or_create(refund=row, kind="done", defaults={"at": at})
    order = row.settlement.order
    if fresh and not people.has_died(order.person_id):  # then there is nobody to tell
        by_hand = row.reason not in (Surplus.LATE, Surplus.TWICE, Surplus.WRONG_AMOUNT)
        notices.write(
            person_id=order.person_id,
            occasion=Occasion.FEE_REFUNDED if by_hand else Occasion.PAYMENT_RETURNED,
            subject=row.number,
            values={
                "amount": yuan(row.amount_fen),
                "on": row.settlement.paid_at.astimezone(at.tzinfo).date().isoformat(),
                "number": order.number,
            },
            phone=people.person(order.person_id).phone,
            at=at,
            case_number=order.case_number,
        )
    return fresh


@transaction.atomic
def failed(*, number: str, detail: str, at: datetime) -> None:
    """Note that the gateway cannot carry it out: an officer has to see to it."""
    RefundStep.objects.get_or_create(
        refund=_locked(number), kind="failed", defaults={"at": at, "detail": detail[:100]}
    )


@transaction.atomic
def again(*, number: str, officer: str, at: datetime) -> bool:
    """Let the gateway be asked once more for a refund that failed; False for any other."""
    row = _locked(number)
    if refund_view(row).state is not RefundState.FAILED:
        return False
    _note(row.settlement, officer, "refund_again", at)
    queue.defer(queue.CARRY_OUT_REFUND, number=number)
    return True


def left_of(settlement: Settlement) -> int:
    """Return how many fen of what came have not been given back."""
    back = Refund.objects.filter(settlement=settlement).aggregate(sum=Sum("amount_fen"))["sum"]
    return settlement.amount_fen - (back or 0)


def yuan(fen: int) -> str:
    """Return an amount as people read it: 2000 is 20, 2050 is 20.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _ask(
    settlement: Settlement,
    *,
    amount_fen: int,
    reason: RefundReason,
    at: datetime,
    asked_by: str,
    proposal: RefundProposal | None = None,
) -> Refund:
    count = Refund.objects.filter(settlement=settlement).count()
    row = Refund.objects.create(
        number=f"{settlement.attempt.number}R{count + 1}",
        settlement=settlement,
        proposal=proposal,
        amount_fen=amount_fen,
        reason=reason,
        asked_at=at,
        asked_by=asked_by,
        approved_by=proposal.answered_by if proposal else "",
    )
    queue.defer(queue.CARRY_OUT_REFUND, number=row.number)
    return row


def _note(settlement: Settlement, officer: str, note: str, at: datetime) -> None:
    audit.record(
        person_id=settlement.order.person_id,
        actor=f"officer:{officer}",
        purpose=Purpose.PAYMENT,
        at=at,
        fields=("payment",),
        occasion=settlement.order.number,
        note=note,
    )


def _settlement(attempt_number: str) -> Settlement:
    row = (
        Settlement.objects.select_related("order", "attempt")
        .select_for_update(of=("self",))
        .filter(attempt__number=attempt_number)
        .first()
    )
    if row is None:
        raise RefundNotFoundError(attempt_number)
    return row


def _locked(number: str) -> Refund:
    row = (
        Refund.objects.select_related("settlement__order", "settlement__attempt")
        .select_for_update(of=("self",))
        .filter(number=number)
        .first()
    )
    if row is None:
        raise RefundNotFoundError(number)
    return row
