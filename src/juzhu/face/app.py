"""The face process as a web application: begin a check, look at frames, give the verdict.

Only this installation's own web processes are answered: they carry a token that both derive from
the installation's secret. Bodies are cut off at their limit before they are read into memory.
"""

import asyncio
import hmac
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from juzhu.face.checks import Checks, ForeignCheckError, TooBusyError, UnknownCheckError

T = TypeVar("T")

FRAMES_LIMIT: Final = 512 * 1024
PHOTOGRAPH_LIMIT: Final = 4 * 1024 * 1024
_LENGTH: Final = 4
_WAITING_PER_CORE: Final = 8
"""Batches of frames that may wait for a core; more are told to come back."""


class MalformedFramesError(ValueError):
    """The body is not frames, each after its length."""


def frames_in(body: bytes) -> list[bytes]:
    """Return the frames of a body: each JPEG after its length (four bytes, little-endian).

    Raises:
        MalformedFramesError: the lengths do not add up.

    """
    frames, position = [], 0
    while position < len(body):
        start = position + _LENGTH
        position = start + int.from_bytes(body[position:start], "little")
        if position > len(body) or position == start:
            raise MalformedFramesError
        frames.append(body[start:position])
    return frames


class Desk:
    """Hands work to as many threads as there are cores, and refuses what would wait too long."""

    def __init__(self, cores: int) -> None:
        self._threads = ThreadPoolExecutor(cores, thread_name_prefix="face")
        self._most = cores * (1 + _WAITING_PER_CORE)
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread.

        Raises:
            TooBusyError: as much as is bearable is waiting already.

        """
        if self._waiting >= self._most:
            raise TooBusyError
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def create_app(checks: Checks, *, token: str, cores: int | None = None) -> Starlette:
    """Return the application."""
    app = Starlette(
        routes=[
            Route("/healthz", _healthz),
            Route("/checks", _begin, methods=["POST"]),
            Route("/checks/{name}/frames", _look, methods=["POST"]),
            Route("/checks/{name}/verdict", _verdict, methods=["POST"]),
        ],
        exception_handlers={
            TooBusyError: _answer(503, "busy"),
            UnknownCheckError: _answer(404, "unknown"),
            ForeignCheckError: _answer(410, "foreign"),
            MalformedFramesError: _answer(400, "malformed"),
        },
    )
    app.state.checks, app.state.token = checks, token
    app.state.desk = Desk(cores or os.cpu_count() or 1)
    return app


async def _healthz(request: Request) -> Response:
    return PlainTextResponse(f"ok {len(request.app.state.checks)}")


async def _begin(request: Request) -> Response:
    _admit(request)
    return JSONResponse({"check": request.app.state.checks.begin()}, status_code=201)


async def _look(request: Request) -> Response:
    frames = frames_in(await _body(request, FRAMES_LIMIT))
    checks, name = request.app.state.checks, request.path_params["name"]
    progress = await request.app.state.desk.run(lambda: checks.look_at(name, frames))
    return JSONResponse(asdict(progress))


async def _verdict(request: Request) -> Response:
    photograph = await _body(request, PHOTOGRAPH_LIMIT)
    checks, name = request.app.state.checks, request.path_params["name"]
    matched = await request.app.state.desk.run(lambda: checks.verdict(name, photograph or None))
    return JSONResponse({"matched": matched})


def _admit(request: Request) -> None:
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {request.app.state.token}".encode()):
        raise HTTPException(401)


async def _body(request: Request, limit: int) -> bytes:
    _admit(request)
    parts: list[bytes] = []
    async for part in request.stream():
        parts.append(part)
        if _size(parts) > limit:
            raise HTTPException(413)
    return b"".join(parts)


def _size(parts: Sequence[bytes]) -> int:
    return sum(map(len, parts))


def _answer(status: int, error: str) -> Callable[[Request, Exception], Response]:
    def handler(_request: Request, _error: Exception) -> Response:
        return JSONResponse({"error": error}, status_code=status)

    return handler
