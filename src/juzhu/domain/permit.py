"""The life of a permit: a fold of its actions; calendar states follow from dates alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from juzhu.domain.vocabulary import PermitState


class ActionKind(StrEnum):
    """What can happen to a permit. Suspension and two-year cancellation are calendar, not actions."""

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


@dataclass(frozen=True, slots=True)
class PermitStatus:
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


def status_on(actions: Sequence[Action], on: date) -> PermitStatus | None:
    """Return the permit as of the end of day `on`, from actions effective by then; None before issue."""
    raise NotImplementedError
