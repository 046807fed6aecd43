"""The life of a permit: a fold of its actions; calendar states follow from dates alone."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from juzhu.domain.calendar import ONE_DAY, anniversary, window_before
from juzhu.domain.parameters import SUSPENSION_YEARS, VALIDITY_YEARS, WINDOW_DAYS
from juzhu.domain.vocabulary import PermitState


class ActionKind(StrEnum):
    """What can happen to a permit; suspension and two-year cancellation are calendar instead."""

    ISSUED = "issued"  # 签发
    ENDORSED = "endorsed"  # 签注, on time or late: the calendar says which
    CASE_OPENED = "case_opened"  # an endorsement case accepted; it holds the two-year cancellation
    CASE_CLOSED = "case_closed"  # that case ended without endorsement: refused or withdrawn
    CANCELLED = "cancelled"  # 注销 by an act: hukou, fraud, death, own request
    CANCELLATION_ANNULLED = "cancellation_annulled"  # a cancellation that never should have been
    REISSUED = "reissued"  # 补领/换领: a new card; no date of the permit changes


class CancelReason(StrEnum):
    """Why a permit ended (条例 第二十七条)."""

    TWO_YEARS_SUSPENDED = "two_years_suspended"
    SHENZHEN_HUKOU = "shenzhen_hukou"
    FRAUD = "fraud"
    DEATH = "death"
    OWN_REQUEST = "own_request"


class Action(NamedTuple):
    """One act on a permit, effective on the legal day `on` (for a case: its acceptance day)."""

    kind: ActionKind
    on: date
    reason: CancelReason | None = None


class PermitStatus(NamedTuple):
    """A permit as it stands on one day. Days are inclusive unless named `..._from` or `..._on`.

    Attributes:
        state: the state on that day.
        issued_on: first day in force (签发日期).
        anchor: the day from which full years are counted: issue or last late endorsement.
        valid_through: last valid day (inclusive).
        window_opens: first day on which endorsement may be requested while valid.
        window_closes: last such day; equals `valid_through`.
        suspended_from: first day without function unless endorsed before.
        cancelled_on: first day of cancellation; None while an open case holds it.
        continuous_since: first issue or last late endorsement.
        endorsements: how many endorsements so far.
        last_endorsed_on: day of the last one, if any.
        cancel_reason: why, when state is CANCELLED.
        case_open: an endorsement case is open.

    """

    state: PermitState
    issued_on: date
    anchor: date
    valid_through: date
    window_opens: date
    window_closes: date
    suspended_from: date
    cancelled_on: date | None
    continuous_since: date
    endorsements: int = 0
    last_endorsed_on: date | None = None
    cancel_reason: CancelReason | None = None
    case_open: bool = False


class PermitHistoryError(ValueError):
    """The actions cannot be the life of one permit; the register refuses to record them."""


class EndorsementTooEarlyError(PermitHistoryError):
    """An endorsement before its window. `opens` and `closes` are the days on which it may be."""

    def __init__(self, on: date, opens: date, closes: date) -> None:
        super().__init__(
            f"{on} is too early for this endorsement: its window is {opens} to {closes}"
        )
        self.opens = opens
        self.closes = closes


class EndorsementAfterCancellationError(PermitHistoryError):
    """An endorsement of a cancelled permit. Only a new application is open to the person."""

    def __init__(self, on: date, cancelled_on: date) -> None:
        super().__init__(
            f"{on} is too late for an endorsement: the permit was cancelled on {cancelled_on}; "
            f"{cancelled_on - ONE_DAY} was the last day, and a new permit must be applied for"
        )
        self.cancelled_on = cancelled_on


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


class TurnKind(StrEnum):
    """What happens to a permit as others see it, by an act or by the calendar alone."""

    ISSUED = "issued"
    ENDORSED = "endorsed"
    SUSPENDED = "suspended"  # 使用功能中止: the calendar
    RESTORED = "restored"  # by a late endorsement, which is both
    CANCELLED = "cancelled"  # by an act or after two years of suspension


class Turn(NamedTuple):
    """One turn in the life of a permit, and its legal day."""

    kind: TurnKind
    on: date


class Turns(NamedTuple):
    """All turns in the life of a permit, oldest first.

    Attributes:
        happened: those that rest on acts, with the suspensions that late endorsements ended.
        ahead: suspension and cancellation of the running year, if nothing more is done; they
            become true on their day, which may be long past.

    """

    happened: tuple[Turn, ...] = ()
    ahead: tuple[Turn, ...] = ()


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


def _lived(actions: Iterable[Action], on: date) -> "_Life | None":
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
    life = _Life(first.on)
    for action in _without_annulled(rest):
        life.apply(action)
    return life


def _without_annulled(actions: Sequence[Action]) -> Sequence[Action]:
    """Return the actions without cancellations that were annulled later: they never were."""
    annulments = [n for n, act in enumerate(actions) if act.kind is _ANNULLED]
    if not annulments:
        return actions
    last = annulments[-1]
    return [act for n, act in enumerate(actions) if n > last or act.kind is not _CANCELLED]


_ANNULLED = ActionKind.CANCELLATION_ANNULLED
_CANCELLED = ActionKind.CANCELLED


_DAY = attrgetter("on")


@lru_cache(maxsize=1 << 14)
def _year(anchor: date, years: int) -> tuple[date, date, date, date]:
    """Return the days of the year that ends `years` full years after `anchor`.

    They follow from the two alone, and a city's permits share a few thousand anchors.

    Returns:
        first day of suspension, first and last day of the window, first day of cancellation.

    """
    # First day without function unless endorsed before (条例 第二十三条).
    end = anniversary(anchor, years)
    opens, closes = window_before(end, WINDOW_DAYS.on(end - ONE_DAY).value)
    # First day of the cancellation by two years of suspension (条例 第二十七条).
    return end, opens, closes, anniversary(end, SUSPENSION_YEARS.on(end).value)


class _Life:
    """The state of the fold after some of the actions, with the dates of the running year."""

    __slots__ = (
        "act",
        "anchor",
        "case_opened_on",
        "closes",
        "endorsed",
        "full_term",
        "issued_on",
        "lapses_on",
        "opens",
        "spans",
        "suspended_from",
        "years",
    )

    def __init__(self, issued_on: date) -> None:
        self.issued_on = issued_on
        self.spans: list[tuple[date, date]] = []  # valid spans before the running one
        self.endorsed: list[date] = []
        self.act: Action | None = None  # the act that cancelled the permit
        self._begin_year(issued_on, VALIDITY_YEARS.on(issued_on).value)

    def _begin_year(self, anchor: date, years: int) -> None:
        """Set the dates that follow from the anchor and the number of years counted from it."""
        self.anchor = anchor
        self.years = years
        self.suspended_from, self.opens, self.closes, self.full_term = _year(anchor, years)
        self.lapses_on: date | None = self.full_term  # None while a case holds it
        self.case_opened_on: date | None = None

    @property
    def cancelled_on(self) -> date | None:
        """First day of cancellation, by the calendar or by an act, whichever comes first."""
        lapses_on = self.lapses_on
        if self.act is None:
            return lapses_on
        return self.act.on if lapses_on is None else min(lapses_on, self.act.on)

    def apply(self, action: Action) -> None:
        """Take in one more action; raise PermitHistoryError when it cannot have happened."""
        _EFFECTS[action.kind](self, action)

    def issue(self, action: Action) -> None:
        """Refuse: the first issue began this life."""
        raise PermitHistoryError(
            f"{action.on}: a permit is issued once; a second issue is a new permit"
        )

    def reissue(self, _action: Action) -> None:
        """Change nothing: a new card (补领/换领) shows a new date, but the permit's stay."""

    def cancel(self, action: Action) -> None:
        """End the permit by an act (注销) unless an earlier one did; an open case ends with it."""
        self.close_case(action)
        self.act = self.act or action

    def annul_cancellation(self, _action: Action) -> None:
        """Change nothing any more: what it annuls was left out from the beginning."""

    def open_case(self, action: Action) -> None:
        """Let an accepted case hold the cancellation; after the end there is nothing to hold."""
        cancelled_on = self.cancelled_on
        if cancelled_on is not None and action.on < cancelled_on:
            self.case_opened_on = action.on
            self.lapses_on = None

    def close_case(self, action: Action) -> None:
        """Let the cancellation come that the case held, though not in hindsight."""
        if self.case_opened_on is not None:
            self.case_opened_on = None
            self.lapses_on = max(self.full_term, action.on)

    def endorse(self, action: Action) -> None:
        """Count one year more (签注), from the anchor in the window and from the day after it."""
        # The acceptance day decides: time that the authority takes is not the holder's delay.
        on = self.case_opened_on or action.on
        if self.act is not None and on >= self.act.on:
            return  # a cancellation found out later and dated before it: the endorsement was void
        cancelled_on = self.cancelled_on
        if cancelled_on is not None and on >= cancelled_on:
            raise EndorsementAfterCancellationError(on, cancelled_on)
        if on < self.opens:
            raise EndorsementTooEarlyError(on, self.opens, self.closes)
        years = VALIDITY_YEARS.on(on).value
        if on <= self.closes:
            self._begin_year(self.anchor, self.years + years)
        else:
            self.spans.append((self.anchor, self.closes))
            self._begin_year(on, years)
        self.endorsed.append(on)

    def periods(self) -> list[tuple[date, date]]:
        """Return the valid spans, the running one cut where the permit was cancelled."""
        through = self.closes if self.act is None else min(self.closes, self.act.on - ONE_DAY)
        running = [(self.anchor, through)] if self.anchor <= through else []
        return [*self.spans, *running]

    def turns(self) -> Turns:
        """Return what happened, and what the calendar holds if nothing more does."""
        happened = [Turn(TurnKind.ISSUED, self.issued_on)]
        happened += [Turn(TurnKind.ENDORSED, day) for day in self.endorsed]
        for (_, through), (restored_on, _) in pairwise([*self.spans, (self.anchor, self.closes)]):
            happened.append(Turn(TurnKind.SUSPENDED, through + ONE_DAY))
            happened.append(Turn(TurnKind.RESTORED, restored_on))
        happened.sort(key=_DAY)  # stable: what is of one day stays in the order above
        ahead, ends_on = [], self.cancelled_on
        if ends_on is None or self.suspended_from < ends_on:
            ahead.append(Turn(TurnKind.SUSPENDED, self.suspended_from))
        if ends_on is not None:
            ahead.append(Turn(TurnKind.CANCELLED, ends_on))
        return Turns(tuple(happened), tuple(ahead))

    def status(self, on: date) -> PermitStatus:
        """Return the public form, with the state on `on`."""
        cancelled_on = self.cancelled_on
        state = self._state(on, cancelled_on)
        reason = self._reason(cancelled_on) if state is PermitState.CANCELLED else None
        return PermitStatus(
            state,
            self.issued_on,
            self.anchor,
            valid_through=self.closes,
            window_opens=self.opens,
            window_closes=self.closes,
            suspended_from=self.suspended_from,
            cancelled_on=cancelled_on,
            continuous_since=self.anchor,
            endorsements=len(self.endorsed),
            last_endorsed_on=self.endorsed[-1] if self.endorsed else None,
            cancel_reason=reason,
            case_open=self.case_opened_on is not None,
        )

    def _state(self, on: date, cancelled_on: date | None) -> PermitState:
        if cancelled_on is not None and on >= cancelled_on:
            return PermitState.CANCELLED
        if on > self.closes:
            return PermitState.SUSPENDED
        return PermitState.IN_WINDOW if on >= self.opens else PermitState.VALID

    def _reason(self, cancelled_on: date | None) -> CancelReason | None:
        if self.act is not None and self.act.on == cancelled_on:
            return self.act.reason
        return CancelReason.TWO_YEARS_SUSPENDED


_EFFECTS: Final[dict[ActionKind, Callable[[_Life, Action], None]]] = {
    ActionKind.ISSUED: _Life.issue,
    ActionKind.ENDORSED: _Life.endorse,
    ActionKind.CASE_OPENED: _Life.open_case,
    ActionKind.CASE_CLOSED: _Life.close_case,
    ActionKind.CANCELLED: _Life.cancel,
    ActionKind.CANCELLATION_ANNULLED: _Life.annul_cancellation,
    ActionKind.REISSUED: _Life.reissue,
}
