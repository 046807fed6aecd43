"""Deciding: facts and a day in, outcome with findings out."""

from datetime import date

from juzhu.domain.facts import Facts
from juzhu.domain.findings import Decision
from juzhu.domain.vocabulary import Business, Route


def evaluate(business: Business, facts: Facts, *, on: date, route: Route | None = None) -> Decision:
    """Decide `business` on acceptance day `on` by the law in force that day."""
    raise NotImplementedError
