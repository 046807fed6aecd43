"""The frozen inputs of a decision. What no department could answer is UNKNOWN, never empty."""

import re
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

_MONTH: Final = re.compile("((?:19|2[0-9])[0-9]{2})-(0[1-9]|1[0-2])")


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


FIRST_MONTH: Final = 1900 * 12
"""Index of the first month that a MonthSet can hold, January 1900."""


class MonthSet(NamedTuple):
    """A set of calendar months as bits of one integer, the lowest being FIRST_MONTH.

    Months are named by their index, year * 12 + month - 1 (`juzhu.domain.calendar`).
    """

    bits: int = 0

    @classmethod
    def of(cls, months: Iterable[str]) -> "MonthSet":
        """Return the set of `months` written as "2025-01"; raise ValueError on any other form."""
        bits = 0
        for month in months:
            bits |= 1 << _month_number(month) - FIRST_MONTH
        return cls(bits)

    @classmethod
    def between(cls, first: int, last: int) -> "MonthSet":
        """Return the months with index `first` to `last`, both inclusive; none when reversed."""
        return cls(_ones(last - first + 1) << first - FIRST_MONTH) if first <= last else cls()

    @property
    def latest(self) -> int:
        """Index of the last month in the set; of the month before FIRST_MONTH when it is empty."""
        return self.bits.bit_length() - 1 + FIRST_MONTH

    def written(self) -> list[str]:
        """Return the months as "2025-01", rising."""
        first = max((self.bits & -self.bits).bit_length() - 1, 0) + FIRST_MONTH
        return [
            f"{month // 12:04}-{month % 12 + 1:02}"
            for month in range(first, self.latest + 1)
            if self.counted(month, month)
        ]

    def union(self, other: "MonthSet") -> "MonthSet":
        """Return the months of both sets."""
        return MonthSet(self.bits | other.bits)

    def counted(self, first: int, last: int) -> int:
        """Return how many months with index `first` to `last`, both inclusive, are in the set."""
        return (self.bits >> first - FIRST_MONTH & _ones(last - first + 1)).bit_count()

    def longest_run(self, first: int, last: int, *, slack: int = 0) -> int:
        """Return the months of the longest run without a break, none before index `first`.

        The run ends with index `last` or up to `slack` months earlier.
        """
        length = last - first + 1
        if length <= 0:
            return 0
        missing = ~(self.bits >> first - FIRST_MONTH) & _ones(length)
        # The highest missing month bounds the run from below.
        longest = length - missing.bit_length()
        for end in range(length - 1, max(length - 1 - slack, 0), -1):
            missing &= _ones(end)
            longest = max(longest, end - missing.bit_length())
        return longest


def _ones(count: int) -> int:
    return (1 << count) - 1


def _month_number(month: str) -> int:
    match = _MONTH.fullmatch(month)
    if match is None:
        raise ValueError(f'{month!r} is no month: write "2025-01", year and month with a hyphen')
    return int(match[1]) * 12 + int(match[2]) - 1


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
    permit: tuple[Action, ...] | Unknown = ()
