"""The checks under way: who may begin one, what each has seen, and the end of all it has seen.

Everything is in the memory of this process and nowhere else: frames while they are looked at, the
numbers of a face until its check ends or runs out. Nothing is written, nothing is logged.
"""

import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from juzhu.face.challenge import WINDOW_SECONDS, Action, Challenge, Moment, Over
from juzhu.face.detector import overlap
from juzhu.face.embedding import distance
from juzhu.face.frames import Seen, Trouble, look, reference
from juzhu.face.networks import Array

THRESHOLD: Final = 0.48
SAME_FACE: Final = 0.45
"""Most that one face differs from itself within one check, in front of the camera."""
FRAMES_A_SECOND: Final = 10
MOST_CHECKS: Final = 200
LIFE_SECONDS: Final = WINDOW_SECONDS + 30.0
_FACES_KEPT: Final = 3
_BURST: Final = 10
_HELD_BY_A_JUMP: Final = 0.05
"""Least that a face covers of where it was one frame before."""


class TooBusyError(Exception):
    """As many checks are under way as this process takes."""


class UnknownCheckError(Exception):
    """No such check: never begun, ended, or run out."""


class ForeignCheckError(Exception):
    """A check of another process, most likely of the one before this."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come.

    Attributes:
        done: actions seen.
        of: how many there are.
        action: what to do now; None: look straight ahead.
        trouble: why the latest frame showed nothing to go by.
        over: why the check has failed.
        succeeded: whether every action was seen.

    """

    done: int
    of: int
    action: Action | None
    trouble: Trouble | None
    over: Over | None
    succeeded: bool


@dataclass(slots=True)
class _Check:
    challenge: Challenge
    began: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    faces: list[Array] = field(default_factory=list)
    compared: int = -1
    """For how many done actions a face has been taken."""
    box: Array | None = None
    arrived: float = 0.0
    looked_at: int = 0
    trouble: Trouble | None = None

    def progress(self) -> Progress:
        it = self.challenge
        return Progress(it.done, len(it.actions), it.present, self.trouble, it.over, it.succeeded)


class Checks:
    """All checks of this process; safe to use from several threads."""

    def __init__(
        self,
        *,
        threshold: float = THRESHOLD,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self._threshold = threshold
        self._clock = clock
        self._chance = chance or random.SystemRandom()
        self._under_way: dict[str, _Check] = {}
        self._mark = secrets.token_urlsafe(6) + "."
        self._lock = threading.Lock()

    def begin(self) -> str:
        """Begin a check; return its one-time name.

        Raises:
            TooBusyError: too many are under way.

        """
        now = self._clock()
        with self._lock:
            for name in [n for n, it in self._under_way.items() if now - it.began > LIFE_SECONDS]:
                del self._under_way[name]
            if len(self._under_way) >= MOST_CHECKS:
                raise TooBusyError
            name = self._mark + secrets.token_urlsafe(24)
            self._under_way[name] = _Check(Challenge.made(self._chance), now, arrived=now)
            return name

    def look_at(self, name: str, frames: Sequence[bytes]) -> Progress:
        """Look at the next frames, in their order; more than ten a second are not looked at.

        Raises:
            UnknownCheckError: no such check.
            ForeignCheckError: another process has begun it.

        """
        check, now = self._check(name), self._clock()
        with check.lock:
            allowed = (now - check.began) * FRAMES_A_SECOND + _BURST - check.looked_at
            taken = frames[: max(0, int(allowed))]
            step = (now - check.arrived) / max(1, len(taken))
            for number, frame in enumerate(taken, 1):
                self._look(check, frame, at=check.arrived + step * number - check.began)
            check.looked_at += len(taken)
            check.arrived = now
            return check.progress()

    def verdict(self, name: str, photograph: bytes | None) -> bool | None:
        """End the check; say whether the face is the one on the photograph.

        None when the photograph shows no face to compare with; False as well when the challenge
        was not met. Whatever the answer, nothing of the check is left.

        Raises:
            UnknownCheckError: no such check.
            ForeignCheckError: another process has begun it.

        """
        check = self._check(name)
        with self._lock:
            if self._under_way.pop(name, None) is None:
                raise UnknownCheckError
        with check.lock:
            faces, check.faces = check.faces, []
        if not check.challenge.succeeded or not faces:
            return False
        held = None if photograph is None else reference(photograph)
        if held is None:
            return None
        return min(distance(face, held) for face in faces) <= self._threshold

    def __len__(self) -> int:
        """Return how many checks are under way."""
        return len(self._under_way)

    def _check(self, name: str) -> _Check:
        if not name.startswith(self._mark):
            raise ForeignCheckError
        with self._lock:
            check = self._under_way.get(name)
        if check is None or self._clock() - check.began > LIFE_SECONDS:
            raise UnknownCheckError
        return check

    def _look(self, check: _Check, frame: bytes, *, at: float) -> None:
        challenge = check.challenge
        if challenge.over is not None or challenge.succeeded:
            return
        found = look(frame)
        if isinstance(found, Trouble):
            check.trouble = found
            challenge.nothing_seen(at)
            return
        check.trouble = None
        challenge.see(Moment(at, found.yaw, found.openness))
        self._stay_with(check, found)
        if challenge.over is not None:
            check.faces.clear()  # nothing will be compared any more

    def _stay_with(self, check: _Check, found: Seen) -> None:
        """See to it that the face stays the same one; take it for the comparison after each act."""
        challenge, before, check.box = check.challenge, check.box, found.box
        if challenge.over is not None or (not check.faces and not challenge.in_front):
            return
        if before is not None and overlap(found.box, before[None])[0] < _HELD_BY_A_JUMP:
            challenge.over = Over.LOST
            return
        if not challenge.in_front or check.compared == challenge.done:
            return
        face = found.embedding()
        if check.faces and distance(face, check.faces[0]) > SAME_FACE:
            challenge.over = Over.SWAPPED
        check.compared = challenge.done
        check.faces = [*check.faces, face][-_FACES_KEPT:]
