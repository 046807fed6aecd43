"""From the days of a permit to the messages they bring: what is due, and what still helps.

A step of the ladder (提醒) belongs to its legal day and is reached if it is so at the beginning of
that day, whenever the round runs. Only the latest one that is still true is sent; the earlier ones,
which fell due while nothing ran, are written down as not sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from juzhu.domain.calendar import ONE_DAY, anniversary
from juzhu.domain.parameters import SUSPENSION_YEARS
from juzhu.modules.notices.contracts import BEFORE_SUSPENSION, NewMessage, Occasion
from juzhu.modules.notices.ladder import BEFORE_CANCELLATION, BEFORE_LAST_DAY, Step, steps
from juzhu.modules.permits.contracts import Mark, PermitDays

_OF_THE_END: Final = (*BEFORE_CANCELLATION, Occasion.CANCELLED)


class Due(NamedTuple):
    """A step that a permit has reached, with the days the permit had then."""

    permit: PermitDays
    step: Step


def marks(days: Iterable[date]) -> dict[str, list[Mark]]:
    """Return, by column, which values mean that a step is reached on one of `days`.

    The reverse of `notices.ladder.steps`; a test holds the two together.
    """
    found: dict[str, list[Mark]] = {"window_opens": [], "suspended_from": [], "ends_on": []}
    for day in days:
        found["window_opens"].append(Mark(Occasion.WINDOW_OPENED, day, day))
        lapses = found["suspended_from"]
        for occasion, ahead in BEFORE_LAST_DAY.items():
            lapses.append(Mark(occasion, day + timedelta(days=ahead) + ONE_DAY, day))
        lapses.append(Mark(Occasion.SUSPENDED, day, day))
        lapses += [Mark(Occasion.STILL_SUSPENDED, value, day) for value in _a_year_before(day)]
        ends = found["ends_on"]
        for occasion, ahead in BEFORE_CANCELLATION.items():
            ends.append(Mark(occasion, day + timedelta(days=ahead), day))
        ends.append(Mark(Occasion.CANCELLED, day, day))
    return found


def _a_year_before(day: date) -> list[date]:
    around = (date(day.year - 1, day.month, 1) + timedelta(days=n) for n in range(-1, 31))
    return [value for value in around if anniversary(value, 1) == day]


def steps_of(permit: PermitDays) -> Sequence[Step]:
    """Return the steps of the running year in their order; none while a case holds the permit.

    A permit that an act has cancelled has those before its end only.
    """
    return _steps(permit.window_opens, permit.suspended_from, permit.ends_on)


@lru_cache(maxsize=8192)
def _steps(window_opens: date, suspended_from: date, ends_on: date | None) -> Sequence[Step]:
    if ends_on is None:
        return ()
    all_steps = steps(
        window_opens=window_opens, suspended_from=suspended_from, cancelled_on=ends_on
    )
    if ends_on >= full_term(suspended_from):
        return all_steps
    return [
        step for step in all_steps if step.due_on < ends_on and step.occasion not in _OF_THE_END
    ]


def full_term(suspended_from: date) -> date:
    """Return the day on which two years of suspension end a permit (条例 第二十七条)."""
    return anniversary(suspended_from, SUSPENSION_YEARS.on(suspended_from).value)


def latest(permit: PermitDays, on: date) -> Step | None:
    """Return the last step reached by `on`; None once an act has ended the permit."""
    ends_on = permit.ends_on
    if ends_on is not None and ends_on <= on and ends_on < full_term(permit.suspended_from):
        return None
    return next((step for step in reversed(steps_of(permit)) if step.due_on <= on), None)


def on_arrival(permit: PermitDays, on: date) -> Step | None:
    """Return the step to tell of a permit first known on `on`: only what can still be done.

    What lapsed or ended before this register knew of it was for the former one to tell.
    """
    step = latest(permit, on)
    if step is None or step.deadline < on:
        return None
    asks = step.occasion in BEFORE_SUSPENSION or step.occasion in BEFORE_CANCELLATION
    return step if asks else None


def messages(found: Iterable[Due], *, now: PermitDays | None, today: date) -> Iterator[NewMessage]:
    """Yield what to write: the latest step that is still true is useful, the others are kept.

    Args:
        found: what was reached.
        now: the permit's days as they are now, where they may have changed since.
        today: the day of writing.

    """
    for permit, step in found:
        present = permit if now is None else now
        useful = permit == present and latest(present, today) == step
        yield _message(permit, step, useful=useful)


def _message(permit: PermitDays, step: Step, *, useful: bool) -> NewMessage:
    return NewMessage(
        person_id=permit.person_id,
        occasion=step.occasion,
        subject=subject(permit, step),
        values=_values(permit.suspended_from, permit.ends_on),
        due_on=step.due_on,
        deadline=step.deadline,
        permit_number=permit.number,
        useful=useful,
    )


def subject(permit: PermitDays, step: Step) -> str:
    """Return what makes the message once: the permit and the day that its steps lead to."""
    about_the_end = step.occasion in _OF_THE_END
    return f"{permit.number}:{permit.ends_on if about_the_end else permit.suspended_from}"


@lru_cache(maxsize=8192)
def _values(suspended_from: date, ends_on: date | None) -> dict[str, str | int]:
    return {
        "valid_through": (suspended_from - ONE_DAY).isoformat(),
        "suspended_from": suspended_from.isoformat(),
        "last_day": (ends_on - ONE_DAY).isoformat() if ends_on else "",
        "cancelled_on": ends_on.isoformat() if ends_on else "",
    }
