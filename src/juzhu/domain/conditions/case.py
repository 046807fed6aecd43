"""What conditions look at, and what a condition is."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from juzhu.domain.calendar import month_index
from juzhu.domain.facts import UNKNOWN, Facts, Registration
from juzhu.domain.findings import Condition, Finding
from juzhu.domain.parameters import ART_19, ART_24, terms_on
from juzhu.domain.permit import status_on
from juzhu.domain.residence import NEXT_DAY, Chain, chains_of, in_city
from juzhu.domain.vocabulary import Business, Source


class Case:
    """One application on its acceptance day (受理日), with what several conditions share.

    Attributes:
        facts: what is on record.
        on: the acceptance day.
        month: its month, as an index.
        terms: the numbers in force on it.
        ground: citation of the article that sets the conditions of this business.
        status: the permit on the day; None without one or while unknown.
        registrations: those in the city; None while unknown.
        chains: the same joined, for a first issue across short gaps; None while unknown.
        open_finding: kept because every route asks for it.

    """

    __slots__ = (
        "chains",
        "facts",
        "ground",
        "month",
        "on",
        "open_finding",
        "registrations",
        "status",
        "terms",
    )

    def __init__(self, business: Business, facts: Facts, on: date) -> None:
        self.facts = facts
        self.on = on
        self.month = month_index(on)
        self.terms = terms = terms_on(on)
        is_first = business is _FIRST_ISSUE
        self.ground = (ART_19 if is_first else ART_24).citation
        self.status = status_on(facts.permit, on) if facts.permit is not UNKNOWN else None
        self.registrations: list[Registration] | None = None
        self.chains: list[Chain] | None = None
        self.open_finding: Finding | None = None
        if facts.registrations is not UNKNOWN:
            self.registrations = in_city(facts.registrations)
            gap = terms.max_gap_days.value if is_first else NEXT_DAY
            self.chains = chains_of(self.registrations, max_gap=gap)


FirstDay = Callable[[Case, date], date | None]
"""From a case and a day, the first day from that one that meets a condition."""


class Rule(NamedTuple):
    """A condition as two functions.

    Attributes:
        look: the finding on the day of the case; None when there is nothing to ask.
        first_day: the first day from a later one that meets the condition if things stay as they
            are: open registrations stay open, insurance being paid goes on being paid, the law
            stays as on the day of the case. None for conditions that no waiting changes.

    """

    look: Callable[[Case], Finding | None]
    first_day: FirstDay | None = None


def fact_finding(
    case: Case, condition: Condition, met: bool | None, source: Source, citation: str
) -> Finding:
    """Return the finding of a yes-or-no fact that waiting does not change."""
    return Finding(condition, met, True, met, None, source, citation, case.on if met else None)


# Looking up an enum's member costs as much as a condition on Python 3.11: bind it once.
_FIRST_ISSUE = Business.FIRST_ISSUE
