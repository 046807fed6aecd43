"""Taking money through a payment provider (支付机构), giving it back, and reading its bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class PaymentRejectedError(Exception):
    """The provider will never do this: wrong account, wrong amount, already ended. Do not retry."""


class PaymentUnavailableError(Exception):
    """No answer to be believed; the effect may have happened. Repeat with the same number."""


class CallbackRefusedError(ValueError):
    """What claims to be the provider's callback is not, or is too old."""


class BillNotReadyError(Exception):
    """The provider has no bill of that day yet."""


class Device(StrEnum):
    """What the person holds, as far as paying is concerned."""

    WECHAT = "wechat"  # the browser inside WeChat
    MINI_PROGRAM = "mini_program"  # WeChat's, whose own page opens the dialog
    PHONE = "phone"
    DESKTOP = "desktop"


class Way(StrEnum):
    """How the provider is asked to take the money."""

    PAGE = "page"  # the browser goes to a page of the provider
    CODE = "code"  # a QR code that a phone scans (Native)
    BRIDGE = "bridge"  # WeChat's own dialog over our page (JSAPI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the provider is asked to take.

    Attributes:
        number: ours (商户订单号), never used for two charges.
        title: what the person reads at the provider; no personal data.
        closes_at: the provider takes nothing after it.
        notify_url: where its callbacks go.
        return_url: where the browser comes back to; says nothing about success.
        payer: who pays, in the provider's terms, where the way needs it; else "".
        address: IP address of the person's device.

    """

    number: str
    amount_fen: int
    title: str
    way: Way
    device: Device
    closes_at: datetime
    notify_url: str
    return_url: str
    payer: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """It was paid: the provider's own number, how much came, when."""

    transaction: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Not paid so far; it still may be."""


@dataclass(frozen=True, slots=True)
class Closed:
    """It will never be paid: closed by us or by its time."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider never heard of it; until its time is over it may still arrive there."""


Standing = Paid | Unpaid | Closed | Absent
"""Where a charge stands, by the provider's own word."""


class RefundStanding(StrEnum):
    """Where a refund stands at the provider."""

    DONE = "done"
    UNDER_WAY = "under_way"
    FAILED = "failed"  # the payer's account takes nothing back; somebody has to see to it


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """A refund to carry out; the same number is carried out once."""

    number: str
    charge_number: str
    transaction: str
    paid_fen: int
    amount_fen: int
    title: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What a genuine callback says; the truth is what the provider answers when asked.

    Attributes:
        number: of the charge, ours.
        nonce: what tells two callbacks apart; taken once.
        amount_fen: how much it says came, None where it does not say.

    """

    number: str
    nonce: str
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a day's bill.

    Attributes:
        number: ours: of the charge, or of the refund.
        transaction: the provider's number of the payment.
        amount_fen: how much came, or went back; never negative.
        is_refund: it went back.

    """

    number: str
    transaction: str
    amount_fen: int
    is_refund: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """What the page of a payment receipt says.

    Attributes:
        payee: who was paid; also the author in the file's properties.
        number: of the receipt.
        rows: label and value, in order.
        note: what the paper is, and what it is not.
        trial: a line that marks a receipt of the sandbox, "" on a real one.
        made_at: in the file's properties; the same content gives the same bytes.

    """

    title: str
    payee: str
    number_label: str
    number: str
    rows: Sequence[tuple[str, str]]
    note: str
    trial: str
    made_at: datetime


class PaymentGateway(Protocol):
    """A payment provider. Every call has a time limit of its own; none runs in a transaction."""

    @property
    def name(self) -> str:
        """What it is called in settings, tables and logs; at most 16 characters."""

    @property
    def callback_answer(self) -> tuple[str, bytes]:
        """Content type and body it wants to hear when a callback was taken in."""

    @property
    def origins(self) -> Sequence[str]:
        """Web origins that the browser is sent to, for the page's policy."""

    def way_on(self, device: Device) -> Way | None:
        """Return how it takes money on that device; None when it cannot."""

    def identify(self, *, return_url: str, state: str) -> str:
        """Return an address that lets the provider say who pays, "" where it need not be known."""

    def payer(self, code: str) -> str:
        """Return who pays, from the code that came back; errors as for `begin`."""

    def begin(self, charge: Charge) -> str:
        """Ask for a charge; return what is needed to pay it: an address, a code, a number.

        Raises:
            PaymentRejectedError: never retry.
            PaymentUnavailableError: the charge may exist.

        """

    def bridge(self, link: str) -> Mapping[str, str]:
        """Return what the provider's dialog is opened with, signed afresh; only for BRIDGE."""

    def ask(self, number: str) -> Standing:
        """Return where a charge stands; errors as for `begin`."""

    def close(self, number: str) -> None:
        """Let nobody pay a charge from now on; errors as for `begin`."""

    def refund(self, wish: RefundWish) -> RefundStanding:
        """Give money back, or say where that refund stands; errors as for `begin`."""

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """Read a callback.

        Args:
            headers: by names in lower case.
            body: as received.

        Raises:
            CallbackRefusedError: forged, altered, too old, or not about a charge.

        """

    def bill(self, day: date) -> Sequence[BillLine]:
        """Return every payment and refund of a civil day in Asia/Shanghai.

        Raises:
            BillNotReadyError: ask later.
            PaymentUnavailableError: no answer.

        """
