"""The keys with which the exchange signs what it hands to departments."""

from collections.abc import Mapping
from typing import Any, Protocol


class ExchangeKey(Protocol):
    """The Ed25519 key in use at one instant."""

    @property
    def kid(self) -> str:
        """Its id, as published."""

    def sign(self, message: bytes) -> bytes:
        """Return its signature of `message`, 64 bytes."""


class ExchangeKeys(Protocol):
    """Ed25519 keys that rotate: one signs, the next is published already, old ones verify."""

    def current(self) -> ExchangeKey:
        """Return the key in use; ask anew for each signature, so that a rotation is followed."""

    def verifies(self, kid: str, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` over `message` is one of a key of ours that is still good."""

    def trusts(self, kid: str) -> bool:
        """Say whether the key `kid` is one of ours and still good."""

    def published(self) -> Mapping[str, Any]:
        """Return the public keys as a JSON Web Key Set (RFC 7517)."""
