"""What can happen to a permit, what it is on a day, and what cannot have happened."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from juzhu.domain.calendar import ONE_DAY
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
    ENDORSEMENT_UNDONE = "endorsement_undone"  # the holder takes back one made without asking
    EXTENDED = "extended"  # 顺延: a fault not the holder's took days of the window


class CancelReason(StrEnum):
    """Why a permit ended (条例 第二十七条)."""

    TWO_YEARS_SUSPENDED = "two_years_suspended"
    SHENZHEN_HUKOU = "shenzhen_hukou"
    FRAUD = "fraud"
    DEATH = "death"
    OWN_REQUEST = "own_request"


class Action(NamedTuple):
    """One act on a permit, effective on the legal day `on` (for a case: its acceptance day).

    Attributes:
        kind: what was done.
        on: the legal day.
        reason: why, of a cancellation; of an annulment, which cancellations it takes back, None
            for all before it.
        until: of an extension, the new last day on which an endorsement is in time.

    """

    kind: ActionKind
    on: date
    reason: CancelReason | None = None
    until: date | None = None


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
