"""The local face process over the loopback: `juzhu.ports.face.LiveFaceCheck`."""

import hashlib
import hmac
from typing import Final, Self
from urllib.parse import quote

import httpx
import msgspec

from juzhu.ports.face import (
    BadFramesError,
    CheckLostError,
    FaceBusyError,
    FaceProgress,
    FaceUnavailableError,
    UnknownCheckError,
)

LIMIT_SECONDS: Final = 5.0


def token_of(secret_key: str) -> str:
    """Return the token of the face process: both sides derive it, nobody hands it out."""
    return hmac.new(secret_key.encode(), b"juzhu face process", hashlib.sha256).hexdigest()


class _Begun(msgspec.Struct):
    check: str


class _Verdict(msgspec.Struct):
    matched: bool | None


class LocalFaceCheck:
    """Speaks to the process that `juzhu face` runs.

    Args:
        url: its address without a path.
        token: what the process knows its callers by.

    """

    def __init__(self, url: str, *, token: str, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=limit_seconds,
            trust_env=False,  # no proxy stands between two processes of one machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def begin(self) -> str:
        """Begin a check; see the port."""
        return msgspec.json.decode(self._post("/checks", b""), type=_Begun).check

    def look_at(self, check: str, frames: bytes) -> FaceProgress:
        """Look at the next frames; see the port."""
        body = self._post(f"/checks/{quote(check, safe='')}/frames", frames)
        return msgspec.json.decode(body, type=FaceProgress)

    def verdict(self, check: str, photograph: bytes | None) -> bool | None:
        """End the check; see the port."""
        body = self._post(f"/checks/{quote(check, safe='')}/verdict", photograph or b"")
        return msgspec.json.decode(body, type=_Verdict).matched

    def _post(self, path: str, body: bytes) -> bytes:
        try:
            answer = self._client.post(path, content=body)
        except httpx.HTTPError as error:
            raise FaceUnavailableError(f"{type(error).__name__}: {error}") from error
        match answer.status_code:
            case 200 | 201:
                return answer.content
            case 404:
                raise UnknownCheckError
            case 410:
                raise CheckLostError
            case 400 | 413:
                raise BadFramesError(answer.text)
            case 503:
                raise FaceBusyError
            case status:
                raise FaceUnavailableError(f"status {status}")
