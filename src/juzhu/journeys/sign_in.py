"""Signing in: by face, or by a code to the reserved phone because the law demands another way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SignInProblem(StrEnum):
    """Why nobody was signed in. Deliberately silent on whether the number exists."""

    NOT_MATCHED = "not_matched"
    LOCKED = "locked"  # five failures; until `retry_at`
    TOO_MANY = "too_many"  # too many attempts from one address; until `retry_at`
    UNAVAILABLE = "unavailable"  # the face service or the population base is silent


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Signed in, with the trust level of Guangdong's unified platform (4 by face, 3 by code)."""

    person_id: int
    level: int


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """Nobody signed in; `retry_at` is set for LOCKED and TOO_MANY."""

    problem: SignInProblem
    retry_at: datetime | None = None


def by_face(*, name: str, id_number: str, ip: str, at: datetime) -> SignedIn | NotSignedIn:
    """Sign in by the face check; creates the person on the first visit."""
    raise NotImplementedError


def send_code(*, id_number: str, phone: str, ip: str, at: datetime) -> NotSignedIn | None:
    """Send a six-digit code if `phone` is the reserved one; says nothing either way (None)."""
    raise NotImplementedError


def by_code(
    *, id_number: str, phone: str, code: str, ip: str, at: datetime
) -> SignedIn | NotSignedIn:
    """Sign in with the code sent before; valid five minutes, once, five tries."""
    raise NotImplementedError
