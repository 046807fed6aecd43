"""Sending a short message (短信) and learning what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class SmsRejectedError(Exception):
    """The provider will never take this message: bad number, forbidden text. Do not retry.

    `no_subscriber` says that the number is nobody's.
    """

    def __init__(self, reason: str, *, no_subscriber: bool = False) -> None:
        super().__init__(reason)
        self.no_subscriber = no_subscriber


class SmsNotTakenError(Exception):
    """The provider has certainly not taken it (no connection, throttled): retry anywhere."""


class SmsUnavailableError(Exception):
    """No answer to be believed. The message may have been sent.

    Where the provider takes each key once, retry there with the same key; elsewhere ask what
    became of it and never send again.
    """


class SmsCallbackError(ValueError):
    """What claims to be a receipt is none of this provider's."""


@dataclass(frozen=True, slots=True)
class Sms:
    """One message on its way out.

    Attributes:
        key: ours, never used for two messages.
        phone: 11 digits, a mainland mobile number.
        text: the whole text with its signature, for carriers that take text.
        template: name of the text and its edition, such as `days_7.1`, for those that want it
            approved beforehand.
        values: what the template is filled with, in the order of its places, as the person reads
            it.

    """

    key: str
    phone: str
    text: str
    template: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has it, under this number."""

    number: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will never be taken."""

    reason: str
    no_subscriber: bool


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Certainly not taken; it may be tried again anywhere."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Perhaps taken."""

    reason: str


Result = Taken | Rejected | NotTaken | Unsure
"""What came of handing one message over."""


class Fate(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    UNREACHABLE = "unreachable"  # phone off, full, blocked: it did not arrive
    NO_SUBSCRIBER = "no_subscriber"  # the number is nobody's, or has gone to somebody else
    PENDING = "pending"  # taken and still on its way
    NOT_TAKEN = "not_taken"  # the provider never heard of it


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says became of one message.

    Attributes:
        fate: what became of it.
        number: the provider's own number, "" when it never took it.
        key: our key, where the provider hands it back.
        phone: the number it went to, where the provider says so; a receipt for another phone is
            not believed.
        at: when it arrived, where the provider says so.

    """

    fate: Fate
    number: str
    key: str = ""
    phone: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message whose fate is asked for: key, phone, provider's number if known, when tried."""

    key: str
    phone: str
    number: str
    at: datetime


class SmsGateway(Protocol):
    """A provider of short messages. All its methods but `parse` run on the background loop."""

    @property
    def name(self) -> str:
        """What it is called in settings, tables and logs; at most 16 characters."""

    @property
    def once_per_key(self) -> bool:
        """Whether sending again with the same key is safe: delivered once, same number again."""

    @property
    def standing(self) -> bool:
        """Whether receipts come over a standing connection, on which somebody must listen."""

    @property
    def callback_token(self) -> str:
        """The secret part of the address of its callbacks; "" when it never calls back."""

    @property
    def callback_answer(self) -> bytes:
        """The JSON it wants to hear when a callback was taken in."""

    async def send(self, sms: Sms) -> str:
        """Send and return the provider's own number of the message.

        Raises:
            SmsRejectedError: never retry.
            SmsNotTakenError: certainly not taken.
            SmsUnavailableError: perhaps taken.

        """

    async def ask(self, sent: Sent) -> Receipt | None:
        """Return what became of a message; None when the provider cannot say.

        Raises:
            SmsUnavailableError: no answer; ask later.

        """

    async def arrived(self) -> Sequence[Receipt]:
        """Return the receipts that came over a standing connection, after a moment's wait.

        Only whoever calls this again and again gets any: the connection is kept up by the calls.
        """

    def parse(self, body: bytes) -> Sequence[Receipt]:
        """Read a callback; raise SmsCallbackError when it is none of this provider's."""
