"""What may leave the people module."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

CODE_TIME: Final = timedelta(minutes=5)
"""How long a sign-in code is good for."""


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

    """

    id: int
    id_number: str
    name: str
    phone: str | None
    phone_doubted: bool = False


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


class LockKind(StrEnum):
    """Why an attempt to sign in is not even looked at."""

    LOCKED = "locked"  # five failures for this number
    TOO_MANY = "too_many"  # too many attempts from this address


@dataclass(frozen=True, slots=True)
class Lock:
    """A closed door, and when it opens again."""

    kind: LockKind
    until: datetime
