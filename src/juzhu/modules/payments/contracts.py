"""What may leave the payments module, and what comes in. Amounts are whole fen, 1/100 yuan."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Fee(StrEnum):
    """What an order is for: the cost of a card (工本费), Article 21."""

    REISSUE = "reissue"  # 补领
    REPLACEMENT = "replacement"  # 换领
    REAPPLICATION = "reapplication"  # 再次申领


class OrderState(StrEnum):
    """Where an order stands; computed, never stored."""

    OPEN = "open"  # may be paid
    OVERDUE = "overdue"  # the time to pay is over; whether somebody paid in time is being asked
    PAID = "paid"
    REFUNDED = "refunded"  # paid, and all of it returned
    LAPSED = "lapsed"  # not paid in time
    CALLED_OFF = "called_off"  # nothing is to be paid any more


class EndKind(StrEnum):
    """Why nothing can be paid any more."""

    LAPSED = "lapsed"
    CALLED_OFF = "called_off"


class AttemptState(StrEnum):
    """Where an attempt to pay stands; computed."""

    OPEN = "open"  # it may still be paid
    SETTLED = "settled"  # the gateway says that it was paid
    CLOSED = "closed"  # the gateway says that it never will be


class Surplus(StrEnum):
    """Why money that came does not count and goes back by itself."""

    LATE = "late"  # after the last moment, or after the order was called off
    TWICE = "twice"  # another attempt had paid the order
    WRONG_AMOUNT = "wrong_amount"  # more or less than was asked for


class RefundReason(StrEnum):
    """Why money goes back."""

    LATE = "late"
    TWICE = "twice"
    WRONG_AMOUNT = "wrong_amount"
    NOT_MADE = "not_made"  # the card that was paid for cannot be made any more
    NOT_OWED = "not_owed"  # the permit before had been ended by mistake: nothing was to be paid
    HOLDER_DIED = "holder_died"  # before the card was handed over
    BY_HAND = "by_hand"  # two officers decided so


class RefundState(StrEnum):
    """Where a refund stands; computed."""

    ASKED = "asked"  # the gateway has been or is being told
    DONE = "done"
    FAILED = "failed"  # the gateway cannot carry it out; an officer has to see to it


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """Money going back, or gone back.

    Attributes:
        number: ours, told to the gateway; the same number is carried out once.
        attempt_number: of the attempt whose money it is.
        asked_by: `system:payments` or the staff number of whoever proposed it.
        approved_by: staff number of the second officer, "" when it went by itself.
        person_id: whose money.

    """

    number: str
    attempt_number: str
    gateway: str
    transaction: str
    amount_fen: int
    paid_fen: int
    reason: RefundReason
    state: RefundState
    asked_at: datetime
    asked_by: str
    approved_by: str
    done_at: datetime | None
    detail: str
    person_id: int
    order_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementView:
    """Money that came.

    Attributes:
        transaction: the gateway's own number.
        surplus: why it does not count, None when it pays the order.
        receipt_number: number of the payment receipt, "" when it does not count.

    """

    attempt_number: str
    gateway: str
    transaction: str
    amount_fen: int
    paid_at: datetime
    settled_at: datetime
    surplus: Surplus | None
    receipt_number: str
    refunds: tuple[RefundView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One attempt to pay.

    Attributes:
        number: ours, told to the gateway (商户订单号).
        way: how the gateway was asked to take the money; see `ports.payments.Way`.
        closes_at: after this moment the gateway takes nothing for it.
        link: what the gateway gave to pay with, "" before it answered.

    """

    number: str
    order_number: str
    gateway: str
    way: str
    amount_fen: int
    begun_at: datetime
    closes_at: datetime
    link: str
    state: AttemptState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """A fee to be paid for one case.

    Attributes:
        number: payment number (缴款单号), e.g. JF20261124000001.
        pay_by: last moment to pay; a payment made by then counts even if it is learnt of later.
        ended_at: when it lapsed or was called off.
        attempts: oldest first.
        settlements: everything that came for it, oldest first.

    """

    number: str
    case_id: int
    case_number: str
    person_id: int
    fee: Fee
    amount_fen: int
    opened_at: datetime
    pay_by: datetime
    state: OrderState
    ended_at: datetime | None
    attempts: tuple[AttemptView, ...]
    settlements: tuple[SettlementView, ...]

    @property
    def payment(self) -> SettlementView | None:
        """What paid the order."""
        return next((it for it in self.settlements if it.surplus is None), None)


class DifferenceKind(StrEnum):
    """How a gateway's bill and the record differ."""

    ONLY_THEIRS = "only_theirs"  # a payment that is not on record
    ONLY_OURS = "only_ours"  # a payment that is in no bill
    AMOUNT = "amount"
    REFUND_ONLY_THEIRS = "refund_only_theirs"
    REFUND_ONLY_OURS = "refund_only_ours"
    REFUND_AMOUNT = "refund_amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """A difference that waits for an officer.

    Attributes:
        number: of the difference.
        day: of the bill it was found with.
        ours: number of the attempt or refund, as the bill or the record has it.
        transaction: the gateway's number of the payment.
        ours_fen: amount on record, None when there is none.
        theirs_fen: amount in the bill, None when there is none.

    """

    number: int
    gateway: str
    day: date
    kind: DifferenceKind
    ours: str
    transaction: str
    ours_fen: int | None
    theirs_fen: int | None
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A refund that waits for a second officer."""

    number: int
    order_number: str
    attempt_number: str
    amount_fen: int
    words: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: attempts without a last word, orders over time, failed refunds, differences."""

    attempts: int
    overdue: int
    failed_refunds: int
    differences: int
    proposals: int
