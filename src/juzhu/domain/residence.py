"""How long somebody has lived here: registrations (居住登记) joined to chains and counted."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

from juzhu.domain.calendar import FOREVER, ONE_DAY, add_months, anniversary
from juzhu.domain.facts import Registration
from juzhu.domain.identity import is_in_city

NEXT_DAY: Final = 1
"""The gap between registrations that leave no day out."""


class Chain(NamedTuple):
    """Registrations whose gaps are short enough to count as one stay.

    Attributes:
        start: first registered day.
        reach: last registered day; FOREVER while one of them is open.
        joined_through: last day on which a new registration would still join the chain.

    """

    start: date
    reach: date
    joined_through: date


def in_city(registrations: Iterable[Registration]) -> list[Registration]:
    """Return the registrations whose house lies in the city, by their first day."""
    local = [item for item in registrations if is_in_city(item.house_code)]
    if len(local) > 1:
        local.sort(key=_START)
    return local


def chains_of(registrations: Iterable[Registration], *, max_gap: int) -> list[Chain]:
    """Return the chains, oldest first; a gap of `max_gap` days keeps one, a day more breaks it.

    A gap is the difference of the two dates: moved out on the 1st and in on the 31st is 30.
    `registrations` come by their first day, as from `in_city`.
    """
    gap = timedelta(days=max_gap)
    chains: list[Chain] = []
    for start, end, _ in registrations:
        reach = end or FOREVER
        if chains and start <= chains[-1].joined_through:
            start, known, _ = chains.pop()
            reach = max(reach, known)
        chains.append(Chain(start, reach, reach + gap if reach < FOREVER else FOREVER))
    return chains


def chain_on(chains: Iterable[Chain], on: date) -> Chain | None:
    """Return the chain that is not broken on `on`, if any; there is never more than one."""
    for chain in chains:
        if chain.start <= on <= chain.joined_through:
            return chain
    return None


def is_open(registrations: Iterable[Registration], on: date) -> bool:
    """Say whether a registration covers the day `on`."""
    return any(start <= on and (end is None or on <= end) for start, end, _ in registrations)


def first_open_day(registrations: Iterable[Registration], on: date) -> date | None:
    """Return the first day from `on` that a registration covers, None if there is none."""
    days = [max(start, on) for start, end, _ in registrations if end is None or on <= end]
    return min(days, default=None)


def first_full_day(chains: Iterable[Chain], on: date, *, months: int) -> date | None:
    """Return the first day from `on` on which an unbroken chain is `months` full months old."""
    for chain in chains:
        day = max(on, add_months(chain.start, months))
        if day <= chain.joined_through:
            return day
    return None


def days_in_year(chains: Iterable[Chain], on: date) -> int:
    """Return the registered days of the year before `on`, no day counted twice.

    The year is [same day a year before, day before `on`]: the day of the request is not in it
    (条例 第二十四条: 申请签注之日前一年内). `chains` are joined by NEXT_DAY only.
    """
    first, last = anniversary(on, -1), on - ONE_DAY
    covered = 0
    for start, reach, _ in chains:
        if start <= last and first <= reach:
            covered += (min(reach, last) - max(start, first)).days + 1
    return covered


def first_day_with(chains: Sequence[Chain], on: date, *, days: int) -> date | None:
    """Return the first day from `on` whose year before holds `days` registered days."""
    reach = chains[-1].reach if chains else date.min
    while (missing := days - days_in_year(chains, on)) > 0:
        # A day adds at most one to the count, so none of the days skipped can suffice.
        if on > reach:
            return None
        on += timedelta(days=missing)
    return on


_START = attrgetter("start")
