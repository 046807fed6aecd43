"""What there is to tell about a permit once one more act on it is recorded."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from juzhu.domain.permit import Turn, Turns


class News(NamedTuple):
    """One thing to tell.

    Attributes:
        turn: what became true, or what turned out not to be.
        undone: it was told and is taken back; otherwise it is new.

    """

    turn: Turn
    undone: bool = False


def news(before: Turns, after: Turns, *, told_through: date, on: date) -> Sequence[News]:
    """Return what to tell when an act is recorded: as if the calendar had been told every day.

    First what the calendar had brought and nobody told, even if the act takes it back: who asked
    in the meantime was told so. Then what the act takes back, then what is new, oldest first.

    Args:
        before: the turns known before the act; none for a new permit.
        after: the turns known with it.
        told_through: the day through which suspension and cancellation were told.
        on: today; what lies ahead after it is for the calendar to tell.

    """
    through = max(told_through, on)
    told, true = _told(before, through), _told(after, through)
    return [
        *(News(turn) for turn in before.ahead if told_through < turn.on <= through),
        *(News(turn, undone=True) for turn in told if turn not in true),
        *(News(turn) for turn in true if turn not in told),
    ]


def _told(turns: Turns, through: date) -> list[Turn]:
    return [*turns.happened, *(turn for turn in turns.ahead if turn.on <= through)]
