"""One standing connection to a carrier's message centre (SMPP 3.4), kept up for as long as needed.

It lives on the background loop. What was written to the wire and not answered is never written
again: whether it was taken only the centre knows.
"""

import asyncio
import contextlib
import itertools
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final, Protocol

import structlog
from aiosmpplib.protocol import (
    BindTransceiver,
    BindTransmitter,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    SmppMessage,
    Unbind,
    UnbindResp,
)

log = structlog.get_logger(__name__)

HEADER: Final = struct.Struct("!IIII")
MOST_BYTES: Final = 70_000
"""A message may carry 64 KiB of payload; whatever claims to be longer is none."""
LAST_SEQUENCE: Final = 0x7FFFFFFF

ANSWER: Final = 0x80000000
NACK: Final = 0x80000000
DELIVER: Final = 0x00000005
UNBIND: Final = 0x00000006
ENQUIRE: Final = 0x00000015

OK: Final = 0


class NotConnectedError(Exception):
    """There is no session: nothing was written."""


class NoAnswerError(Exception):
    """It was written, and no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the centre answered: its status and the body behind the header."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the centre is and as whom to bind.

    Attributes:
        tls: None for a plain connection inside a private line or tunnel.
        enquire_seconds: silence after which the centre is asked whether it is there.

    """

    host: str
    port: int
    system_id: str
    password: str
    system_type: str
    tls: ssl.SSLContext | None
    enquire_seconds: float
    limit_seconds: float


class Request(Protocol):
    """Something that can be put on the wire under a sequence number."""

    sequence_num: int

    def pdu(self) -> bytes:
        """Return its bytes."""


class Session:
    """Binds, binds again after a break, and pairs answers with requests.

    Args:
        place: where and as whom.
        delivered: is given the whole message of each deliver_sm, after it was acknowledged.
        late: is given a request and its answer when the asker had given up waiting.

    """

    def __init__(
        self,
        place: Place,
        *,
        delivered: Callable[[bytes], None],
        late: Callable[[Request, Answer], None],
    ) -> None:
        self._place = place
        self._delivered = delivered
        self._late = late
        self._receives = False
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._binding = asyncio.Lock()
        self._not_before = 0.0
        self._failures = 0
        self._numbers = itertools.cycle(range(1, LAST_SEQUENCE))
        self._open: dict[int, asyncio.Future[Answer]] = {}
        self._given_up: dict[int, Request] = {}
        self._heard = 0.0

    async def receive(self) -> None:
        """Have receipts come here from now on, binding again as a receiver too if need be."""
        if not self._receives:
            async with self._binding:  # nothing new is written meanwhile
                self._receives = True
                while self._open and self._writer is not None:
                    await asyncio.sleep(0.05)  # each is answered or given up within its limit
                self._drop("binds again to receive")
        await self._bound()

    async def ask(self, request: Request) -> Answer:
        """Write a request and return its answer.

        Raises:
            NotConnectedError: nothing was written.
            NoAnswerError: it was written, and what came of it is unknown.

        """
        writer = await self._bound()
        try:
            return await self._exchange(writer, request)
        except (TimeoutError, OSError) as error:
            if isinstance(error, TimeoutError):
                self._given_up[request.sequence_num] = request
            raise NoAnswerError(type(error).__name__) from error

    async def close(self) -> None:
        """Say good-bye and hang up."""
        writer = self._writer
        if writer is not None:
            with contextlib.suppress(OSError, TimeoutError):
                await self._exchange(writer, Unbind())
        self._drop("closed")

    async def _bound(self) -> asyncio.StreamWriter:
        async with self._binding:
            if self._writer is not None:
                return self._writer
            if monotonic() < self._not_before:
                raise NotConnectedError("resting after a failure")
            try:
                async with asyncio.timeout(self._place.limit_seconds):
                    self._writer = await self._bind()
            except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
                self._failures += 1
                self._not_before = monotonic() + min(2.0 ** (self._failures - 1), 60.0)
                log.warning("smpp.bind_failed", host=self._place.host, error=_said(error))
                raise NotConnectedError(_said(error)) from error
            self._failures = 0
            return self._writer

    async def _bind(self) -> asyncio.StreamWriter:
        place = self._place
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=place.tls)
        kind = BindTransceiver if self._receives else BindTransmitter
        bind = kind(
            sequence_num=next(self._numbers),
            system_id=place.system_id,
            password=place.password,
            system_type=place.system_type,
        )
        try:
            writer.write(bind.pdu())
            whole = await _read(reader)
            _, command, status, _ = HEADER.unpack_from(whole)
            if command != bind.smpp_command | ANSWER or status != OK:
                raise ConnectionRefusedError(f"the bind was refused, status 0x{status:08X}")
        except BaseException:
            writer.close()
            raise
        self._heard = monotonic()
        self._reading = asyncio.create_task(self._read_all(reader, writer))
        return writer

    async def _exchange(self, writer: asyncio.StreamWriter, request: Request) -> Answer:
        request.sequence_num = next(self._numbers)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open[request.sequence_num] = future
        try:
            writer.write(request.pdu())
            async with asyncio.timeout(self._place.limit_seconds):
                await writer.drain()
                return await future
        finally:
            self._open.pop(request.sequence_num, None)

    async def _read_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take in what comes until the connection breaks; ask for a sign of life in silence."""
        asking = asyncio.create_task(self._ask_for_life(writer))
        try:
            while True:
                whole = await _read(reader)
                self._heard = monotonic()
                self._take(whole, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self._drop(_said(error), writer)
        finally:
            asking.cancel()

    def _take(self, whole: bytes, writer: asyncio.StreamWriter) -> None:
        _, command, status, number = HEADER.unpack_from(whole)
        if command & ANSWER:
            self._answered(number, Answer(status, whole[HEADER.size :]))
        elif command == DELIVER:
            _write(writer, DeliverSmResp(sequence_num=number))
            self._delivered(whole)
        elif command == ENQUIRE:
            _write(writer, EnquireLinkResp(sequence_num=number))
        elif command == UNBIND:
            _write(writer, UnbindResp(sequence_num=number))
            raise ConnectionResetError("the centre has unbound")
        else:
            log.info("smpp.not_understood", command=f"0x{command:08X}")
            writer.write(HEADER.pack(HEADER.size, NACK, 3, number))  # 3: ESME_RINVCMDID

    def _answered(self, number: int, answer: Answer) -> None:
        future = self._open.get(number)
        if future is not None and not future.done():
            future.set_result(answer)
            return
        request = self._given_up.pop(number, None)
        if request is not None:
            self._late(request, answer)

    async def _ask_for_life(self, writer: asyncio.StreamWriter) -> None:
        while True:
            silent = monotonic() - self._heard
            if silent < self._place.enquire_seconds:
                await asyncio.sleep(self._place.enquire_seconds - silent)
                continue
            try:
                await self._exchange(writer, EnquireLink())
            except (TimeoutError, OSError):
                self._drop("no sign of life", writer)
                return

    def _drop(self, reason: str, writer: asyncio.StreamWriter | None = None) -> None:
        """Hang up; whoever waits for an answer gets none."""
        if self._writer is None or (writer is not None and writer is not self._writer):
            return
        log.info("smpp.session_ended", host=self._place.host, reason=reason)
        self._writer.close()
        self._writer = None
        self._given_up.clear()
        for future in self._open.values():
            if not future.done():
                future.set_exception(ConnectionResetError(reason))


def _write(writer: asyncio.StreamWriter, message: SmppMessage) -> None:
    writer.write(message.pdu())


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(HEADER.size)
    length = HEADER.unpack(head)[0]
    if not HEADER.size <= length <= MOST_BYTES:
        raise ValueError(f"a message of {length} bytes")
    return head + await reader.readexactly(length - HEADER.size)


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
