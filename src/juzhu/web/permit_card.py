"""The numbers the home page shows about a permit."""

from dataclasses import dataclass
from datetime import date, timedelta

from juzhu.domain.permit import Action, ActionKind, PermitStatus, status_on
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.faults import queries as faults
from juzhu.modules.faults.contracts import FaultView
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView


@dataclass(frozen=True, slots=True)
class PermitCard:
    """A permit on one day, counted for people.

    Attributes:
        number: the permit's number.
        state: `valid`, `in_window`, `suspended` or `cancelled`.
        status: all its days.
        days_left: days until the last valid day; 0 on that day itself.
        days_stopped: days since it was suspended; 0 on the first day.
        window_passed: days of the window already begun.
        window_days: days of the window in all.
        last_day: last day on which a suspended permit can be restored; None while a case holds it.

    """

    number: str
    state: str
    status: PermitStatus
    days_left: int
    days_stopped: int
    window_passed: int
    window_days: int
    last_day: date | None


def card_of(permit: PermitView, on: date) -> PermitCard:
    """Return the card of a permit whose status was taken on `on`."""
    status = permit.status
    ends_on = status.cancelled_on
    return PermitCard(
        number=permit.number,
        state=status.state.value,
        status=status,
        days_left=(status.valid_through - on).days,
        days_stopped=(on - status.suspended_from).days,
        window_passed=(on - status.window_opens).days,
        window_days=(status.window_closes - status.window_opens).days + 1,
        last_day=None if ends_on is None else ends_on - timedelta(days=1),
    )


def fault_behind(permit: PermitView) -> FaultView | None:
    """Return the fault for which the running window was extended, None when it was not."""
    if all(action.kind is not ActionKind.EXTENDED for action in permit.actions):
        return None
    return faults.by_occasion(permits.extended_by(permit))


def endorsed_through(permit: PermitView, on: date) -> date:
    """Return the last valid day the permit would have if it were endorsed on `on`."""
    status = status_on((*permit.actions, Action(ActionKind.ENDORSED, on)), on)
    assert status is not None, "a permit that exists has a status"
    return status.valid_through


def may_endorse(permit: PermitView) -> bool:
    """Say whether the calendar allows an endorsement now."""
    return permit.status.state in (PermitState.IN_WINDOW, PermitState.SUSPENDED)
