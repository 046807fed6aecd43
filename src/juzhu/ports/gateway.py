"""How a request to the departments' gateway and its answer are signed; both sides follow this.

A request carries four headers: `appid`, `timestamp` (Unix seconds, real time), `nonce` (never
used twice) and `signature`. Its answer carries `signature`, which binds status and body to the
nonce of the request, so that an old answer cannot be passed off as a new one.
"""

import hmac
from hashlib import sha256
from typing import Final

APPID: Final = "appid"
TIMESTAMP: Final = "timestamp"
NONCE: Final = "nonce"
SIGNATURE: Final = "signature"

CASHIER_CALLBACK: Final = "/cashier/callback"
"""The path that the sandbox's cashier signs its own reports for, wherever they go."""

SKEW_SECONDS: Final = 300
"""How far a request's timestamp may lie from the receiver's real time, either way."""


def sign_request(
    secret: bytes, *, method: str, path: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """Return the request's signature: hexadecimal HMAC-SHA256 over its five parts, one a line."""
    lines = f"{method}\n{path}\n{timestamp}\n{nonce}\n{sha256(body).hexdigest()}"
    return hmac.digest(secret, lines.encode(), "sha256").hex()


def sign_answer(secret: bytes, *, nonce: str, status: int, body: bytes) -> str:
    """Return the answer's signature: hexadecimal HMAC-SHA256 over nonce, status and body digest."""
    lines = f"{nonce}\n{status}\n{sha256(body).hexdigest()}"
    return hmac.digest(secret, lines.encode(), "sha256").hex()


def same_signature(one: str, other: str) -> bool:
    """Say whether two signatures are equal, in time that does not tell where they differ."""
    # A header may hold any bytes at all; those that are no UTF-8 arrive as surrogates.
    return hmac.compare_digest(
        one.encode(errors="surrogateescape"), other.encode(errors="surrogateescape")
    )
