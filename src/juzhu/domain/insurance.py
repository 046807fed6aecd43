"""How long somebody has been insured (社会保险): each kind on its own, months never mixed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from juzhu.domain.calendar import first_day_of, month_index
from juzhu.domain.facts import InsuranceMonths, MonthSet
from juzhu.domain.residence import Chain
from juzhu.domain.vocabulary import Insurance

Best = tuple[int, Insurance | None]
"""Months found and the kind of insurance they were found in."""


class Span(NamedTuple):
    """Months to have in a span: `needed` of those from `length` before the month of the day on.

    `lag`: how many months may pass until a payment is on record.
    """

    needed: int
    length: int
    lag: int


def best_run(insurance: InsuranceMonths, *, first: int, month: int, lag: int) -> Best:
    """Return the longest run of one kind that ends in `month` or up to `lag` months before it.

    Months before `first` do not count.
    """
    best, best_kind = 0, None
    for kind, months in insurance.items():
        for last in range(month - lag, month + 1):
            run = months.run_ending(last, first=first)
            if run > best:
                best, best_kind = run, kind
    return best, best_kind


def best_count(insurance: InsuranceMonths, *, first: int, last: int) -> Best:
    """Return the largest number of months from `first` to `last` on record for one kind."""
    best, best_kind = 0, None
    for kind, months in insurance.items():
        found = months.counted(first, last)
        if found > best:
            best, best_kind = found, kind
    return best, best_kind


def is_paid(months: MonthSet, *, on: date, lag: int) -> bool:
    """Say whether the insurance is being paid: its last month is no older than posting allows."""
    return months.latest >= month_index(on) - lag


def first_run_day(
    insurance: InsuranceMonths, chains: Sequence[Chain], day: date, *, on: date, span: Span
) -> date | None:
    """Return the first day from `day` with a full run that lies within the stay of that day.

    Seen from `on`: what is being paid then goes on being paid, each month posted with the lag.
    """
    paid = [months for months in insurance.values() if is_paid(months, on=on, lag=span.lag)]
    for chain in chains:
        start = max(day, chain.start)
        first = month_index(chain.start)
        days = [_run_day(months, start, first=first, span=span) for months in paid]
        found = min(days, default=None)
        if found is not None and found <= chain.joined_through:
            return found
    return None


def _run_day(months: MonthSet, day: date, *, first: int, span: Span) -> date:
    latest = months.latest
    for month in range(month_index(day), latest + span.lag):
        if (
            best_run({Insurance.PENSION: months}, first=first, month=month, lag=span.lag)[0]
            >= span.needed
        ):
            return max(day, first_day_of(month))
    begun = latest - months.run_ending(latest, first=first) + 1 if first <= latest else first
    return max(day, first_day_of(begun + span.needed - 1 + span.lag))


def first_count_day(insurance: InsuranceMonths, day: date, *, on: date, span: Span) -> date | None:
    """Return the first day from `day` with enough months of one kind in the span before it.

    Seen from `on`, as in `first_run_day`.
    """
    found = [_count_day(months, day, on=on, span=span) for months in insurance.values()]
    return min((day for day in found if day is not None), default=None)


def _count_day(months: MonthSet, day: date, *, on: date, span: Span) -> date | None:
    month = month_index(day)
    if not is_paid(months, on=on, lag=span.lag):
        enough = months.counted(month - span.length, month) >= span.needed
        return day if enough else None
    # From here on the whole span is paid, so nothing later can help.
    limit = max(month, months.latest) + span.length + span.lag
    while (missing := span.needed - _foreseen(months, month, span)) > 0:
        # A month adds at most one to the count, so none of the months skipped can suffice.
        month += missing
        if month > limit:
            return None
    return max(day, first_day_of(month))


def _foreseen(months: MonthSet, month: int, span: Span) -> int:
    """Return the months of the span of `month` that are on record or will have been paid."""
    first = month - span.length
    to_come = month - span.lag - max(months.latest, first - 1)
    return months.counted(first, month) + max(to_come, 0)


def foreseen(insurance: InsuranceMonths, day: date, *, on: date, lag: int) -> InsuranceMonths:
    """Return the record as it will stand on `day` if things stay as they are on `on`."""
    posted = month_index(day) - lag
    return {
        kind: months.union(MonthSet.between(months.latest + 1, posted))
        if is_paid(months, on=on, lag=lag)
        else months
        for kind, months in insurance.items()
    }
