"""What may leave the webhooks module, and the numbers by which it tries again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

TRIES: Final = 10
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Waits between the ten tries, 75 hours in all, as Standard Webhooks suggests."""
JITTER: Final = 0.1
"""Up to this share of a wait is added to it by chance: the longer the waits, the wider apart."""
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
TRIPS_AFTER: Final = 5
"""Failures in a row after which a target rests and its partner is told."""
LEASE: Final = timedelta(minutes=2)
"""After so long a try that was never reported counts as failed: whoever made it died."""
OVERLAP: Final = timedelta(hours=24)
"""For so long both keys sign after a change."""
KEPT: Final = timedelta(days=30)
MOST_TARGETS: Final = 5
MOST_REPLAYED: Final = 1000


class TargetState(StrEnum):
    """How a target stands."""

    ACTIVE = "active"
    RESTING = "resting"  # failed too often in a row; one delivery is still tried
    DISABLED = "disabled"  # nothing is sent until the partner resumes it


class DeliveryState(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # every try is used up, or the target said that it is gone


class AlertKind(StrEnum):
    """What the partner's contact is told."""

    RESTING = "resting"
    UNREACHABLE = "unreachable"  # every try failed; disabled
    GONE = "gone"  # the target answered 410; disabled


class Told(StrEnum):
    """Whether the contact has been told."""

    OPEN = "open"
    SENT = "sent"  # by SMS or e-mail
    UNTOLD = "untold"  # neither phone nor mailbox takes it


@dataclass(frozen=True, slots=True)
class TargetView:
    """Where a partner wants to be nudged.

    Attributes:
        url: where.
        why: of a disabled target, the reason.
        failures: tries that failed in a row.
        public_keys: Ed25519 keys that sign at the moment, newest first, 32 bytes each.

    """

    id: UUID
    partner_id: int
    url: str
    state: TargetState
    why: str
    failures: int
    created_at: datetime
    public_keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One nudge and what became of it.

    Attributes:
        id: the `webhook-id`; the same at every try and replay.
        next_try_at: None when nothing more is done.
        outcome: of the last try, in a few words.

    """

    id: UUID
    state: DeliveryState
    made_at: datetime
    tries: int
    next_try_at: datetime | None
    outcome: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that somebody has taken on: to be sent now, and reported."""

    delivery: UUID
    url: str
    body: bytes
    private_keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """Something that the partner's contact must know."""

    id: int
    at: datetime
    target: UUID
    partner_id: int
    kind: AlertKind
    url: str
    outcome: str
    told: Told


@dataclass(frozen=True, slots=True)
class Behind:
    """A target with nothing on its way, and how far it has been nudged."""

    target: UUID
    partner_id: int
    told_through: int
