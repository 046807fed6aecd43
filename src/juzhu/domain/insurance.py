"""How long somebody has been insured (社会保险): each kind on its own, months never mixed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from juzhu.domain.calendar import first_day_of, month_index
from juzhu.domain.facts import InsuranceMonths, MonthSet
from juzhu.domain.residence import Chain
from juzhu.domain.vocabulary import Insurance

Best = tuple[int, Insurance | None]
"""Months found and the kind of insurance they were found in."""


class Span(NamedTuple):
    """How many months to have, and what may be assumed about the time to come.

    Attributes:
        needed: months of one kind; a span that is paid throughout holds at least as many.
        length: how many months before that of the day the span begins; unused for a run.
        lag: months that may pass until a payment is on record.
        posted: the month that must be on record, or a later one, of an insurance being paid:
            such an insurance goes on being paid, each month posted with the lag.

    """

    needed: int
    length: int
    lag: int
    posted: int


def best_run(insurance: InsuranceMonths, *, first: int, month: int, lag: int) -> Best:
    """Return the longest run of one kind that ends in `month` or up to `lag` months before it.

    Months before `first` do not count.
    """
    best: Best = (0, None)
    for kind, months in _distinct(insurance):
        run = months.longest_run(first, month, slack=lag)
        if run > best[0]:
            best = run, kind
    return best


def best_count(insurance: InsuranceMonths, *, first: int, last: int) -> Best:
    """Return the largest number of months from `first` to `last` on record for one kind."""
    best: Best = (0, None)
    for kind, months in _distinct(insurance):
        found = months.counted(first, last)
        if found > best[0]:
            best = found, kind
    return best


def first_run_day(
    insurance: InsuranceMonths, chains: Iterable[Chain], day: date, span: Span
) -> date | None:
    """Return the first day from `day` with a full run that lies within the stay of that day."""
    for chain in chains:
        if chain.joined_through < day:
            continue
        start, first = max(day, chain.start), month_index(chain.start)
        full = [
            _run_day(months, start, first, span)
            for _, months in _distinct(insurance)
            if months.latest >= span.posted
        ]
        if full and min(full) <= chain.joined_through:
            return min(full)
    return None


def _run_day(months: MonthSet, day: date, first: int, span: Span) -> date:
    latest = months.latest
    for month in range(month_index(day), latest + span.lag):
        if months.longest_run(first, month, slack=span.lag) >= span.needed:
            return max(day, first_day_of(month))
    begun = max(latest - months.longest_run(first, latest) + 1, first)
    return max(day, first_day_of(begun + span.needed - 1 + span.lag))


def first_count_day(insurance: InsuranceMonths, day: date, span: Span) -> date | None:
    """Return the first day from `day` with enough months of one kind in the span before it."""
    first: date | None = None
    for _, months in _distinct(insurance):
        found = _count_day(months, day, span)
        if found is not None and (first is None or found < first):
            first = found
    return first


def _count_day(months: MonthSet, day: date, span: Span) -> date | None:
    needed, length, lag, posted = span
    latest, month = months.latest, month_index(day)
    if latest < posted:
        return day if months.counted(month - length, month) >= needed else None
    while True:
        found = months.counted(month - length, month) + max(month - lag - latest, 0)
        if found >= needed:
            return max(day, first_day_of(month))
        # A month adds at most one to the count, so none of the months skipped can suffice.
        month += needed - found


def _distinct(insurance: InsuranceMonths) -> Iterator[tuple[Insurance, MonthSet]]:
    """Yield each kind unless its months are those of the one before: mostly all agree."""
    before: MonthSet | None = None
    for kind, months in insurance.items():
        if months != before:
            yield kind, months
            before = months
