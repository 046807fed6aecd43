"""The part of the exchange that Django answers: its handler with our addresses and no middleware.

The pages' sessions, cookies and languages do not exist here.
"""

import asyncio
import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Protocol

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import set_urlconf

from juzhu.api.calls import Call
from juzhu.api.problems import BY_STATUS, CONTENT_TYPE, Kind, Problem

URLCONF: Final = "juzhu.api.urls"
_RAISED: Final = "juzhu.raised"
_PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


class Out(Protocol):
    """The way back to the caller."""

    async def start(
        self, status: int, headers: Mapping[str, str], *, length: int | None = None
    ) -> None:
        """Begin an answer."""

    async def part(self, body: bytes, *, last: bool) -> None:
        """Send a part of it."""

    async def problem(self, problem: Problem) -> None:
        """Send a problem instead."""


class _Request(ASGIRequest):
    urlconf = URLCONF

    @property
    def body(self) -> bytes:
        """The body that the gate has read, up to the limit of the address."""
        body: bytes = self.scope["juzhu.call"].body
        return body


class _Handler(ASGIHandler):
    """Django's handler without middleware, on the addresses of the exchange."""

    request_class = _Request

    def load_middleware(self, is_async: bool = False) -> None:
        """Take the bare chain; the gate has done what middleware would do."""
        del is_async
        self._middleware_chain = self._answer
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []

    async def _answer(self, request: ASGIRequest) -> HttpResponseBase:
        set_urlconf(URLCONF)
        try:
            response: HttpResponseBase = await self._get_response_async(request)  # type: ignore[attr-defined]  # Django's own step
        except Http404:
            return HttpResponse(status=404)
        except Exception as error:  # noqa: BLE001  # raised again outside; here files are closed
            request.scope[_RAISED] = error  # type: ignore[index]  # a dict of ours
            return HttpResponse(status=500)
        finally:
            if request.resolver_match is not None:
                route = _PARAMETER.sub(r"{\1}", request.resolver_match.route)
                request.scope["juzhu.call"].operation = f"{request.method} /{route}"
        return response


class DjangoSide:
    """Hands a call to Django and takes the answer back."""

    def __init__(self) -> None:
        self._handler = _Handler()

    async def answer(self, scope: MutableMapping[str, Any], call: Call, out: Out) -> None:
        """Let Django answer; whatever it refuses leaves as problem details."""
        inside = {**scope, "juzhu.call": call}
        body: list[bytes] = [call.body]
        refused: list[Problem] = []

        async def receive() -> MutableMapping[str, Any]:
            if body:
                return {"type": "http.request", "body": body.pop(), "more_body": False}
            await asyncio.Event().wait()  # a caller that hangs up does not stop what is under way
            raise AssertionError

        async def send(message: MutableMapping[str, Any]) -> None:
            if not refused:
                await _pass_on(message, out, refused)

        await self._handler(inside, receive, send)  # type: ignore[arg-type]  # the same shapes
        if _RAISED in inside:
            raise inside[_RAISED]
        if refused:
            await out.problem(refused[0])


async def _pass_on(message: MutableMapping[str, Any], out: Out, refused: list[Problem]) -> None:
    if message["type"] != "http.response.start":
        await out.part(message.get("body", b""), last=not message.get("more_body", False))
        return
    problem = _problem(message)
    if problem is None:
        await out.start(message["status"], _plain(message))
    else:
        refused.append(problem)


def _plain(message: MutableMapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}


def _problem(message: MutableMapping[str, Any]) -> Problem | None:
    """Return what stands for a refusal that is not problem details yet."""
    status, headers = message["status"], _plain(message)
    kinds = {name.lower(): value for name, value in headers.items()}
    if status < 400 or kinds.get("content-type") == CONTENT_TYPE:
        return None
    kept = {"Allow": kinds["allow"]} if "allow" in kinds else {}
    return Problem(BY_STATUS.get(status, Kind.FAILED), headers=kept)
