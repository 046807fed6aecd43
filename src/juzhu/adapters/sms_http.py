"""Sending short messages over the gateway: `juzhu.ports.sms.SmsGateway` over HTTP."""

from typing import Final

import msgspec

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.ports.sms import SmsRejectedError, SmsUnavailableError

LIMIT_SECONDS: Final = 5.0
_PATH: Final = "/sms/send"


class _Sent(msgspec.Struct):
    number: str
    key: str


_SENT: Final = msgspec.json.Decoder(_Sent)


class HttpSms:
    """Sends each message once per key; the job that sends it does the retrying."""

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds

    def send(self, *, key: str, phone: str, text: str) -> str:
        """Send `text` to `phone` and return the gateway's own message number.

        Raises:
            SmsRejectedError: the gateway answered 422: never retry.
            SmsUnavailableError: any other trouble: retry later with the same key.

        """
        message = msgspec.json.encode({"key": key, "phone": phone, "text": text})
        try:
            reply = self._gateway.call(_PATH, message, within_seconds=self._limit_seconds)
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise SmsUnavailableError(f"{type(error).__name__}: {error}") from error
        if reply.status == 422:
            raise SmsRejectedError(reply.body.decode(errors="replace"))
        if reply.status != 200:
            raise SmsUnavailableError(f"status {reply.status}")
        try:
            sent = _SENT.decode(reply.body)
        except msgspec.DecodeError as error:
            raise SmsUnavailableError(f"not understood: {error}") from error
        if sent.key != key:
            raise SmsUnavailableError("answered for another message")
        return sent.number
