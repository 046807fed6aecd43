"""What happens in a city and must outlive it: the lines of the journal."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from juzhu.domain.vocabulary import Source
from juzhu.ports.life_events import LifeKind


class Service(StrEnum):
    """What can be switched: the six departments by their register, and the services beside them."""

    POPULATION = Source.POPULATION.value
    HUKOU = Source.HUKOU.value
    REGISTRATIONS = Source.REGISTRATIONS.value
    INSURANCE = Source.INSURANCE.value
    TALENT = Source.TALENT.value
    ENROLMENT = Source.ENROLMENT.value
    SMS = "sms"
    FACE = "face"
    PHOTOGRAPHS = "photographs"
    CASHIER = "cashier"
    CARDS = "cards"
    LIFE_EVENTS = "life_events"
    WECHAT = "wechat"


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
    HALF = "half"  # the card factory acknowledges every other line of a file
    SPOILED = "spoiled"  # the card factory spoils what it makes


def modes_of(service: Service) -> tuple[Mode, ...]:
    """Return how `service` can behave: not all have somebody to mistake for another."""
    alone = service in (
        Service.SMS,
        Service.CASHIER,
        Service.CARDS,
        Service.LIFE_EVENTS,
        Service.WECHAT,
    )
    others = {Mode.ANOTHER_PERSON} if alone else set()
    if service is Service.WECHAT:
        others.add(Mode.FORGED)  # its answers carry no signature
    if service is not Service.CARDS:
        others |= {Mode.HALF, Mode.SPOILED}
    return tuple(mode for mode in Mode if mode not in others)


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


class Charged(Event, frozen=True, tag="charged"):
    """The cashier was asked to take money."""

    number: str
    token: str
    amount_fen: int
    title: str
    closes_at: datetime
    notify_url: str
    return_url: str


class ChargePaid(Event, frozen=True, tag="charge_paid"):
    """Somebody paid at the cashier's page."""

    number: str
    transaction: str
    amount_fen: int
    at: datetime


class ChargeEnded(Event, frozen=True, tag="charge_ended"):
    """Nobody can pay it any more."""

    number: str


class ChargeReturned(Event, frozen=True, tag="charge_returned"):
    """Money went back."""

    number: str
    charge_number: str
    amount_fen: int
    at: datetime


OfCashier = Charged | ChargePaid | ChargeEnded | ChargeReturned


class Fate(StrEnum):
    """What will become of a line of a production file."""

    MADE = "made"
    SPOILED = "spoiled"
    FORGOTTEN = "forgotten"  # never acknowledged


class CardLine(msgspec.Struct, frozen=True):
    """One card of a production file, as the carrier needs it."""

    line: str
    name: str
    to: str
    address: str
    fate: Fate


class CardsOrdered(Event, frozen=True, tag="cards_ordered"):
    """The card factory took a production file."""

    file: str
    sha256: str
    lines: list[CardLine]
    at: datetime


class CardTold(Event, frozen=True, tag="card_told"):
    """The factory or its carrier told what happened to a card; the order is that of the news."""

    line: str
    what: str
    at: datetime
    serial: str = ""
    tracking: str = ""
    code: str = ""
    reason: str = ""


class Happened(Event, frozen=True, tag="happened"):
    """Something in somebody's life that the registers of persons tell by themselves."""

    key: str
    kind: LifeKind
    id_number: str
    on: date
    new_number: str = ""
    undoes: str = ""


OfFactory = CardsOrdered | CardTold
AnyEvent = Born | ClockMoved | Switched | Delivered | OfCashier | OfFactory | Happened
