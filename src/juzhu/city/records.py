"""The city's facts for programs: people, phones, legacy permits."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from juzhu.city.answers import json_response
from juzhu.city.control import BadRequestError
from juzhu.city.events import Delivered
from juzhu.city.legacy import permit_lines
from juzhu.city.person import Person
from juzhu.city.state import City

_MOST_PHONES: Final = 1000
_MOST_PEOPLE: Final = 10_000
_LINES_A_PART: Final = 500


async def people(request: Request) -> Response:
    """List the people to be, or `generated` others from the `first`."""
    city: City = request.app.state.city
    count = _count(request, "generated", _MOST_PEOPLE)
    if count:
        first = _count(request, "first", city.born.population)
        last = min(first + count, city.born.population)
        return json_response([_person(city.populace.person(i)) for i in range(first, last)])
    return json_response(
        [
            _person(named.person) | {"expect": named.expect, "expect_en": named.expect_en}
            for named in city.named
        ]
    )


async def phones(request: Request) -> Response:
    """List the phones with their latest message, latest first."""
    city: City = request.app.state.city
    return json_response([_message(message) for message in city.phones.latest(_MOST_PHONES)])


async def phone(request: Request) -> Response:
    """List what one phone received, oldest first."""
    city: City = request.app.state.city
    messages = city.phones.messages(request.path_params["phone"])
    return json_response([_message(message) for message in messages])


async def permits(request: Request) -> Response:
    """Hand out the permits issued before Juzhu as CSV."""
    city: City = request.app.state.city
    lines = permit_lines(city, generated=_count(request, "generated", city.born.population))
    return StreamingResponse(_parts(lines), media_type="text/csv; charset=utf-8")


def _parts(lines: Iterator[str]) -> Iterator[str]:
    while part := "".join(islice(lines, _LINES_A_PART)):
        yield part


def _count(request: Request, name: str, most: int) -> int:
    value = request.query_params.get(name, "0")
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise BadRequestError(f"{name} must be a whole number")
    return min(int(value), most)


def _person(person: Person) -> dict[str, Any]:
    return {"id_number": person.id_number, "name": person.name, "phone": person.phone}


def _message(message: Delivered) -> dict[str, Any]:
    return {
        "number": message.number,
        "key": message.key,
        "phone": message.phone,
        "text": message.text,
        "at": message.at.isoformat(),
    }
