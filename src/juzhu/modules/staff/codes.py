"""Passwords and codes (RFC 6238) of staff accounts."""

import base64
import secrets
import time
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.crypto import constant_time_compare

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1: typed from paper


def new_password() -> str:
    """Return sixteen characters in groups: 80 bits, typed without mistakes."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def new_secret() -> str:
    """Return a secret in Base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code(secret: str, at: float) -> str:
    """Return the code that an authenticator app shows at that second."""
    return _totp(secret).generate(int(at)).decode()


def step_of(secret: str, typed: str, at: float) -> int | None:
    """Return the step whose code was typed: the present one or a neighbour; None for no match."""
    now = int(at) // STEP_SECONDS
    matching = [
        step
        for step in (now - 1, now, now + 1)
        if constant_time_compare(code(secret, step * STEP_SECONDS), typed)
    ]
    return matching[-1] if matching else None


def uri(secret: str, username: str) -> str:
    """Return the address behind the QR code that authenticator apps scan."""
    return _totp(secret).get_provisioning_uri(username, "Juzhu")


def now() -> float:
    """Return the second by the machine: authenticator apps know no travelling clock."""
    return time.time()


def _totp(secret: str) -> TOTP:
    # SHA-1 is what authenticator apps compute; as an HMAC it is sound.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
