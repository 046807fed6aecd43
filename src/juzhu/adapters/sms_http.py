"""The phones of the sandbox city, or any carrier behind the exchange gateway's signature."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from juzhu.adapters.background import background
from juzhu.adapters.gateway import (
    Gateway,
    GatewayMalformedError,
    GatewayUnreachableError,
    Reply,
)
from juzhu.ports.sms import (
    Fate,
    Receipt,
    Sent,
    Sms,
    SmsCallbackError,
    SmsRejectedError,
    SmsUnavailableError,
)

T = TypeVar("T")

LIMIT_SECONDS: Final = 5.0
_SEND: Final = "/sms/send"
_STATUS: Final = "/sms/status"


class _Sent(msgspec.Struct):
    number: str
    key: str


class _Status(msgspec.Struct):
    key: str
    fate: Fate
    number: str = ""
    at: datetime | None = None


_SENT: Final = msgspec.json.Decoder(_Sent)
_FATE: Final = msgspec.json.Decoder(_Status)


class HttpSms:
    """Sends each message once per key and asks for its fate by key."""

    name = "city"
    once_per_key = True
    standing = False
    callback_token = ""
    callback_answer = b""

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds

    async def send(self, sms: Sms) -> str:
        """Send and return the gateway's own message number; errors as the port says."""
        reply = await self._call(_SEND, {"key": sms.key, "phone": sms.phone, "text": sms.text})
        if reply.status == 422:
            reason = reply.body.decode(errors="replace")
            raise SmsRejectedError(reason, no_subscriber="no_subscriber" in reason)
        sent = _decoded(_SENT, reply)
        if sent.key != sms.key:
            raise SmsUnavailableError("answered for another message")
        return sent.number

    async def ask(self, sent: Sent) -> Receipt:
        """Return what became of a message; errors as the port says."""
        status = _decoded(_FATE, await self._call(_STATUS, {"key": sent.key}))
        if status.key != sent.key:
            raise SmsUnavailableError("answered for another message")
        return Receipt(status.fate, status.number, key=status.key, at=status.at)

    async def arrived(self) -> Sequence[Receipt]:
        """Return nothing: this gateway is asked."""
        return ()

    def parse(self, body: bytes) -> Sequence[Receipt]:  # noqa: ARG002
        """Refuse: this gateway is asked and never calls back."""
        raise SmsCallbackError("this gateway sends no callbacks")

    async def _call(self, path: str, content: dict[str, str]) -> Reply:
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await self._gateway.post(background(), path, msgspec.json.encode(content))
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise SmsUnavailableError(f"{type(error).__name__}: {error}") from error


def _decoded(decoder: "msgspec.json.Decoder[T]", reply: Reply) -> T:
    if reply.status != 200:
        raise SmsUnavailableError(f"status {reply.status}")
    try:
        return decoder.decode(reply.body)
    except msgspec.DecodeError as error:
        raise SmsUnavailableError(f"not understood: {error}") from error
