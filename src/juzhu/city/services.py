"""What stands behind the gateway: six departments, short messages, the simulated face check.

Each is a handler from a request body to content; how a switched service misbehaves is decided
around it, in `misbehave.py`.
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from juzhu.city.answers import Reply
from juzhu.city.cashier_calls import CALLS
from juzhu.city.enrolment import photograph
from juzhu.city.events import Service
from juzhu.city.phones import MessageRefusedError
from juzhu.city.registers import REGISTERS
from juzhu.city.state import City
from juzhu.domain.vocabulary import Source
from juzhu.ports.life_events import LifeKind

_PREFIXES: Final = {
    Source.POPULATION: "RK",
    Source.HUKOU: "HJ",
    Source.REGISTRATIONS: "JZ",
    Source.INSURANCE: "SB",
    Source.TALENT: "RC",
    Source.ENROLMENT: "XJ",
}


class BrokenForThisPersonError(Exception):
    """The register fails whenever it is asked about this person."""


Handler = Callable[[City, bytes, bool], Awaitable[Reply]]
"""Takes the city, the request body, and whether to answer about somebody else."""


class _PersonQuestion(msgspec.Struct):
    id_number: str
    name: str


class _Message(msgspec.Struct):
    key: str
    phone: str
    text: str


class _MessageKey(msgspec.Struct):
    key: str


class _FeedQuestion(msgspec.Struct):
    after: int
    limit: int


_MOST_TOLD: Final = 500
_FEED_QUESTION: Final = msgspec.json.Decoder(_FeedQuestion)
_QUESTION: Final = msgspec.json.Decoder(_PersonQuestion)
_MESSAGE: Final = msgspec.json.Decoder(_Message)
_MESSAGE_KEY: Final = msgspec.json.Decoder(_MessageKey)


def department(source: Source) -> Handler:
    """Return the handler of one department's register."""
    register, prefix = REGISTERS[source], _PREFIXES[source]

    async def answer(city: City, body: bytes, somebody_else: bool) -> Reply:
        try:
            number = _QUESTION.decode(body).id_number.upper()
        except msgspec.DecodeError as error:
            return _not_understood(error)
        if somebody_else:
            number = _somebody_else(city, number)
        person, on = city.find(number), city.clock.now().date()
        if person is not None and source in person.broken_sources:
            raise BrokenForThisPersonError(source)
        return Reply(
            200,
            {
                "receipt": f"{prefix}{on:%Y%m%d}{secrets.token_hex(6).upper()}",
                "answered_on": on,
                "id_number": number,
                "content": register(person, on),
            },
        )

    return answer


async def send_message(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Deliver a short message, once per key."""
    try:
        message = _MESSAGE.decode(body)
        number = await city.deliver(key=message.key, phone=message.phone, text=message.text)
    except msgspec.DecodeError as error:
        return _not_understood(error)
    except MessageRefusedError as error:
        return Reply(422, {"error": "refused", "message": str(error)})
    return Reply(200, {"number": number, "key": message.key})


async def tell_fate(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Say what became of a short message."""
    try:
        key = _MESSAGE_KEY.decode(body).key
    except msgspec.DecodeError as error:
        return _not_understood(error)
    message = city.phones.message_of(key)
    if message is None:
        return Reply(200, {"key": key, "fate": "not_taken"})
    return Reply(200, {"key": key, "fate": "delivered", "number": message.number, "at": message.at})


async def verify_face(city: City, body: bytes, somebody_else: bool) -> Reply:
    """Say whether number and name belong to one living person; no picture is involved."""
    try:
        question = _QUESTION.decode(body)
    except msgspec.DecodeError as error:
        return _not_understood(error)
    number = question.id_number.upper()
    if somebody_else:
        number = _somebody_else(city, number)
    person, on = city.find(number), city.clock.now().date()
    matched = (
        person is not None
        and person.name == question.name
        and person.face_matches
        and (person.died_on is None or person.died_on > on)
    )
    return Reply(
        200,
        {
            "receipt": f"FACE-SIMULATED-{on:%Y%m%d}-{secrets.token_hex(6)}",
            "id_number": number,
            "matched": matched,
            "simulated": True,
            "note": "模拟刷脸：只核对姓名和号码，没有比对人脸。Simulated: no face was compared.",
        },
    )


async def send_photograph(city: City, body: bytes, somebody_else: bool) -> Reply:
    """Hand out the photograph of whoever is on record under the number."""
    try:
        number = _QUESTION.decode(body).id_number.upper()
    except msgspec.DecodeError as error:
        return _not_understood(error)
    if somebody_else:
        number = _somebody_else(city, number)
    person = city.find(number)
    photo = None if person is None else photograph(city, person)
    return Reply(
        200,
        {
            "receipt": f"XP{city.clock.now():%Y%m%d}{secrets.token_hex(6).upper()}",
            "id_number": number,
            "photograph": photo,  # base64 on the wire
        },
    )


async def tell_lives(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Tell the life events behind a place."""
    try:
        question = _FEED_QUESTION.decode(body)
    except msgspec.DecodeError as error:
        return _not_understood(error)
    first = max(question.after, 0)
    told = city.lives.events[first : first + min(question.limit, _MOST_TOLD)]
    events = [
        {
            "position": position,
            "key": event.key,
            "source": "civil-affairs" if event.kind is LifeKind.DEATH else "population",
            "kind": event.kind,
            "id_number": event.id_number,
            "on": event.on,
            "new_number": event.new_number,
            "undoes": event.undoes,
        }
        for position, event in enumerate(told, start=first + 1)
    ]
    return Reply(200, {"events": events})


HANDLERS: Final[dict[Service, Handler]] = {
    **{Service(source.value): department(source) for source in REGISTERS},
    Service.SMS: send_message,
    Service.FACE: verify_face,
    Service.PHOTOGRAPHS: send_photograph,
    Service.CASHIER: CALLS["/cashier/charges"],
    Service.LIFE_EVENTS: tell_lives,
}

FURTHER: Final[dict[str, tuple[Service, Handler]]] = {
    "/sms/status": (Service.SMS, tell_fate),
    **{path: (Service.CASHIER, call) for path, call in CALLS.items() if path != "/cashier/charges"},
}
"""Paths beside a service's main one; they misbehave with it."""

PATHS: Final[dict[Service, str]] = {
    **{Service(source.value): f"/departments/{source.value}/query" for source in REGISTERS},
    Service.SMS: "/sms/send",
    Service.FACE: "/face/verify",
    Service.PHOTOGRAPHS: "/photographs/query",
    Service.CASHIER: "/cashier/charges",
    Service.LIFE_EVENTS: "/life-events/query",
}


def _somebody_else(city: City, number: str) -> str:
    first, second = (named.person.id_number for named in city.named[:2])
    return second if number == first else first


def _not_understood(error: Exception) -> Reply:
    return Reply(400, {"error": "not_understood", "message": str(error)})
