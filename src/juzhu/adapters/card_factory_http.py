"""The card factory over the gateway: `juzhu.ports.card_factory.CardFactory` over signed HTTP.

The gateway's signature covers the whole file; the receipt names the file's SHA-256, so that the
factory cannot have taken another one than was sent.
"""

import hashlib
from datetime import datetime
from typing import Final

import msgspec

from juzhu.adapters.gateway import (
    Gateway,
    GatewayMalformedError,
    GatewayUnreachableError,
    Reply,
)
from juzhu.ports.card_factory import FactoryNews, FactoryRefusedError, FactoryUnavailableError

SEND_SECONDS: Final = 10.0
NEWS_SECONDS: Final = 5.0
_SEND: Final = "/cards/files"
_NEWS: Final = "/cards/news"


class _Receipt(msgspec.Struct):
    receipt: str
    sha256: str


class _Line(msgspec.Struct):
    number: int
    line: str
    what: str
    at: datetime
    serial: str = ""
    tracking: str = ""
    code: str = ""
    reason: str = ""


class _News(msgspec.Struct):
    news: list[_Line]


class _Problem(msgspec.Struct):
    error: str = ""


_RECEIPT: Final = msgspec.json.Decoder(_Receipt)
_LINES: Final = msgspec.json.Decoder(_News)
_PROBLEM: Final = msgspec.json.Decoder(_Problem)


class HttpCardFactory:
    """Sends files and reads the news."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, file: bytes) -> str:
        """Hand over a production file; see the port."""
        reply = self._call(_SEND, file, SEND_SECONDS)
        try:
            if reply.status in (409, 413, 422):
                raise FactoryRefusedError(_PROBLEM.decode(reply.body).error or str(reply.status))
            answer = _RECEIPT.decode(reply.body)
        except msgspec.DecodeError as error:
            raise FactoryUnavailableError(f"not understood: {error}") from error
        if answer.sha256 != hashlib.sha256(file).hexdigest():
            raise FactoryUnavailableError("the receipt is for another file")
        return answer.receipt

    def news(self, *, after: int) -> list[FactoryNews]:
        """Return the news after a line; see the port."""
        question = msgspec.json.encode({"after": after})
        reply = self._call(_NEWS, question, NEWS_SECONDS)
        if reply.status != 200:
            raise FactoryUnavailableError(f"status {reply.status}")
        try:
            lines = _LINES.decode(reply.body).news
        except msgspec.DecodeError as error:
            raise FactoryUnavailableError(f"not understood: {error}") from error
        numbers = [line.number for line in lines]
        if numbers != sorted(set(numbers)) or (numbers and numbers[0] <= after):
            raise FactoryUnavailableError("the news are out of order")
        return [FactoryNews(**msgspec.structs.asdict(line)) for line in lines]

    def _call(self, path: str, body: bytes, seconds: float) -> Reply:
        try:
            return self._gateway.call(path, body, within_seconds=seconds)
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise FactoryUnavailableError(f"{type(error).__name__}: {error}") from error
