"""Signatures of Standard Webhooks: `v1a`, Ed25519, one for each key that is good."""

import base64
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_PREFIX: Final = "whpk_"


def new_key() -> tuple[bytes, bytes]:
    """Return a fresh private and public key, 32 bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def headers(
    *, delivery: UUID, body: bytes, timestamp: int, private_keys: Iterable[bytes]
) -> Mapping[str, str]:
    """Return the headers of one try.

    Args:
        delivery: the same at every try, so that the receiver can tell a repetition.
        body: what is sent.
        timestamp: seconds since 1970 at this try, by the machine's clock.
        private_keys: every key that is good now; the receiver needs one of them.

    """
    name = name_of(delivery)
    signed = f"{name}.{timestamp}.".encode() + body
    signatures = (Ed25519PrivateKey.from_private_bytes(key).sign(signed) for key in private_keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            f"v1a,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
        "content-type": "application/json",
        "user-agent": "juzhu-webhooks/1",
    }


def name_of(delivery: UUID) -> str:
    """Return the `webhook-id` of a delivery."""
    return f"msg_{delivery.hex}"


def public_text(key: bytes) -> str:
    """Return a public key as Standard Webhooks writes it."""
    return PUBLIC_PREFIX + base64.b64encode(key).decode()
