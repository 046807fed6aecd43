"""Asking the departments: population, hukou, residence registration, insurance, talent, education.

One call asks several registers at the same time. A department that is silent, broken, or answers
for another person never raises here: its answer is recorded as what it was, and the facts built
from it are UNKNOWN.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from juzhu.domain.facts import Enrolment, InsuranceMonths, Registration, Talent
from juzhu.domain.vocabulary import Source


class AnswerStatus(StrEnum):
    """How a department's answer came back. Only ANSWERED carries content."""

    ANSWERED = "answered"
    TIMED_OUT = "timed_out"  # no whole answer within the limit
    UNREACHABLE = "unreachable"  # connection refused or broken, 5xx, circuit open
    MALFORMED = "malformed"  # not the agreed shape, or its signature is wrong
    ANOTHER_PERSON = "another_person"  # a well-formed answer about somebody else


@dataclass(frozen=True, slots=True)
class PopulationEntry:
    """What the population base (人口库) holds on a citizen number.

    `name` is None when the number is not on record. `sex` is the GB/T 2261.1 code, `ethnic_group`
    the GB/T 3304 name, `hukou_address` the registered permanent residence.
    """

    name: str | None
    sex: str | None = None
    ethnic_group: str | None = None
    birth_date: date | None = None
    alive: bool = True
    hukou_address: str | None = None


@dataclass(frozen=True, slots=True)
class HukouEntry:
    """Whether the person holds a Shenzhen hukou (深圳户籍), and since which day."""

    shenzhen: bool
    since: date | None = None


@dataclass(frozen=True, slots=True)
class RegisteredHome:
    """One residence registration (居住登记) with the address as the register prints it."""

    registration: Registration
    address: str


@dataclass(frozen=True, slots=True)
class RegistrationsEntry:
    """All residence registrations on record, oldest first."""

    homes: tuple[RegisteredHome, ...] = ()


@dataclass(frozen=True, slots=True)
class InsuranceEntry:
    """Months paid by kind of insurance (社会保险), and the present employer if there is one."""

    months: InsuranceMonths
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class TalentEntry:
    """Talent qualifications on record (人才引进)."""

    items: tuple[Talent, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolmentEntry:
    """School enrolments on record (学籍), with the school's name for display."""

    items: tuple[Enrolment, ...] = ()
    school: str | None = None


Entry = (
    PopulationEntry
    | HukouEntry
    | RegistrationsEntry
    | InsuranceEntry
    | TalentEntry
    | EnrolmentEntry
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one department, whole and with its receipt, for the record.

    Attributes:
        source: the register asked.
        status: how it came back.
        asked_at: instant of asking (aware).
        took_ms: milliseconds until the answer or the giving up.
        receipt: the department's own number for this answer; empty when there was none.
        body: the bytes as received, empty when there were none or when they speak of another
            person, whose data this case has no right to keep.
        entry: the parsed content; None unless status is ANSWERED.

    """

    source: Source
    status: AnswerStatus
    asked_at: datetime
    took_ms: int
    receipt: str = ""
    body: bytes = b""
    entry: Entry | None = None


class Counted(NamedTuple):
    """How many questions to one register were answered within one minute, and how many not."""

    source: Source
    minute: datetime
    answered: int
    silent: int


class Departments(Protocol):
    """The six registers behind one door."""

    def ask(
        self, *, id_number: str, name: str, sources: Collection[Source], at: datetime
    ) -> Mapping[Source, Answer]:
        """Ask `sources` about one person in parallel, two seconds each at most.

        Never raises for a department's fault; every asked source has an entry in the result.
        """
