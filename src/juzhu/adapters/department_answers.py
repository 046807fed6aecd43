"""The shape of the departments' answers, decoded strictly and turned into the port's entries.

Strictly: a wrong type or a missing field is an error, never guessed at. Fields unknown to this
version are let pass, so that a department can add one without stopping decisions.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final

import msgspec

from juzhu.domain.facts import Enrolment, MonthSet, Registration, Talent
from juzhu.domain.vocabulary import EducationLevel, Insurance, Source, TalentKind
from juzhu.ports.departments import (
    EnrolmentEntry,
    Entry,
    HukouEntry,
    InsuranceEntry,
    PopulationEntry,
    RegisteredHome,
    RegistrationsEntry,
    TalentEntry,
)


class Population(msgspec.Struct):
    """人口库: every other field only when the number is on record."""

    on_record: bool
    name: str | None = None
    sex: str | None = None
    ethnic_group: str | None = None
    birth_date: date | None = None
    alive: bool = True
    hukou_address: str | None = None

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        if not self.on_record:
            return PopulationEntry(name=None)
        if not self.name:
            raise ValueError("on record without a name")
        return PopulationEntry(
            name=self.name,
            sex=self.sex,
            ethnic_group=self.ethnic_group,
            birth_date=self.birth_date,
            alive=self.alive,
            hukou_address=self.hukou_address,
        )


class Hukou(msgspec.Struct):
    """户籍."""

    shenzhen: bool
    since: date | None

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        return HukouEntry(self.shenzhen, self.since)


class Home(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """One residence registration (居住登记)."""

    start: date
    end: date | None
    house_code: str
    address: str


class Registrations(msgspec.Struct):
    """居住登记, oldest first."""

    homes: list[Home]

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        homes = sorted(self.homes, key=lambda home: home.start)
        for home in homes:
            _check_order(home.start, home.end)
        return RegistrationsEntry(
            tuple(
                RegisteredHome(Registration(home.start, home.end, home.house_code), home.address)
                for home in homes
            )
        )


class InsuranceAnswer(msgspec.Struct):
    """社会保险: for each kind the spans of months paid, both ends included."""

    months: dict[Insurance, list[tuple[str, str]]]
    employer: str | None

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        months = {kind: _month_set(spans) for kind, spans in self.months.items()}
        return InsuranceEntry(months, self.employer)


class TalentItem(msgspec.Struct):
    """One qualification (人才引进)."""

    kind: TalentKind
    full_time: bool
    issued_by: str


class TalentAnswer(msgspec.Struct):
    """人才."""

    items: list[TalentItem]

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        return TalentEntry(
            tuple(Talent(item.kind, item.full_time, item.issued_by) for item in self.items)
        )


class Study(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """One enrolment (学籍)."""

    level: EducationLevel
    full_time: bool
    start: date
    end: date | None


class EnrolmentAnswer(msgspec.Struct):
    """学籍."""

    items: list[Study]
    school: str | None

    def entry(self) -> Entry:
        """Return it as the port's entry."""
        for study in self.items:
            _check_order(study.start, study.end)
        return EnrolmentEntry(
            tuple(Enrolment(s.level, s.full_time, s.start, s.end) for s in self.items),
            self.school,
        )


class Envelope(msgspec.Struct):
    """What all answers share; `content` is decoded by the register's own type."""

    receipt: str
    answered_on: date
    id_number: str
    content: msgspec.Raw


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_CONTENT: Final[dict[Source, msgspec.json.Decoder[Any]]] = {
    Source.POPULATION: msgspec.json.Decoder(Population),
    Source.HUKOU: msgspec.json.Decoder(Hukou),
    Source.REGISTRATIONS: msgspec.json.Decoder(Registrations),
    Source.INSURANCE: msgspec.json.Decoder(InsuranceAnswer),
    Source.TALENT: msgspec.json.Decoder(TalentAnswer),
    Source.ENROLMENT: msgspec.json.Decoder(EnrolmentAnswer),
}

ASKABLE: Final = frozenset(_CONTENT)
"""The registers that can be asked; our own is not among them."""


def envelope_of(body: bytes) -> Envelope:
    """Return an answer's envelope; raise ValueError when it is not one."""
    envelope = _ENVELOPE.decode(body)
    if not envelope.receipt:
        raise ValueError("answer without a receipt")
    return envelope


def entry_of(source: Source, envelope: Envelope) -> Entry:
    """Return what `source` said as the port's entry; raise ValueError when it makes no sense."""
    entry: Callable[[], Entry] = _CONTENT[source].decode(envelope.content).entry
    return entry()


def _month_set(spans: list[tuple[str, str]]) -> MonthSet:
    months = MonthSet()
    for first, last in spans:
        start, end = _month(first), _month(last)
        if end < start:
            raise ValueError(f"span of months ends before it begins: {first}, {last}")
        months = months.union(MonthSet.between(start, end))
    return months


@lru_cache(maxsize=2048)
def _month(text: str) -> int:
    """Return the index of a month written as "2025-01"; raise ValueError on any other form."""
    return MonthSet.of((text,)).latest


def _check_order(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise ValueError(f"ends on {end}, before it begins on {start}")
