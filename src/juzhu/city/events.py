"""What happens in a city and must outlive it: the lines of the journal."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from juzhu.domain.vocabulary import Source


class Service(StrEnum):
    """What can be switched: the six departments by their register, and three services."""

    POPULATION = Source.POPULATION.value
    HUKOU = Source.HUKOU.value
    REGISTRATIONS = Source.REGISTRATIONS.value
    INSURANCE = Source.INSURANCE.value
    TALENT = Source.TALENT.value
    ENROLMENT = Source.ENROLMENT.value
    SMS = "sms"
    FACE = "face"
    PHOTOGRAPHS = "photographs"


class Mode(StrEnum):
    """How a switched service behaves."""

    OK = "ok"
    ERROR500 = "error500"  # answers at once that it is broken
    REFUSE = "refuse"  # turns callers away, as an overloaded front does
    SILENT = "silent"  # takes the request and never answers
    RUBBISH = "rubbish"  # a signed answer that is not the agreed shape
    FORGED = "forged"  # the right content under a wrong signature
    ANOTHER_PERSON = "another_person"  # a well-formed answer about somebody else
    LOST_ANSWER = "lost_answer"  # does its work, then breaks before saying so


def modes_of(service: Service) -> tuple[Mode, ...]:
    """Return how `service` can behave: a message gateway has nobody to mistake for another."""
    return tuple(m for m in Mode if m is not Mode.ANOTHER_PERSON or service is not Service.SMS)


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """A line of the journal."""


class Born(Event, frozen=True, tag="born"):
    """The city was founded; always the first line."""

    seed: str
    population: int
    born_on: date


class ClockMoved(Event, frozen=True, tag="clock_moved"):
    """The clock now runs this many seconds ahead of real time."""

    offset_seconds: int


class Switched(Event, frozen=True, tag="switched"):
    """A service behaves differently from now on."""

    service: Service
    mode: Mode
    latency_ms: int


class Delivered(Event, frozen=True, tag="delivered"):
    """A short message arrived on a phone."""

    number: str
    key: str
    phone: str
    text: str
    at: datetime


AnyEvent = Born | ClockMoved | Switched | Delivered
