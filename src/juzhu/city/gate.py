"""The gateway's door: who may ask, shown by a signature that is fresh and used once."""

import re
import time
from collections.abc import Mapping
from typing import Final

from juzhu.ports import gateway

LONGEST_NONCE: Final = 64
_BUCKET_SECONDS: Final = 60
_STAMP: Final = re.compile(r"[0-9]{1,12}")


class NotAdmittedError(Exception):
    """The request is turned away with 401; `code` is a stable word for the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Gate:
    """Checks signed requests and remembers the nonces of the last minutes.

    The nonces are forgotten when the city stops: a request caught before a restart could be
    repeated within five minutes of it. Nothing behind this door is harmed by that, since queries
    change nothing and a message is delivered once per key.
    """

    def __init__(self, secret: bytes, app_id: str) -> None:
        self._secret = secret
        self._app_id = app_id
        self._seen: dict[int, set[str]] = {}

    def admit(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
        """Return the request's nonce, or raise NotAdmittedError."""
        nonce = headers.get(gateway.NONCE, "")
        stamp = headers.get(gateway.TIMESTAMP, "")
        if headers.get(gateway.APPID) != self._app_id:
            raise NotAdmittedError("unknown_appid")
        if not _STAMP.fullmatch(stamp) or not 8 <= len(nonce) <= LONGEST_NONCE:
            raise NotAdmittedError("malformed_headers")
        expected = gateway.sign_request(
            self._secret, method=method, path=path, timestamp=stamp, nonce=nonce, body=body
        )
        if not gateway.same_signature(expected, headers.get(gateway.SIGNATURE, "")):
            raise NotAdmittedError("wrong_signature")
        self._remember(int(stamp), nonce)
        return nonce

    def sign(self, nonce: str, status: int, body: bytes) -> str:
        """Return the signature of an answer."""
        return gateway.sign_answer(self._secret, nonce=nonce, status=status, body=body)

    def sign_callback(self, stamp: str, nonce: str, body: bytes) -> str:
        """Return the signature of what the cashier reports by itself."""
        return gateway.sign_request(
            self._secret,
            method="POST",
            path=gateway.CASHIER_CALLBACK,
            timestamp=stamp,
            nonce=nonce,
            body=body,
        )

    def _remember(self, stamp: int, nonce: str) -> None:
        now = int(time.time())
        if abs(now - stamp) > gateway.SKEW_SECONDS:
            raise NotAdmittedError("stale_timestamp")
        # A nonce needs remembering only as long as its timestamp would still be accepted.
        oldest = (now - gateway.SKEW_SECONDS) // _BUCKET_SECONDS
        for bucket in [bucket for bucket in self._seen if bucket < oldest]:
            del self._seen[bucket]
        seen = self._seen.setdefault(stamp // _BUCKET_SECONDS, set())
        if nonce in seen:
            raise NotAdmittedError("replayed_nonce")
        seen.add(nonce)
