"""The fold of a permit's actions, one after the other; calendar states follow from dates alone."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Final

from juzhu.domain.calendar import ONE_DAY, anniversary, window_before
from juzhu.domain.parameters import SUSPENSION_YEARS, VALIDITY_YEARS, WINDOW_DAYS
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
from juzhu.domain.vocabulary import PermitState

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


class Life:
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

    def extend(self, action: Action) -> None:
        """Let the running window close later (顺延); the years still count from the anchor.

        What comes too late to help, or would shorten the window, changes nothing.
        """
        until = action.until
        if until is None:
            raise PermitHistoryError(f"{action.on}: an extension needs its last day")
        if action.on > self.closes or until <= self.closes:
            return
        self.closes = until
        self.suspended_from = until + ONE_DAY
        self.full_term = anniversary(
            self.suspended_from, SUSPENSION_YEARS.on(self.suspended_from).value
        )
        if self.lapses_on is not None:
            self.lapses_on = self.full_term

    def undo_endorsement(self, _action: Action) -> None:
        """Change nothing any more: what it takes back was left out from the beginning."""

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


_EFFECTS: Final[dict[ActionKind, Callable[[Life, Action], None]]] = {
    ActionKind.ISSUED: Life.issue,
    ActionKind.ENDORSED: Life.endorse,
    ActionKind.CASE_OPENED: Life.open_case,
    ActionKind.CASE_CLOSED: Life.close_case,
    ActionKind.CANCELLED: Life.cancel,
    ActionKind.CANCELLATION_ANNULLED: Life.annul_cancellation,
    ActionKind.REISSUED: Life.reissue,
    ActionKind.ENDORSEMENT_UNDONE: Life.undo_endorsement,
    ActionKind.EXTENDED: Life.extend,
}
