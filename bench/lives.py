"""Plausible lives of permits, made by the law itself; a register of any size repeats them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from juzhu.domain.calendar import anniversary
from juzhu.domain.parameters import IN_FORCE, SUSPENSION_YEARS
from juzhu.domain.permit import Action, ActionKind, ending, status_on

OLDEST_DAYS: Final = 3650
RECENT: Final = 1.7
"""How much young permits prevail: the age is 3,650 days times a number of 0..1 to this power."""

BUSY: Final = ((60, 50), (30, 18), (7, 10), (1, 6), (0, 8), (-365, 2), (-670, 2), (-730, 4))
"""What a busy night is made of: days from the night to the suspension, and how many of a hundred.

Windows opening weigh most; then the later reminders, which fewer people still need.
"""


class Life(NamedTuple):
    """The actions of a permit and the columns they add up to."""

    actions: tuple[Action, ...]
    issued_on: date
    ends_on: date
    window_opens: date
    suspended_from: date


def draw_lives(count: int, *, on: date, busy: float, seed: str) -> list[Life]:
    """Return `count` lives as they stand on `on`; a share of `busy` has something due that night.

    The others are spread evenly over the year. Nine in ten years are endorsed in time, one in
    twenty late, one in twenty never.
    """
    dice = random.Random(seed)
    wanted = round(count * busy)
    lives = [_of(_due_life(dice, on)) for _ in range(wanted)]
    lives += [_of(_life(dice, on)) for _ in range(count - wanted)]
    dice.shuffle(lives)
    return lives


def _of(actions: tuple[Action, ...]) -> Life:
    status = status_on(actions, max(action.on for action in actions))
    ends_on = ending(actions)
    assert status is not None
    assert ends_on is not None
    return Life(actions, status.issued_on, ends_on, status.window_opens, status.suspended_from)


def _life(dice: random.Random, on: date) -> tuple[Action, ...]:
    issued = max(on - timedelta(days=int(OLDEST_DAYS * dice.random() ** RECENT)), IN_FORCE)
    return (Action(ActionKind.ISSUED, issued), *_endorsements(dice, issued, on))


def _endorsements(dice: random.Random, issued: date, on: date) -> Iterator[Action]:
    anchor, year = issued, 1
    while True:
        due, fate = anniversary(anchor, year), dice.random()
        if fate < 0.90:
            day = due - timedelta(days=dice.randint(1, 60))
            year += 1
        elif fate < 0.95:
            day = due + timedelta(days=dice.randint(0, 700))
            anchor, year = day, 1
        else:
            return
        if day > on:
            return
        yield Action(ActionKind.ENDORSED, day)


def _due_life(dice: random.Random, on: date) -> tuple[Action, ...]:
    """Return a life endorsed in time every year, whose next suspension is near `on`."""
    ((away, _),) = dice.choices(BUSY, weights=[weight for _, weight in BUSY])
    suspended_from = on + timedelta(days=away)
    if away <= -730:  # the end itself: two full years, whatever leap days lie between
        suspended_from = next(
            day
            for extra in (0, -1)
            if anniversary(day := suspended_from + timedelta(days=extra), _years(day)) == on
        )
    years = dice.randint(1, 4)
    issued = anniversary(suspended_from, -years)
    days = [anniversary(issued, n) - timedelta(days=dice.randint(1, 60)) for n in range(1, years)]
    return (
        Action(ActionKind.ISSUED, issued),
        *(Action(ActionKind.ENDORSED, day) for day in days),
    )


def _years(day: date) -> int:
    return SUSPENSION_YEARS.on(day).value
