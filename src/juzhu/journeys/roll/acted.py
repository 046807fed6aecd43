"""What a permit reached that somebody acted on: from what was known at each midnight.

The columns of a permit say what is so now. Had the round run each day, it would have seen what was
so then: it is folded again from the actions recorded by then.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import groupby, pairwise
from typing import NamedTuple

from juzhu.domain.permit import Action, PermitHistoryError, status_on
from juzhu.journeys.roll.ladder import Due, latest, on_arrival, steps_of, subject
from juzhu.modules.permits.contracts import Acted, PermitDays
from juzhu.ports.clock import SHENZHEN


class Version(NamedTuple):
    """What was known of a permit from the instant `at` on."""

    at: datetime
    days: PermitDays


def versions(acted: Acted) -> list[Version]:
    """Return what was known of a permit, and from when on, oldest first."""
    actions: list[Action] = []
    found = []
    for at, group in groupby(acted.acts, key=lambda act: act.at):
        actions += [act.action for act in group]
        found.append(Version(at, _days(acted, actions)))
    return found


def _days(acted: Acted, actions: list[Action]) -> PermitDays:
    status = status_on(actions, max(action.on for action in actions))
    if status is None:
        raise PermitHistoryError("A permit's first action must be its issue")
    return PermitDays(
        acted.permit_id,
        acted.number,
        acted.person_id,
        status.window_opens,
        status.suspended_from,
        status.cancelled_on,
    )


def reached(
    known: list[Version], *, first_day: date, through: date, since: datetime
) -> Iterator[Due]:
    """Yield the steps reached from `first_day` through `through`, and where acts since led to.

    An act may set a permit down in the midst of the ladder, such as a refusal that lets the days go
    on which its case had held: the step that holds on that day is reached by the act. Each message
    comes once, as it was when first reached.
    """
    found = [*_by_days(known, first_day, through), *_by_acts(known, since)]
    said = set()
    for _, due in sorted(found, key=lambda it: it[0]):
        key = due.step.occasion, subject(*due)
        if key not in said:
            said.add(key)
            yield due


def _by_days(
    known: list[Version], first_day: date, through: date
) -> Iterator[tuple[datetime, Due]]:
    never = datetime.max.replace(tzinfo=SHENZHEN)
    for (at, days), (until, _) in pairwise([*known, Version(never, known[-1].days)]):
        for step in steps_of(days):
            begins = midnight(step.due_on)
            if first_day <= step.due_on <= through and at < begins <= until:
                yield begins, Due(days, step)


def _by_acts(known: list[Version], since: datetime) -> Iterator[tuple[datetime, Due]]:
    first = known[0]
    step = on_arrival(first.days, civil_day(first.at))
    if step is not None and first.at >= since:
        yield first.at, Due(first.days, step)
    for before, after in pairwise(known):
        step = latest(after.days, civil_day(after.at))
        if step is not None and after.at >= since and after.days != before.days:
            yield after.at, Due(after.days, step)


def midnight(day: date) -> datetime:
    """Return the instant at which a civil day begins."""
    return datetime.combine(day, time(), SHENZHEN)


def civil_day(at: datetime) -> date:
    """Return the day in Shenzhen."""
    return at.astimezone(SHENZHEN).date()
