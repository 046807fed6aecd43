"""What may leave the verifications module."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from juzhu.domain.verification import Verification
from juzhu.modules.audit.contracts import Purpose

RECEIPT_YEARS: Final = 2
JOB_DAYS: Final = 7
"""How long the result of a job can be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and what the law lets them ask.

    Attributes:
        partner_id: our own number of the partner.
        actor: as the ledger writes it, `partner:education`.
        purpose: what for.
        basis: legal basis as the holder reads it.
        fields: names of what the answer shows.
        confidential: for how long the holder is not shown the look.
        per_subject_per_day: looks at one person a day above which an alert is raised.

    """

    partner_id: int
    actor: str
    purpose: Purpose
    basis: str
    fields: tuple[str, ...]
    confidential: timedelta = timedelta(0)
    per_subject_per_day: int = 20


class Look(NamedTuple):
    """One question about one person: who they are said to be, and as of which day."""

    id_digest: bytes
    name: str  # normalised
    as_of: date

    def __repr__(self) -> str:
        return f"Look(as_of={self.as_of})"  # of the person nothing, wherever it is shown


@dataclass(frozen=True, slots=True)
class Call:
    """Questions that are answered together, in order, under one receipt."""

    receipt_id: UUID
    asker: Asker
    looks: Sequence[Look]
    request_sha256: bytes


class Told(NamedTuple):
    """The answer to one look, and the partner's own name for a person it has found."""

    as_of: date
    verification: Verification
    subject: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the caller receives and may ask for again: the very bytes, and our signature."""

    answer: bytes = field(repr=False)
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When an answer was made, and up to when everything committed is in it."""

    checked_at: datetime
    data_as_of: datetime


class Unanswerable(Exception):  # noqa: N818  # an answer that is missing, not an error of the caller
    """What the register holds about somebody contradicts the law; an operator has to look."""
