"""The exchange as an ASGI application: one gate for every request, then a handler.

The gate gives the request its trace id, finds out who calls, counts, reads the body up to its
limit, and turns every refusal and every failure into problem details. What must be quick is a
small handler here; everything else is Django's (`juzhu.api.urls`), behind the same gate.
"""

import gc
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from juzhu.api import auth, heartbeat, hot, numbers, parameters, public
from juzhu.api.calls import Answer, Call
from juzhu.api.django_side import DjangoSide
from juzhu.api.limits import limits
from juzhu.api.problems import CONTENT_TYPE, Kind, Problem
from juzhu.api.routes import HOT, LARGEST_BODY, LARGEST_BODY_BY_PATH, PUBLIC, QUIET
from juzhu.api.tally import tally

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger()

_TRACE_ID: Final = re.compile(r"[A-Za-z0-9._\-]{8,64}")
_RETRY_SECONDS: Final = "2"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}
_AWAY: Final = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)
"""The database does not answer, or gave up: the same request may succeed in a moment."""

_django: Final = DjangoSide()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or follow the server's start and end."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    started = time.perf_counter()
    call = Call(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=_headers(scope),
        body=b"",
        trace_id="",
        host=(scope.get("client") or ("",))[0],
    )
    call.trace_id = _trace_id(call.headers)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=call.trace_id)
    out = _Out(send, call)
    try:
        await _answer(scope, receive, out, call)
    except Problem as problem:
        await out.problem(problem)
    except _AWAY as error:  # a line each: a crowd of callers fails at once
        log.warning("exchange.database_away", error=type(error).__name__)
        await out.problem(_unavailable())
    except Exception:  # the error page of the exchange
        log.exception("exchange.failed")
        await out.problem(Problem(Kind.FAILED))
    _note(call, out.status, time.perf_counter() - started)


async def _answer(scope: Scope, receive: Receive, out: "_Out", call: Call) -> None:
    if call.path in PUBLIC or call.path.startswith(public.PREFIXES):
        parameters.check(call)
        call.body = await _body(call, receive)
        await out.answer(await public.handle(call))
        return
    call.caller, partner = await auth.authenticate(call.headers, call.method, call.path)
    out.more((await limits.take(partner.id, partner.calls_per_minute)).headers())
    parameters.check(call)
    handler = HOT.get((call.method, call.path))
    call.body = await _body(call, receive)
    if handler is not None:
        await out.answer(await handler(call))
        return
    await _django.answer(scope, call, out)


async def _body(call: Call, receive: Receive) -> bytes:
    """Read the body, and no more of it than may be sent here."""
    largest = LARGEST_BODY_BY_PATH.get(call.path, LARGEST_BODY)
    if call.headers.get("content-encoding", "identity") != "identity":
        raise Problem(Kind.MEDIA_TYPE, "Send the body without a content encoding.")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(Kind.MALFORMED, "The body broke off.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > largest:
            raise Problem(Kind.TOO_LARGE, f"At most {largest} bytes are read here.")
        if not message.get("more_body", False):
            return b"".join(parts)


class _Out:
    """The way back; it adds what every answer carries."""

    def __init__(self, send: Send, call: Call) -> None:
        self._send = send
        self._call = call
        self._more: dict[str, str] = {}
        self.status = 0

    def more(self, headers: Mapping[str, str]) -> None:
        """Add headers to whatever will be answered."""
        self._more.update(headers)

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        headers = {"Content-Type": answer.content_type, **answer.headers}
        await self.start(answer.status, headers, length=len(answer.body))
        await self.part(b"" if self._call.method == "HEAD" else answer.body, last=True)

    async def problem(self, problem: Problem) -> None:
        """Send a problem, unless an answer has begun: then nothing can be said any more."""
        if self.status:
            log.error("exchange.broken_off", status=self.status)
            return
        body = problem.body(self._call.trace_id)
        await self.answer(Answer(problem.status, body, dict(problem.headers), CONTENT_TYPE))

    async def start(
        self, status: int, headers: Mapping[str, str], *, length: int | None = None
    ) -> None:
        """Begin an answer whose parts follow."""
        merged = {**_HEADERS, **self._more, **headers, "X-Trace-ID": self._call.trace_id}
        if length is not None:
            merged["Content-Length"] = str(length)
        self.status = status
        pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in merged.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def part(self, body: bytes, *, last: bool) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _trace_id(headers: Mapping[str, str]) -> str:
    given = headers.get("x-request-id", "")
    return given if _TRACE_ID.fullmatch(given) else uuid.uuid4().hex


def _unavailable() -> Problem:
    return Problem(Kind.UNAVAILABLE, headers={"Retry-After": _RETRY_SECONDS})


def _note(call: Call, status: int, seconds: float) -> None:
    operation = numbers.operation(call)
    if call.caller is not None:
        tally.count(call.caller, operation, status)
    numbers.count(operation, call.method, status, seconds)
    if call.path not in QUIET:
        log.info(
            "exchange.answered",
            partner=call.caller.code if call.caller else "",
            method=call.method,
            operation=operation,
            status=status,
            ms=round(seconds * 1000, 1),
        )


def _settle() -> None:
    """Keep the garbage collector away from what will never go: a batch makes 100,000 objects.

    Without this a fifth of a batch's time goes into looking at Django's own objects again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _settle()
            heartbeat.start()
        if message["type"] == "lifespan.shutdown":
            hot.stop()
            await tally.write()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
