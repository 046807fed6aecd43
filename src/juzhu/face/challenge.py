"""The challenge (活体检测): a few movements in an order the server chose, judged frame by frame.

Pure: numbers and times come in, a state goes out. What a recording cannot know is which movements
come, in which order, and when each is asked for; it fails on the first turn that nobody asked for.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

TURN_DEGREES: Final = 12.0
"""A turn of the head; a flat photograph tilted to 40° moves the mesh by 4° only."""
FRONT_DEGREES: Final = 15.0
BACK_DEGREES: Final = 5.0
"""Back in front of the camera: this near to where the head was at the beginning."""
CLOSED: Final = 0.5
"""Eyes are closed under this share of how far they were open, and open again over `OPEN`."""
OPEN: Final = 0.75
_STEADY_FRAMES: Final = 4
WINDOW_SECONDS: Final = 30.0
"""From the first frame to the last movement."""
ACTION_SECONDS: Final = 8.0
GAP_SECONDS: Final = 2.0
"""Longest time without a frame that shows the face; longer, and it may be another one."""
QUICKEST_SECONDS: Final = 0.25
"""Nobody has moved so soon after being asked to: a recording may have."""
_PAUSES: Final = (0.4, 1.2)


class Action(StrEnum):
    """A movement, from the person's own point of view."""

    BLINK = "blink"
    LEFT = "left"
    RIGHT = "right"


class Over(StrEnum):
    """Why a challenge has ended without success."""

    UNSEEN = "unseen"  # never one face that looked straight ahead: nothing was asked for
    TOO_SLOW = "too_slow"
    LOST = "lost"  # the face was gone, or jumped
    WRONG = "wrong"  # another movement than the one asked for, or none was asked for
    TOO_SOON = "too_soon"  # a movement before anybody could have reacted
    SWAPPED = "swapped"  # not the face that began


@dataclass(frozen=True, slots=True)
class Moment:
    """What one frame showed: seconds since the beginning, degrees of yaw, openness of the eyes."""

    at: float
    yaw: float
    openness: float


def chosen(chance: random.Random) -> tuple[Action, ...]:
    """Return two or three movements, at least one of them a turn, none twice in a row."""
    count = chance.choice((2, 3))
    while True:
        actions = tuple(chance.choice(list(Action)) for _ in range(count))
        repeated = any(one is other for one, other in pairwise(actions))
        if not repeated and set(actions) != {Action.BLINK} and Action.BLINK in actions:
            return actions


@dataclass(slots=True)
class Challenge:
    """One person's challenge, as far as it has come.

    Attributes:
        actions: what will be asked for, in this order; each is told only when its turn comes.
        pauses: seconds of looking straight ahead before each action.
        done: how many actions have been seen.
        asked: whether the next action has been told.
        over: why it has failed, None while it runs or when it has succeeded.

    """

    actions: tuple[Action, ...]
    pauses: tuple[float, ...]
    done: int = 0
    asked: bool = False
    over: Over | None = None
    _first: float | None = None
    _last: float = 0.0
    _since: float = 0.0
    """When the present pause began, or the present action was told."""
    _steady: list[Moment] = field(default_factory=list)
    _front: tuple[float, float] | None = None
    _straight: bool = False
    _turned: bool = False
    _closed: bool = False

    @classmethod
    def made(cls, chance: random.Random) -> "Challenge":
        """Return a new challenge."""
        actions = chosen(chance)
        return cls(actions, tuple(chance.uniform(*_PAUSES) for _ in actions))

    @property
    def succeeded(self) -> bool:
        """Whether every action has been seen."""
        return self.over is None and self.done == len(self.actions)

    @property
    def present(self) -> Action | None:
        """The action that the person is being asked for, None while they look straight ahead."""
        return self.actions[self.done] if self.asked and not self.succeeded else None

    @property
    def in_front(self) -> bool:
        """Whether the face looks straight ahead just now, open-eyed: a frame to compare."""
        return self._straight and not self._turned and not self._closed

    def nothing_seen(self, at: float) -> None:
        """Note a frame without one usable face."""
        self._begin(at)
        self._check_time(at)
        if self.over is None and self._front is not None and at - self._last > GAP_SECONDS:
            self.over = Over.LOST

    def see(self, moment: Moment) -> None:
        """Go on by one frame."""
        self._begin(moment.at)
        self._check_time(moment.at)
        if self.over is not None or self.succeeded:
            return
        if self._front is None:
            self._get_ready(moment)
        else:
            self._follow(moment, self._front)
        self._last = moment.at

    def _begin(self, at: float) -> None:
        if self._first is None:
            self._first = self._last = at

    def _check_time(self, at: float) -> None:
        assert self._first is not None, "begun"
        if self.over is not None or self.succeeded:
            return
        slow = self.asked and at - self._since > ACTION_SECONDS
        if at - self._first > WINDOW_SECONDS or slow:
            self.over = Over.UNSEEN if self._front is None else Over.TOO_SLOW

    def _get_ready(self, moment: Moment) -> None:
        """Wait for a few frames of a face that looks straight ahead with open eyes."""
        if self._steady and moment.at - self._last > GAP_SECONDS:
            self._steady.clear()
        if abs(moment.yaw) > FRONT_DEGREES:
            self._steady.clear()
            return
        self._steady.append(moment)
        if len(self._steady) < _STEADY_FRAMES:
            return
        self._front = _baseline(self._steady)
        self._since, self._straight = moment.at, True

    def _follow(self, moment: Moment, front: tuple[float, float]) -> None:
        if moment.at - self._last > GAP_SECONDS:
            self.over = Over.LOST
            return
        turn = moment.yaw - front[0]
        self._straight = abs(turn) < BACK_DEGREES
        turned = Action.LEFT if turn > TURN_DEGREES else Action.RIGHT
        if abs(turn) > TURN_DEGREES and not self._turned:
            self._turn_begins(turned, moment.at)
        elif self._turned and self._straight:
            self._turned = False
            self._finish(moment.at)
        self._watch_eyes(moment, front[1], still=abs(turn) < TURN_DEGREES)
        if not self.asked and not self._turned and self._paused(moment.at):
            self.asked, self._since, self._closed = True, moment.at, False

    def _turn_begins(self, turned: Action, at: float) -> None:
        if self.present is not turned:
            self.over = Over.WRONG
        elif at - self._since < QUICKEST_SECONDS:
            self.over = Over.TOO_SOON
        else:
            self._turned = True

    def _watch_eyes(self, moment: Moment, open_by: float, *, still: bool) -> None:
        """See the lids fall and rise; people blink by themselves, so a blink is never wrong."""
        if self.present is not Action.BLINK or not still:
            return
        if moment.openness < open_by * CLOSED:
            self._closed = moment.at - self._since >= QUICKEST_SECONDS
        elif self._closed and moment.openness > open_by * OPEN:
            self._closed = False
            self._finish(moment.at)

    def _finish(self, at: float) -> None:
        self.done, self.asked, self._since = self.done + 1, False, at

    def _paused(self, at: float) -> bool:
        return self.done < len(self.actions) and at - self._since >= self.pauses[self.done]


def _baseline(moments: Sequence[Moment]) -> tuple[float, float]:
    return median(it.yaw for it in moments), median(it.openness for it in moments)
