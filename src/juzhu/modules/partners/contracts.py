"""What may leave the partners module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

CODE: Final = r"[a-z][a-z0-9-]{1,31}"
"""A partner's short name: tokens and the ledger carry it."""


class Scope(StrEnum):
    """What a partner may be granted. A verification's scope is its purpose."""

    SCHOOL_ENROLMENT = "verify:school-enrolment"
    PLATE_LOTTERY = "verify:plate-lottery"
    DRIVING_LICENCE = "verify:driving-licence"
    MARRIAGE = "verify:marriage"
    HOUSING = "verify:housing"
    EXIT_ENTRY = "verify:exit-entry"
    HUKOU_POINTS = "verify:hukou-points"
    EVENTS = "events:read"
    SHEETS = "sheets:read"

    @property
    def purpose(self) -> str:
        """The purpose as a verification names it, "" for a scope that verifies nothing."""
        return self.value.removeprefix("verify:") if self.value.startswith("verify:") else ""


class AnswerField(StrEnum):
    """What an answer may hold beyond status, last valid day and instant."""

    CONTINUOUS_SINCE = "continuous_since"
    HELD_PERIODS = "held_periods"
    FIRST_ISSUED_ON = "first_issued_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave to ask for one purpose.

    Attributes:
        scope: the purpose.
        legal_basis: text and article that allow the question; the holder reads it.
        fields: what the answer may hold beyond the least.
        confidential_days: days for which the holder is not shown the look; 0 is at once.
        valid_from: first day in force.
        valid_to: last day in force, None without end.
        per_subject_per_day: questions about one person a day above which an alert is raised.

    """

    scope: Scope
    legal_basis: str
    fields: tuple[AnswerField, ...] = ()
    confidential_days: int = 0
    valid_from: date
    valid_to: date | None = None
    per_subject_per_day: int = 20

    def in_force(self, on: date) -> bool:
        """Say whether it holds on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, after the token was checked, and for what.

    Attributes:
        partner_id: our own number of the partner.
        code: its short name, e.g. `education`.
        grants: every grant of the partner that the token covers, in force or not.

    """

    partner_id: int
    code: str
    grants: Mapping[Scope, Grant]

    @property
    def actor(self) -> str:
        """How the ledger writes it."""
        return f"partner:{self.code}"


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key of a partner, as a JSON Web Key."""

    kid: str
    jwk: Mapping[str, Any]
    thumbprint: str
    added_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerView:
    """A partner as the registry knows it.

    Attributes:
        suspended: shut out: no token is issued and none that is out is honoured.
        dpop: registered for proof of possession: a bare bearer token is refused.
        calls_per_minute: how much it may ask.
        jwks_uri: where it publishes its keys, "" when they are registered here.

    """

    id: int
    code: str
    name: str
    contact: str
    suspended: bool
    dpop: bool
    calls_per_minute: int
    jwks_uri: str
    grants: Mapping[Scope, Grant]
    keys: tuple[RegisteredKey, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """All partners at one instant."""

    partners: Mapping[str, PartnerView] = field(repr=False)

    def partner(self, code: str) -> PartnerView | None:
        """Return the partner with this code, None when there is none."""
        return self.partners.get(code)
