"""What may leave the desk module."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from juzhu.modules.audit.contracts import Purpose


class Identified(StrEnum):
    """How the person at the counter was identified; stands beside the officer on every record."""

    CARD = "card"  # 身份证读卡, proven by the reader
    SEEN = "seen"  # the officer looked at the card and typed the number
    CODE = "code"  # on the phone: a code that was sent to the reserved phone came back
    ABSENT = "absent"  # on the phone, or a review: nobody stood there


class Reason(StrEnum):
    """Why an officer looks at a person's data; required before anything is shown."""

    VISIT = "visit"  # 当面办理
    CALL = "call"  # 电话咨询
    REVIEW = "review"  # 人工复核
    SUPERVISION = "supervision"  # 监督检查
    FOLLOW_UP = "follow_up"  # 上门告知: no message reached the person


class ActKind(StrEnum):
    """What an officer did at a desk."""

    LOOKED = "looked"
    NOT_FOUND = "not_found"  # looked for somebody who is not in the register
    SHOWN = "shown"  # a masked value was shown whole
    APPLIED = "applied"
    ENDORSED = "endorsed"
    PRINTED = "printed"
    PHONE_CHANGED = "phone_changed"
    NAME_CORRECTED = "name_corrected"  # typed wrongly when the person was written down
    AGENT_CHANGED = "agent_changed"
    CANCELLED = "cancelled"
    DISPUTE_TAKEN = "dispute_taken"  # the person says: data about me are wrong
    HEARD = "heard"  # what a holder says to doubts about the permit
    END_DISPUTED = "end_disputed"  # the person says: I never asked for the cancellation
    REVIEW_ASKED = "review_asked"  # for the person: let a human look at the refusal
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"  # a case in the review queue
    CARD_HANDED_OVER = "card_handed_over"
    CARD_REFUSED = "card_refused"
    CARD_ARRIVED = "card_arrived"  # taken into the stock of the point
    CARD_SPOILED = "card_spoiled"
    CARD_DESTROYED = "card_destroyed"
    FOLLOWED_UP = "followed_up"  # somebody whom no message reached
    HELPER_NAMED = "helper_named"  # a relative who may act for the person
    HELPER_ENDED = "helper_ended"
    CONSENT_GIVEN = "consent_given"  # to being endorsed without asking
    CONSENT_ENDED = "consent_ended"
    CALL_PROVEN = "call_proven"  # a code read out on the telephone was right
    SHARE_SENT = "share_sent"  # a share code, to the reserved phone
    WRITTEN_DOWN = "written_down"  # a person met for the first time


QUIET = (ActKind.LOOKED, ActKind.NOT_FOUND, ActKind.SHOWN)
"""Looks, not business: left out of the list of what was done today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Through whose hands something goes: the officer, where, and how the person was identified.

    Attributes:
        username: staff number of the officer.
        shift_id: the running shift, None outside one.

    """

    username: str
    point: str
    window: str
    identified: Identified
    shift_id: int | None = None

    @property
    def purpose(self) -> Purpose:
        """What the holder reads about it in their ledger."""
        return Purpose.DESK_CALL if self.identified is Identified.CODE else Purpose.DESK_VISIT

    @property
    def actor(self) -> str:
        """The name in the ledger."""
        return f"officer:{self.username}"


@dataclass(frozen=True, slots=True)
class ActView:
    """One line of the day list."""

    at: datetime
    officer: str
    window: str
    person_id: int | None
    kind: ActKind
    occasion: str
    identified: Identified
    outcome: str


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift (班): who works at which window since when.

    Attributes:
        counts: what was done, by kind; filled in when the shift ends.
        note: what the next one must know.

    """

    id: int
    username: str
    point: str
    window: str
    began_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """The tickets of a point today.

    Attributes:
        serving: the number called to this window and not done, "" for none.
        waiting: how many wait.
        longest_minutes: how long the first of them has waited.

    """

    serving: str
    waiting: int
    longest_minutes: int
