"""What the registers of persons tell by themselves: hukou gained, death, number corrected.

The population base and civil affairs keep a feed each event of which has a place. Reading is by
place, so nothing is lost while either side is away, and reading again does no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class LifeKind(StrEnum):
    """What a source says has happened."""

    HUKOU_GAINED = "hukou_gained"  # 转为深圳户籍
    DEATH = "death"  # 死亡
    NUMBER_CORRECTED = "number_corrected"  # 公民身份号码更正 (重号, 错号)
    TAKEN_BACK = "taken_back"  # an earlier event was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEvent:
    """One event of the feed. Never log it.

    Attributes:
        position: its place in the feed, from 1 without gaps.
        key: its name, for ever, at most 40 characters.
        source: `population` (人口库) or `civil-affairs` (民政).
        kind: what happened.
        id_number: of whom, as it was before.
        on: the civil day since which it is so.
        new_number: the right number, for NUMBER_CORRECTED, else "".
        undoes: key of the event taken back, for TAKEN_BACK, else "".

    """

    position: int
    key: str
    source: str
    kind: LifeKind
    id_number: str
    on: date
    new_number: str = ""
    undoes: str = ""


class LifeEventsUnavailableError(Exception):
    """The feed is silent or cannot be understood; nothing is lost, ask later."""


class LifeEvents(Protocol):
    """The feed."""

    def after(self, position: int, *, limit: int) -> Sequence[LifeEvent]:
        """Return up to `limit` events behind `position`, in their order.

        Raises:
            LifeEventsUnavailableError: no answer that can be believed.

        """
