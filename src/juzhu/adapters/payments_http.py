"""What the payment providers' adapters share: one call, RSA signatures, key files, amounts."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import aiohttp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate
from yarl import URL

from juzhu.adapters.background import background
from juzhu.ports.payments import PaymentUnavailableError

LIMIT_SECONDS: Final = 6.0
MOST_BYTES: Final = 64 * 1024 * 1024
"""The bill of a whole city's day stays far below."""


class KeyFileError(ValueError):
    """A key file cannot be used; the message says why and names no secret."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as received; headers by names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    within_seconds: float = LIMIT_SECONDS,
) -> Reply:
    """Call out and return whatever was answered.

    Raises:
        PaymentUnavailableError: no whole answer in time, or one of the 5xx kind.

    """
    present = background()

    async def work() -> Reply:
        async with (
            asyncio.timeout(within_seconds),
            present.session().request(
                method,
                URL(url, encoded=True),
                data=body or None,
                headers=headers,
                allow_redirects=False,
            ) as response,
        ):
            content = await response.content.read(MOST_BYTES)
            while more := await response.content.read(MOST_BYTES):
                content += more
                if len(content) > MOST_BYTES:
                    raise PaymentUnavailableError("the answer is too long")
            names = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, names, content)

    try:
        reply = present.run(work())
    except (TimeoutError, aiohttp.ClientError) as error:
        raise PaymentUnavailableError(type(error).__name__) from error
    if reply.status >= 500:
        raise PaymentUnavailableError(f"status {reply.status}")
    return reply


def sign(key: RSAPrivateKey, text: str) -> str:
    """Return the RSA signature with SHA-256 (PKCS #1 v1.5) in base64."""
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Say whether `signature`, in base64, is the key's over `text`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def private_key(path: Path) -> RSAPrivateKey:
    """Read a private key in PEM; only its owner may be able to.

    Raises:
        KeyFileError: missing, open to other accounts, or no RSA key.

    """
    try:
        found = serialization.load_pem_private_key(secret(path).encode(), None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path} holds no private key in PEM") from error
    if not isinstance(found, RSAPrivateKey):
        raise KeyFileError(f"{path} holds no RSA key")
    return found


def public_key(path: Path) -> RSAPublicKey:
    """Read a public key, or that of a certificate, in PEM; errors as for `private_key`."""
    try:
        content = path.read_bytes()
        certified = b"BEGIN CERTIFICATE" in content
        found: object = (
            load_pem_x509_certificate(content).public_key()
            if certified
            else serialization.load_pem_public_key(content)
        )
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise KeyFileError(f"{path} holds no public key in PEM") from error
    if not isinstance(found, RSAPublicKey):
        raise KeyFileError(f"{path} holds no RSA key")
    return found


def secret(path: Path) -> str:
    """Read a secret that only its owner may read, without blanks around it."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} must be readable by its owner only (chmod 600)")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{path} is no text") from error


def fen_of(text: str) -> int:
    """Return the fen of an amount in yuan such as `20.00`; raise PaymentUnavailableError."""
    try:
        fen = Decimal(text) * 100
    except InvalidOperation as error:
        raise PaymentUnavailableError("not understood: an amount") from error
    if not fen.is_finite() or fen != int(fen):
        raise PaymentUnavailableError("not understood: an amount")
    return int(fen)


def yuan_of(fen: int) -> str:
    """Return an amount in yuan with two places: 2000 is `20.00`."""
    return f"{fen // 100}.{fen % 100:02d}"
