"""What may leave the channels module."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

PASS_TIME: Final = timedelta(minutes=5)
"""How long a one-time pass leads somewhere."""


class PassKind(StrEnum):
    """What a one-time pass is for."""

    CONTINUE = "continue"  # a form begun on another device; its own person signs in there
    DOCUMENT = "document"  # one download by a mini program, whose requests carry no session
    PAYMENT = "payment"  # likewise, to begin to pay one order


@dataclass(frozen=True, slots=True)
class Passed:
    """What a one-time pass led to.

    Attributes:
        person_id: whose it is.
        content: what was kept with it.

    """

    person_id: int
    content: Any
