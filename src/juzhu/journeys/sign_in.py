"""Signing in: by face, or by a code to the reserved phone because the law demands another way.

Whatever the reason nobody is signed in, the answer is the same for a number that exists and one
that does not.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from juzhu import wiring
from juzhu.domain.identity import normalise_name
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.people import services as people
from juzhu.modules.people.contracts import Door, Lock, LockKind
from juzhu.ports.face import FaceUnavailableError

LEVEL_BY_FACE: Final = 4
LEVEL_BY_CODE: Final = 3


class Way(StrEnum):
    """How a person shows who they are."""

    FACE = "face"
    CODE = "code"  # to the reserved phone
    ACCOUNT = "account"  # of the unified identity platform


class SignInProblem(StrEnum):
    """Why nobody was signed in. Deliberately silent on whether the number exists."""

    NOT_MATCHED = "not_matched"
    LOCKED = "locked"  # five failures; until `retry_at`
    TOO_MANY = "too_many"  # too many attempts from one address; until `retry_at`
    UNAVAILABLE = "unavailable"  # the face service is silent


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Signed in, how, and with which trust level of Guangdong's unified platform.

    `alone` is False when an act that cannot be undone must not rest on this way alone; `ago` is how
    many seconds ago the person has shown who they are, somewhere else.
    """

    person_id: int
    way: Way
    level: int
    alone: bool = True
    ago: float = 0.0


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """Nobody signed in; `retry_at` is set for LOCKED and TOO_MANY."""

    problem: SignInProblem
    retry_at: datetime | None = None


def by_face(*, name: str, id_number: str, ip: str, at: datetime) -> SignedIn | NotSignedIn:
    """Sign in by the face check (刷脸); writes the person down on the first visit."""
    attempt = people.begin_attempt(id_number=id_number, door=Door.FACE, ip=ip, at=at)
    if isinstance(attempt, Lock):
        return locked(attempt)
    name = normalise_name(name)
    try:
        verdict = wiring.face().verify(id_number=id_number, name=name)
    except FaceUnavailableError:
        people.forget_attempt(attempt)  # the service failed, not the person
        return NotSignedIn(SignInProblem.UNAVAILABLE)
    if not verdict.matched:
        return NotSignedIn(SignInProblem.NOT_MATCHED)
    person_id = people.meet(id_number=id_number, name=name, at=at)
    succeeded(person_id, attempt, at, Way.FACE)
    return SignedIn(person_id, Way.FACE, LEVEL_BY_FACE)


def send_code(*, id_number: str, phone: str, ip: str, at: datetime) -> NotSignedIn | None:
    """Send a six-digit code if `phone` is the reserved one; say nothing either way (None)."""
    lock = people.ask_code(id_number=id_number, phone=phone, ip=ip, at=at)
    return None if lock is None else locked(lock)


def by_code(
    *, id_number: str, phone: str, code: str, ip: str, at: datetime
) -> SignedIn | NotSignedIn:
    """Sign in with the code sent before: good for five minutes, once, five tries."""
    attempt = people.begin_attempt(id_number=id_number, door=Door.CODE, ip=ip, at=at)
    if isinstance(attempt, Lock):
        return locked(attempt)
    person_id = people.use_code(id_number=id_number, phone=phone, code=code, at=at)
    if person_id is None:
        return NotSignedIn(SignInProblem.NOT_MATCHED)
    succeeded(person_id, attempt, at, Way.CODE)
    return SignedIn(person_id, Way.CODE, LEVEL_BY_CODE)


def succeeded(person_id: int, attempt: int, at: datetime, way: Way) -> None:
    """Note that an attempt has succeeded, in the person's ledger as well."""
    people.succeed(attempt)
    note(person_id, at, way)


def note(person_id: int, at: datetime, way: Way) -> None:
    """Note a sign-in in the person's ledger."""
    audit.record(person_id=person_id, actor="holder:self", purpose=Purpose.SIGN_IN, at=at, note=way)


def locked(lock: Lock) -> NotSignedIn:
    """Return what is said at a closed door."""
    locked = lock.kind is LockKind.LOCKED
    return NotSignedIn(SignInProblem.LOCKED if locked else SignInProblem.TOO_MANY, lock.until)
