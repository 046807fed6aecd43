"""The gateway's front: checks the signature, then answers, or misbehaves as the switch says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from juzhu.city.answers import Reply
from juzhu.city.bodies import LONGEST_BODY, read_body
from juzhu.city.events import Mode, Service
from juzhu.city.services import HANDLERS, BrokenForThisPersonError, Handler
from juzhu.city.state import City
from juzhu.ports.gateway import SIGNATURE

SILENCE_SECONDS: Final = 60.0
"""A silent service lets go of its caller after this long, if the caller has not left before."""

_RUBBISH: Final = b'{"receipt":["?"],"content":"<xml>system busy</xml>"}'
_ENCODER: Final = msgspec.json.Encoder()


def gateway_endpoint(
    service: Service, handler: Handler | None = None, *, longest: int = LONGEST_BODY
) -> Callable[[Request], Awaitable[Response]]:
    """Return the web endpoint of a service behind the gateway, or of something beside it."""
    handler = handler or HANDLERS[service]

    async def endpoint(request: Request) -> Response:
        city: City = request.app.state.city
        body = await read_body(request, longest=longest)
        nonce = city.gate.admit(request.method, request.url.path, request.headers, body)
        switch = city.switches[service]
        if switch.latency_ms:
            await asyncio.sleep(switch.latency_ms / 1000)
        match switch.mode:
            case Mode.ERROR500:
                return Response(status_code=500)
            case Mode.REFUSE:
                return Response(status_code=503, headers={"connection": "close"})
            case Mode.SILENT:
                await until_caller_leaves(request)
                return Response(status_code=504)
            case Mode.RUBBISH:
                return _signed(city, nonce, 200, _RUBBISH)
            case mode:
                return await _work(city, nonce, mode, handler(city, body, _elsewhere(mode)))

    return endpoint


def _elsewhere(mode: Mode) -> bool:
    return mode is Mode.ANOTHER_PERSON


async def _work(city: City, nonce: str, mode: Mode, work: Awaitable[Reply]) -> Response:
    try:
        reply = await work
    except BrokenForThisPersonError:
        return Response(status_code=500)
    if mode is Mode.LOST_ANSWER:
        return Response(status_code=500)
    body = _ENCODER.encode(reply.content)
    # A forged answer carries the signature of an answer to another question.
    return _signed(city, nonce[::-1] if mode is Mode.FORGED else nonce, reply.status, body)


def _signed(city: City, nonce: str, status: int, body: bytes) -> Response:
    return Response(
        body,
        status_code=status,
        headers={SIGNATURE: city.gate.sign(nonce, status, body)},
        media_type="application/json",
    )


async def until_caller_leaves(request: Request) -> None:
    """Say nothing until the caller gives up, or for a minute."""
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
