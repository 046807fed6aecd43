"""What a department is told about a person's permit (核验): the fold of all acts, as of one day."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from juzhu.domain.permit import Action, ActionKind, PermitStatus, status_and_periods
from juzhu.domain.sheet import Standing, standing_of


class Recorded(NamedTuple):
    """An act on a permit and the day on which the register learnt of it."""

    action: Action
    on: date


class LateRecord(NamedTuple):
    """An act that counts on the day asked about but was recorded only after it."""

    effective_on: date
    recorded_on: date


class Verification(NamedTuple):
    """A person's permit as of the end of one civil day; `standing` None when there is none.

    Held periods (持证期间) are facts: first and last valid day of each, over all permits. What they
    amount to ("one year without a break") is for the asking department to say.

    Attributes:
        standing: of the latest permit issued by that day.
        valid_through: last valid day (inclusive) of that permit, before a cancellation by an act.
        continuous_since: first issue or last late endorsement of that permit.
        first_issued_on: first day in force of that permit.
        held_periods: oldest first; the last may reach beyond the day asked about.
        recorded_later: acts known today that the register did not know yet on that day.

    """

    standing: Standing | None = None
    valid_through: date | None = None
    continuous_since: date | None = None
    first_issued_on: date | None = None
    held_periods: tuple[tuple[date, date], ...] = ()
    recorded_later: tuple[LateRecord, ...] = ()


NOTHING: Final = Verification()
"""The one answer for an unknown person, a name that does not match, and no permit."""


def verify(permits: Sequence[Sequence[Recorded]], as_of: date) -> Verification:
    """Return what holds as of `as_of`, given the acts of every permit the person ever had.

    Args:
        permits: for each permit its acts, oldest first.
        as_of: civil day in Asia/Shanghai; acts effective after it are ignored.

    Raises:
        NotInForceError: a permit is dated before the Regulations took effect.
        PermitHistoryError: the acts of a permit contradict each other or the law.

    """
    latest: PermitStatus | None = None
    through: date | None = None
    held: list[tuple[date, date]] = []
    late: list[LateRecord] = []
    for acts in permits:
        found = status_and_periods([action for action, _ in acts], as_of)
        if found is None:
            continue
        status, periods = found
        held += periods
        late += _late(acts, as_of)
        if latest is None or status.issued_on >= latest.issued_on:
            latest, through = status, periods[-1][1] if periods else None
    if latest is None:
        return NOTHING
    return Verification(
        standing_of(latest.state),
        through,
        latest.continuous_since,
        latest.issued_on,
        tuple(sorted(held)),
        tuple(sorted(late)),
    )


def _late(acts: Sequence[Recorded], as_of: date) -> list[LateRecord]:
    # A new card changes no date of the permit, so it cannot change an answer.
    return [
        LateRecord(action.on, recorded_on)
        for action, recorded_on in acts
        if action.on <= as_of < recorded_on and action.kind is not ActionKind.REISSUED
    ]
