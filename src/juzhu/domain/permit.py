"""The life of a permit: a fold of its actions; calendar states follow from dates alone."""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter

from juzhu.domain.permit_acts import (
    Action,
    ActionKind,
    CancelReason,
    EndorsementAfterCancellationError,
    EndorsementTooEarlyError,
    PermitHistoryError,
    PermitStatus,
    Turn,
    TurnKind,
    Turns,
)
from juzhu.domain.permit_life import Life

__all__ = [
    "Action",
    "ActionKind",
    "CancelReason",
    "EndorsementAfterCancellationError",
    "EndorsementTooEarlyError",
    "PermitHistoryError",
    "PermitStatus",
    "Turn",
    "TurnKind",
    "Turns",
    "ending",
    "held_periods",
    "status_and_periods",
    "status_on",
    "turns",
]

_DAY = attrgetter("on")


def status_on(actions: Sequence[Action], on: date) -> PermitStatus | None:
    """Return the permit as of the end of day `on`; None before its issue.

    Actions dated after `on` are ignored; those of one day count in the order given. The dates
    are those of the running year, also when the permit is suspended or cancelled in it.

    Raises:
        NotInForceError: the permit is dated before the Regulations took effect.
        PermitHistoryError: the actions contradict each other or the law.

    """
    life = _lived(actions, on)
    return life.status(on) if life else None


def ending(actions: Sequence[Action]) -> date | None:
    """Return the first day on which the permit is cancelled if nothing more happens.

    None while an open case holds the cancellation. Two permits of one person must not overlap:
    the earlier has to end by the day on which the later is issued.
    """
    life = _lived(actions, date.max)
    return life.cancelled_on if life else None


def held_periods(actions: Sequence[Action], on: date) -> list[tuple[date, date]]:
    """Return the spans in which the permit is valid, as known on `on`: first and last day.

    A late endorsement starts a new span and a suspension lies between the two. The last span
    reaches to the last valid day, which may be after `on`.
    """
    life = _lived(actions, on)
    return life.periods() if life else []


def turns(actions: Sequence[Action]) -> Turns:
    """Return the turns that all actions add up to; a cancelled or annulled act makes none."""
    life = _lived(actions, date.max)
    return life.turns() if life else Turns()


def status_and_periods(
    actions: Sequence[Action], on: date
) -> tuple[PermitStatus, list[tuple[date, date]]] | None:
    """Return what `status_on` and `held_periods` say, folding once; None before the issue.

    Raises:
        NotInForceError: the permit is dated before the Regulations took effect.
        PermitHistoryError: the actions contradict each other or the law.

    """
    life = _lived(actions, on)
    return (life.status(on), life.periods()) if life else None


def _lived(actions: Iterable[Action], on: date) -> Life | None:
    """Return the life that the actions effective by `on` add up to; None when there is none."""
    past = [action for action in actions if action.on <= on]
    if not past:
        return None
    past.sort(key=_DAY)
    first, *rest = past
    if first.kind is not ActionKind.ISSUED:
        raise PermitHistoryError(
            f"{first.on} lies before the issue: {first.kind} cannot come first"
        )
    life = Life(first.on)
    if [act for act in rest if act.kind is _ANNULLED or act.kind is _UNDONE]:
        rest = [*_without_undone(_without_annulled(rest))]
    for action in rest:
        life.apply(action)
    return life


def _without_annulled(actions: Sequence[Action]) -> Sequence[Action]:
    """Return the actions without cancellations that were annulled later: they never were.

    An annulment that names a reason takes back the cancellations for that reason alone: who was
    wrongly taken for dead may still have become a resident of Shenzhen in between.
    """
    left: list[Action] = []
    for act in actions:
        if act.kind is _ANNULLED:
            left = [it for it in left if not _is_annulled(it, act.reason)]
        left.append(act)
    return left


def _is_annulled(act: Action, reason: CancelReason | None) -> bool:
    return act.kind is _CANCELLED and reason in (None, act.reason)


def _without_undone(actions: Sequence[Action]) -> Sequence[Action]:
    """Return the actions without endorsements that were taken back, and without the taking back."""
    left: list[Action] = []
    for act in actions:
        if act.kind is not _UNDONE:
            left.append(act)
            continue
        made = [n for n, before in enumerate(left) if before.kind is _ENDORSED]
        if not made:
            raise PermitHistoryError(f"{act.on}: there is no endorsement to take back")
        del left[made[-1]]
    return left


_UNDONE = ActionKind.ENDORSEMENT_UNDONE
_ENDORSED = ActionKind.ENDORSED
_ANNULLED = ActionKind.CANCELLATION_ANNULLED
_CANCELLED = ActionKind.CANCELLED
