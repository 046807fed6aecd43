"""What a decision is made of: findings with numbers, source and article, and the outcome."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from juzhu.domain.vocabulary import Business, Insurance, Outcome, Route, Source


class Condition(StrEnum):
    """A condition of the law. Of the conditions that share a `group`, one met is enough."""

    ELIGIBLE_PERSON = "eligible_person"  # neither from Hong Kong, Macau, Taiwan nor a foreigner
    IDENTITY_MATCHED = "identity_matched"
    ALIVE = "alive"
    NOT_SHENZHEN_HUKOU = "not_shenzhen_hukou"
    NO_LIVE_PERMIT = "no_live_permit"
    PERMIT_ENDORSABLE = "permit_endorsable"  # there is one and it is not cancelled
    PERMIT_HELD = "permit_held"  # there is a permit whose card can be made anew
    ENDORSEMENT_TIMING = "endorsement_timing"  # the window has opened
    RESIDENCE_OPEN = "residence_open"
    RESIDENCE_CONTINUOUS = "residence_continuous"
    INSURANCE_CONSECUTIVE = "insurance_consecutive"
    INSURANCE_IN_TWO_YEARS = "insurance_in_two_years"
    RESIDENCE_IN_YEAR = "residence_in_year"
    INSURANCE_IN_YEAR = "insurance_in_year"
    TALENT = "talent"
    ENROLLED = "enrolled"

    @property
    def group(self) -> str:
        """The name of the alternative it belongs to; its own name when it stands alone."""
        return _GROUPS.get(self, self.value)


_GROUPS: Final = {
    Condition.INSURANCE_CONSECUTIVE: "insurance_record",
    Condition.INSURANCE_IN_TWO_YEARS: "insurance_record",
}


class Unit(StrEnum):
    """What `needed` and `found` count."""

    MONTHS = "months"
    DAYS = "days"


class Finding(NamedTuple):
    """One condition looked at: met is True, False, or None for unknown.

    Attributes:
        condition: what was asked.
        met: the answer; None while a department has not answered or an officer has to look.
        needed: the number, day (ISO) or fact that the law asks for.
        found: what is on record; a short code where a fact is there but does not count.
        unit: what a number counts.
        source: whose register `found` comes from.
        citation: instrument and article of `needed`.
        passes_on: first day, from the day decided on, that meets it if things stay as they are.
        kind: the insurance that `found` was counted in.

    """

    condition: Condition
    met: bool | None
    needed: int | str | bool | None
    found: int | str | bool | None
    unit: Unit | None
    source: Source
    citation: str
    passes_on: date | None
    kind: Insurance | None = None


class Decision(NamedTuple):
    """The whole answer of `evaluate`.

    Attributes:
        business: what was applied for.
        on: acceptance day.
        outcome: approved, refused, or unknown while an open question could still change it.
        route: the route that passed; else the one that comes nearest, whose findings these are.
        findings: the common ones, then those of the route.
        earliest_day: first day that approves if things stay as they are; `on` when approved.
        ruleset: which rules decided (see `juzhu.domain.ruleset`).

    """

    business: Business
    on: date
    outcome: Outcome
    route: Route | None
    findings: tuple[Finding, ...]
    earliest_day: date | None
    ruleset: str
