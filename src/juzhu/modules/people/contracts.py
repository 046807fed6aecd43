"""What may leave the people module."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

CODE_TIME: Final = timedelta(minutes=5)
"""How long a sign-in code is good for."""

PHONE_CODE_TIME: Final = timedelta(minutes=10)
"""How long the code to a new reserved phone is good for."""
MOST_ON_ONE_PHONE: Final = 5
"""Persons whose reserved phone one number may be: a family's."""
NOT_REUSED: Final = timedelta(days=90)
"""A number given up is not handed to somebody else sooner (our reading of the carriers' rule)."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person, decrypted for use inside one request or job. Never log it.

    Attributes:
        id: our own number of the person; the only one that may be logged.
        id_number: citizen number, 18 characters.
        name: as the population base writes it.
        phone: reserved mobile number (预留手机号), None until one is given.
        phone_doubted: the carrier says that the number is nobody's or somebody else's now: nothing
            is sent to it and it opens nothing until the person gives a number again.
        died_on: the day of death as a register of persons told it; nobody signs in as them and
            nothing is sent.

    """

    id: int
    id_number: str
    name: str
    phone: str | None
    phone_doubted: bool = False
    died_on: date | None = None

    @property
    def good_phone(self) -> str | None:
        """The reserved phone, None when there is none or it is doubted."""
        return None if self.phone_doubted else self.phone


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as another register knows them. Never log it.

    Attributes:
        id_number: citizen number, 18 characters, checked.
        name: normalised.
        phone: mobile number, checked; None when there is none.

    """

    id_number: str
    name: str
    phone: str | None


class Door(StrEnum):
    """What is tried at signing in. Failing at one leaves the other open: the law demands it."""

    FACE = "face"
    CODE = "code"  # to the reserved phone


class LockKind(StrEnum):
    """Why an attempt to sign in is not even looked at."""

    LOCKED = "locked"  # five failures for this number at this door
    TOO_MANY = "too_many"  # too many attempts from this address


@dataclass(frozen=True, slots=True)
class Lock:
    """A closed door, and when it opens again."""

    kind: LockKind
    until: datetime


class PhoneProblem(StrEnum):
    """Why a reserved phone was not changed."""

    SAME = "same"  # it is that already
    TOO_MANY = "too_many"  # as many codes as one person, or one number, gets in a day
    WRONG = "wrong"  # the code is not the one sent, or was tried too often, or is too old
    CROWDED = "crowded"  # as many persons as may share a number have it


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A number that has become the reserved phone.

    Attributes:
        phone: the number.
        before: the number before it, None when there was none that was believed in.
        displaced: persons whose reserved phone it was, too, long ago: theirs is doubted now.

    """

    phone: str
    before: str | None
    displaced: tuple[int, ...]
