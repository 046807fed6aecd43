"""What a decision is made of: findings with numbers, source and article, and the outcome."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from juzhu.domain.vocabulary import Business, Outcome, Route, Source


class Condition(StrEnum):
    """A condition of the law. Findings of one alternative group (see `group`) need one met."""


class Unit(StrEnum):
    """What `needed` and `found` count."""

    MONTHS = "months"
    DAYS = "days"


class Finding(NamedTuple):
    """One condition looked at: met is True, False, or None for unknown."""

    condition: Condition
    met: bool | None
    needed: int | str | bool | None
    found: int | str | bool | None
    unit: Unit | None
    source: Source
    citation: str
    passes_on: date | None


class Decision(NamedTuple):
    """The whole answer of `evaluate`."""

    business: Business
    on: date
    outcome: Outcome
    route: Route | None
    findings: tuple[Finding, ...]
    earliest_day: date | None
    ruleset: str
