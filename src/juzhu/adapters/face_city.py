"""The sandbox's simulated face check: `juzhu.ports.face.FaceCheck`; never for real people."""

from typing import Final

import msgspec

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.ports.face import FaceUnavailableError, FaceVerdict

LIMIT_SECONDS: Final = 5.0
_PATH: Final = "/face/verify"


class _Verdict(msgspec.Struct):
    receipt: str
    id_number: str
    matched: bool
    simulated: bool


_VERDICT: Final = msgspec.json.Decoder(_Verdict)


class SimulatedFaceCheck:
    """Asks the sandbox city whether name and number belong together; no face is compared."""

    simulated = True

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds

    def verify(self, *, id_number: str, name: str) -> FaceVerdict:
        """Say whether the sandbox knows this name under this number.

        Raises:
            FaceUnavailableError: no answer, or none to be believed.

        """
        question = msgspec.json.encode({"id_number": id_number, "name": name})
        try:
            reply = self._gateway.call(_PATH, question, within_seconds=self._limit_seconds)
            verdict = _VERDICT.decode(reply.body)
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise FaceUnavailableError(f"{type(error).__name__}: {error}") from error
        except msgspec.DecodeError as error:
            raise FaceUnavailableError(f"not understood: {error}") from error
        if reply.status != 200:
            raise FaceUnavailableError(f"status {reply.status}")
        if not verdict.simulated:
            raise FaceUnavailableError("this is not the sandbox's face check")
        if verdict.id_number != id_number.upper():
            raise FaceUnavailableError("answered for another person")
        return FaceVerdict(verdict.matched, verdict.receipt)
