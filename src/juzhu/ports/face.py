"""Checking that the person at the phone is the person they say (刷脸, trust level 4)."""

from dataclasses import dataclass
from typing import Protocol


class FaceUnavailableError(Exception):
    """The face service did not answer; offer the other way to sign in."""


@dataclass(frozen=True, slots=True)
class FaceVerdict:
    """The face service's answer: `matched`, and its receipt number. No picture is kept."""

    matched: bool
    receipt: str


class FaceCheck(Protocol):
    """A service that compares a living face with the national photograph."""

    simulated: bool
    """True only for the sandbox; `juzhu doctor` refuses it elsewhere and pages say so."""

    def verify(self, *, id_number: str, name: str) -> FaceVerdict:
        """Compare the person's face now with the photograph held for `id_number`.

        A number that does not exist, or a name that does not belong to it, is simply not matched.

        Raises:
            FaceUnavailableError: no answer.

        """
