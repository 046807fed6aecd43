"""Checking that the person at the phone is the person they say (刷脸, trust level 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

MOST_FRAMES_BYTES: Final = 240 * 1024
"""Of one request with frames; a phone sends a few at a time."""


class FaceUnavailableError(Exception):
    """The face service did not answer; offer the other way to sign in."""


class FaceBusyError(FaceUnavailableError):
    """As many people are being looked at as can be; a moment later there is room."""


class CheckLostError(FaceUnavailableError):
    """The service began anew and knows nothing of the check."""


class UnknownCheckError(Exception):
    """No such check: never begun, ended, or run out of time. A new one can be begun."""


class BadFramesError(ValueError):
    """What was sent is not frames of a camera."""


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


class Movement(StrEnum):
    """What the person is asked to do, from their own point of view."""

    BLINK = "blink"
    LEFT = "left"
    RIGHT = "right"


class FaceTrouble(StrEnum):
    """Why a frame shows nothing to go by; the person can mend it."""

    BROKEN = "broken"
    DARK = "dark"
    NOBODY = "nobody"
    SEVERAL = "several"
    FAR = "far"


class FaceOver(StrEnum):
    """Why a check has failed; a new one can be begun."""

    UNSEEN = "unseen"  # never one face that looked straight ahead: nothing was asked for
    TOO_SLOW = "too_slow"
    LOST = "lost"
    WRONG = "wrong"  # another movement than asked for
    TOO_SOON = "too_soon"
    SWAPPED = "swapped"  # another face than the one that began


@dataclass(frozen=True, slots=True)
class FaceProgress:
    """How far a check has come.

    Attributes:
        done: movements seen.
        of: how many there are.
        action: what to do now; None: look straight ahead.
        trouble: why the latest frame showed nothing to go by.
        over: why the check has failed.
        succeeded: whether every movement was seen.

    """

    done: int
    of: int
    action: Movement | None
    trouble: FaceTrouble | None
    over: FaceOver | None
    succeeded: bool


class LiveFaceCheck(Protocol):
    """A check of our own: frames of the camera go in, movements are asked for, a face is compared.

    Nobody has tested it against copies of a face (ISO/IEC 30107-3), so no act that cannot be
    undone rests on it alone.
    """

    def begin(self) -> str:
        """Begin a check; return its one-time name.

        Raises:
            FaceUnavailableError: no answer, or no room (FaceBusyError).

        """

    def look_at(self, check: str, frames: bytes) -> FaceProgress:
        """Look at the next frames: each JPEG after its length, four bytes, little-endian.

        Raises:
            FaceUnavailableError: no answer, no room (FaceBusyError), or no memory of the check
                since the service began anew.
            UnknownCheckError: begin anew.
            BadFramesError: not frames.

        """

    def verdict(self, check: str, photograph: bytes | None) -> bool | None:
        """End the check; say whether the face is the one on `photograph`.

        None when no face can be told on the photograph. Nothing of the check is left afterwards.

        Raises:
            FaceUnavailableError: no answer.
            UnknownCheckError: it ran out of time.

        """


@dataclass(frozen=True, slots=True)
class FaceTicket:
    """A check by WeChat under way: its name for it, ours, and on whose WeChat it runs."""

    verify_id: str
    number: str
    openid: str


class WechatFaceCheck(Protocol):
    """WeChat's own check (微信人脸核身), on the phone on which WeChat runs."""

    def begin(self, *, openid: str, id_number: str, name: str) -> FaceTicket:
        """Name the person; the page starts the camera with the ticket's `verify_id`.

        Raises:
            FaceUnavailableError: no answer, or a refusal.

        """

    def matched(self, ticket: FaceTicket, *, id_number: str, name: str) -> bool:
        """Say whether the person filmed is the one named; asked again it says the same.

        Raises:
            FaceUnavailableError: no answer, or a refusal.

        """


def packed(frames: Sequence[bytes]) -> bytes:
    """Return frames as `look_at` takes them."""
    return b"".join(len(frame).to_bytes(4, "little") + frame for frame in frames)
