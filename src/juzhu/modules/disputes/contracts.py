"""What may leave the disputes module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from juzhu.modules.audit.contracts import Purpose

ANSWER_WORKING_DAYS: Final = 5
"""What the service promises; no article sets a limit for this."""
MOST_WAITING: Final = 10
"""Disputes of one person that may wait at a time: officers answer each by hand."""
MOST_WORDS: Final = 300
"""Characters a person may add, and an officer's answer may have."""


class Reason(StrEnum):
    """Why a person does not accept a look."""

    UNKNOWN = "unknown"  # knows of no matter it could be for
    NOT_THEIRS = "not_theirs"  # this department has no business with it
    TOO_MUCH = "too_much"  # more was seen than needed
    OTHER = "other"  # said in words
    # Of data instead of a look.
    WRONG = "wrong"  # it is not so
    MISSING = "missing"  # something that is so is not there
    OUTDATED = "outdated"  # it was so once


class DataItem(StrEnum):
    """Which data about themselves a person says are wrong; each has a register that keeps it."""

    PERSON = "person"  # name, sex, birth date: the population base
    HUKOU = "hukou"
    REGISTRATIONS = "registrations"
    INSURANCE = "insurance"
    TALENT = "talent"
    ENROLMENT = "enrolment"
    PERMIT = "permit"  # this service's own register


class Verdict(StrEnum):
    """What an officer found."""

    IN_ORDER = "in_order"  # the look was allowed; the answer says why
    NOT_IN_ORDER = "not_in_order"  # it was not; the answer says what is done about it


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    CLAIMED = "claimed"  # an officer is at it
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute, decrypted for one request. Never log it.

    Attributes:
        id: our number of it.
        person_id: who raised it.
        entry_id: number of the ledger's entry, None when it is about data.
        item: which data are said to be wrong, None when it is about a look.
        shown: what was shown then, "" when nothing could be.
        looked_at: when the look was.
        actor: who looked, as the ledger writes it.
        purpose: what for.
        fields: names of what was seen.
        occasion: of the look, "" when none.
        basis: legal basis of the look, "" when none.
        reason: why it is not accepted.
        words: the person's own, "" when none.
        opened_at: when it was raised.
        answer_by: last day for the answer.
        state: where it stands.
        officer: who has claimed or answered it, "" while open.
        verdict: what was found, None before the answer.
        answer: the officer's words, "" before.
        answered_at: None before.

    """

    id: int
    person_id: int
    entry_id: int | None
    item: DataItem | None
    shown: str
    looked_at: datetime
    actor: str
    purpose: Purpose
    fields: tuple[str, ...]
    occasion: str
    basis: str
    reason: Reason
    words: str
    opened_at: datetime
    answer_by: date
    state: DisputeState
    officer: str
    verdict: Verdict | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits for an answer.

    Attributes:
        waiting: disputes without an answer.
        overdue: those whose last day has passed.

    """

    waiting: int
    overdue: int
