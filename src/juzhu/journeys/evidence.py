"""From the departments' answers to the facts the law looks at. Silence becomes UNKNOWN."""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

from juzhu.domain.facts import UNKNOWN, Facts, Identity, Unknown
from juzhu.domain.identity import normalise_name
from juzhu.domain.vocabulary import Business, Source
from juzhu.ports.departments import (
    Answer,
    EnrolmentEntry,
    Entry,
    HukouEntry,
    InsuranceEntry,
    PopulationEntry,
    RegistrationsEntry,
    TalentEntry,
)

SOURCES: Final = (
    Source.POPULATION,
    Source.HUKOU,
    Source.REGISTRATIONS,
    Source.INSURANCE,
    Source.TALENT,
    Source.ENROLMENT,
)
"""The registers that first issue and endorsement are decided from."""
_FOR_A_CARD: Final = (Source.POPULATION, Source.HUKOU, Source.REGISTRATIONS)


def sources_of(business: Business) -> tuple[Source, ...]:
    """Return the registers that a business is decided from; no other is asked.

    A card alone needs to know who the person is, and where they live: it is printed.
    """
    whole = business in (Business.FIRST_ISSUE, Business.ENDORSEMENT)
    return SOURCES if whole else _FOR_A_CARD


E = TypeVar("E", bound=Entry)


def entry(answers: Mapping[Source, Answer], source: Source, kind: type[E]) -> E | None:
    """Return what `source` holds, None when it did not answer (or answered something else)."""
    answer = answers.get(source)
    found = answer.entry if answer is not None else None
    return found if isinstance(found, kind) else None


def facts_from(answers: Mapping[Source, Answer], *, id_number: str, name: str) -> Facts:
    """Return the facts about one person; what no department answered is UNKNOWN, never empty."""
    population = entry(answers, Source.POPULATION, PopulationEntry)
    hukou = entry(answers, Source.HUKOU, HukouEntry)
    registrations = entry(answers, Source.REGISTRATIONS, RegistrationsEntry)
    insurance = entry(answers, Source.INSURANCE, InsuranceEntry)
    talent = entry(answers, Source.TALENT, TalentEntry)
    enrolment = entry(answers, Source.ENROLMENT, EnrolmentEntry)
    return Facts(
        id_number=id_number,
        identity=_identity(population, name),
        alive=UNKNOWN if population is None else population.alive,
        shenzhen_hukou=UNKNOWN if hukou is None else hukou.shenzhen,
        registrations=UNKNOWN
        if registrations is None
        else tuple(home.registration for home in registrations.homes),
        insurance=UNKNOWN if insurance is None else insurance.months,
        talent=UNKNOWN if talent is None else talent.items,
        enrolment=UNKNOWN if enrolment is None else enrolment.items,
    )


def _identity(population: PopulationEntry | None, name: str) -> Identity | Unknown:
    if population is None:
        return UNKNOWN
    same = population.name is not None and normalise_name(population.name) == normalise_name(name)
    return Identity.MATCHED if same else Identity.MISMATCHED


def open_home(registrations: RegistrationsEntry | None, on: date) -> tuple[str, date | None]:
    """Return the address of the open registration that began last, and the day it began."""
    best: tuple[str, date | None] = ("", None)
    for home in registrations.homes if registrations else ():
        start, end = home.registration.start, home.registration.end
        if start <= on and (end is None or on <= end) and (best[1] is None or start >= best[1]):
            best = (home.address, start)
    return best
