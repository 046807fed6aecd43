"""What may leave the mandates module."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

WORDING: Final = 1
"""Edition of what the holder agrees to (`web/helpers/terms.html`); raise it when it changes."""
MOST_HELPED: Final = 5
"""Persons one helper may act for at a time: a family, not a trade."""
MOST_HELPERS: Final = 2
"""Helpers one person may have at a time."""
LONGEST_MONTHS: Final = 12
ADULT_YEARS: Final = 18
"""Who acts for somebody has full capacity for civil conduct (民法典 第十七条、第十八条)."""
CODE_TIME: Final = timedelta(minutes=10)
"""How long the code to the holder's phone is good for."""


class Task(StrEnum):
    """What a helper may do. Nothing else: no change of phone, agent or account, no cancellation."""

    SEE = "see"  # the state of the permit, cases, the card
    ENDORSE = "endorse"
    APPLY = "apply"  # 申领、补领、换领
    PAY = "pay"
    SHEET = "sheet"  # have an information sheet made, see and save it


class Way(StrEnum):
    """How the holder gave the mandate."""

    SELF = "self"  # in a session of their own, with a fresh proof
    COUNTER = "counter"  # before an officer who read the identity card
    CODE = "code"  # by reading a code on their phone to the helper


class End(StrEnum):
    """Who ended a mandate before its day."""

    HOLDER = "holder"
    HELPER = "helper"
    COUNTER = "counter"  # the holder, before an officer
    PHONE = "phone"  # the holder, on the telephone, with a code
    RENEWED = "renewed"  # by the next one for the same helper


class MandateProblem(StrEnum):
    """Why no mandate was given."""

    SELF = "self"  # nobody is their own helper
    MINOR = "minor"  # the helper is not of age
    MANY_HELPERS = "many_helpers"  # the holder has as many as one may have
    MANY_HELPED = "many_helped"  # the helper acts for as many as one may
    TOO_MANY = "too_many"  # as many codes as one helper may ask for in a day
    WRONG = "wrong"  # the code is not the one sent, tried too often, or too old


class NotMandatedError(PermissionError):
    """No mandate in force covers this act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is granted, and until when.

    Attributes:
        tasks: never empty; SEE is always among them.
        through: the last day, inclusive.

    """

    tasks: frozenset[Task]
    through: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom the holder names as helper. Never log it."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How the mandate was given, kept for good.

    Attributes:
        way: by which way.
        details: what proves it, without personal data: ways and levels of the session, staff
            number, point and window of the officer, or request and times of the code.

    """

    way: Way
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateView:
    """A mandate (委托代理授权).

    Attributes:
        id: our number of it; the helper stands in the ledger as `helper:<id>`.
        holder_id: for whom.
        helper_name: as the holder named them. Never log it.
        since: the first day.
        through: the last day, inclusive; after it the mandate is over by itself.
        ended_at: when it was ended before that, None when it was not.

    """

    id: int
    holder_id: int
    helper_name: str
    tasks: frozenset[Task]
    since: date
    through: date
    way: Way
    given_at: datetime
    ended_at: datetime | None
    ended_by: str

    def in_force(self, on: date) -> bool:
        """Say whether it holds on that day: computed from its days and its end, never swept."""
        return self.ended_at is None and self.since <= on <= self.through

    @property
    def actor(self) -> str:
        """The helper's name in the ledger."""
        return f"helper:{self.id}"
