"""The frozen inputs of a decision. What no department could answer is UNKNOWN, never empty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final, NamedTuple

from juzhu.domain.permit import Action
from juzhu.domain.vocabulary import EducationLevel, Insurance, TalentKind


class Unknown(Enum):
    """The type of UNKNOWN, a value of its own so that mypy makes every rule face it."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class Identity(Enum):
    """How the applicant's name compares with the population base (人口库)."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"  # an officer looks; the machine never says no for it


class Registration(NamedTuple):
    """A residence registration (居住登记): `end` is the last registered day, None while open."""

    start: date
    end: date | None
    house_code: str


class Talent(NamedTuple):
    """One talent qualification on record."""

    kind: TalentKind
    full_time: bool = True
    issued_by: str = ""


class Enrolment(NamedTuple):
    """One school enrolment: `end` is the last day of study, None while it has none."""

    level: EducationLevel
    full_time: bool
    start: date
    end: date | None = None


class MonthSet(NamedTuple):
    """A set of calendar months as bits of one integer: bit = year * 12 + month - 1."""

    bits: int = 0

    @classmethod
    def of(cls, months: Iterable[str]) -> "MonthSet":
        """Return the set of `months` written as "2025-01"; raise ValueError on any other form."""
        raise NotImplementedError


InsuranceMonths = Mapping[Insurance, MonthSet]
"""Months with a Shenzhen contribution on record, by kind of insurance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision rests on. Left out means "none on record"; UNKNOWN means unanswered."""

    id_number: str
    identity: Identity | Unknown = Identity.MATCHED
    alive: bool | Unknown = True
    shenzhen_hukou: bool | Unknown = False
    registrations: tuple[Registration, ...] | Unknown = ()
    insurance: InsuranceMonths | Unknown = field(default_factory=dict)
    talent: tuple[Talent, ...] | Unknown = ()
    enrolment: tuple[Enrolment, ...] | Unknown = ()
    permit: tuple[Action, ...] = ()
