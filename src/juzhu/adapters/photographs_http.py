"""The population base's photographs over the gateway: `juzhu.ports.photographs.Photographs`."""

from typing import Final

import msgspec

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.ports.photographs import PhotographUnavailableError

LIMIT_SECONDS: Final = 2.0
_PATH: Final = "/photographs/query"
_JPEG: Final = b"\xff\xd8\xff"


class _Answer(msgspec.Struct):
    receipt: str
    id_number: str
    photograph: bytes | None  # base64 on the wire


_ANSWER: Final = msgspec.json.Decoder(_Answer)


class HttpPhotographs:
    """Fetches one photograph at a time, two seconds at most."""

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds

    def photograph(self, *, id_number: str, name: str) -> bytes | None:
        """Return the person's photograph as JPEG, None when none is held.

        Raises:
            PhotographUnavailableError: no answer, or none to be believed.

        """
        question = msgspec.json.encode({"id_number": id_number, "name": name})
        try:
            reply = self._gateway.call(_PATH, question, within_seconds=self._limit_seconds)
            answer = _ANSWER.decode(reply.body)
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise PhotographUnavailableError(f"{type(error).__name__}: {error}") from error
        except msgspec.DecodeError as error:
            raise PhotographUnavailableError(f"not understood: {error}") from error
        if reply.status != 200:
            raise PhotographUnavailableError(f"status {reply.status}")
        if answer.id_number != id_number.upper():
            raise PhotographUnavailableError("answered for another person")
        if answer.photograph is not None and not answer.photograph.startswith(_JPEG):
            raise PhotographUnavailableError("not a JPEG")
        return answer.photograph
