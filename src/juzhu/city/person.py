"""What the sandbox knows about one person: the whole life, future included, as plain facts.

The registers (`registers.py`) show of it only what has happened by the day they are asked.
"""

from dataclasses import dataclass
from datetime import date

from juzhu.domain.vocabulary import EducationLevel, Insurance, Source, TalentKind

ALL_FIVE = tuple(Insurance)


@dataclass(frozen=True, slots=True)
class Home:
    """One residence registration (居住登记); `end` is its last day, None while none is planned."""

    start: date
    end: date | None
    house_code: str
    address: str


@dataclass(frozen=True, slots=True)
class Job:
    """Employment with insurance; months as in `days.py`, both included, `last` None while open."""

    first: int
    last: int | None
    kinds: tuple[Insurance, ...]
    employer: str


@dataclass(frozen=True, slots=True)
class Qualification:
    """A talent qualification (人才引进)."""

    kind: TalentKind
    full_time: bool
    issued_by: str


@dataclass(frozen=True, slots=True)
class Study:
    """A school enrolment (学籍); `end` is its last day, None while none is planned."""

    level: EducationLevel
    full_time: bool
    start: date
    end: date | None
    school: str


@dataclass(frozen=True, slots=True)
class LegacyPermit:
    """A residence permit issued before Juzhu: first issue and every endorsement, oldest first."""

    issued_on: date
    endorsed_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone in the sandbox city.

    Attributes:
        population_name: the name as the population base has it; differs for one person only.
        died_on: day of death, after which the population base reports death.
        hukou_since: first day of a Shenzhen hukou.
        face_matches: False only for the person whom no face check ever recognises.
        broken_sources: registers that always fail when asked about this person.
        photograph: file of the identity photograph; empty for a drawing.

    """

    id_number: str
    name: str
    population_name: str
    sex: str
    ethnic_group: str
    birth_date: date
    hukou_address: str
    phone: str
    homes: tuple[Home, ...] = ()
    jobs: tuple[Job, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    studies: tuple[Study, ...] = ()
    permit: LegacyPermit | None = None
    died_on: date | None = None
    hukou_since: date | None = None
    face_matches: bool = True
    broken_sources: frozenset[Source] = frozenset()
    photograph: str = ""
