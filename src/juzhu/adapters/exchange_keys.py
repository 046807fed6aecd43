"""The exchange's signing keys: a folder of their own, kept and rotated like those of sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from juzhu.adapters import proof_keys
from juzhu.adapters.proof_keys import KeyRing

FOLDER_NAME: Final = "exchange-keys"  # in the data folder


@dataclass(frozen=True, slots=True)
class _Key:
    kid: str
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`."""
        return self.private.sign(message)


class FileExchangeKeys:
    """`juzhu.ports.exchange.ExchangeKeys` in a file; a rotation is noticed at the next use."""

    def __init__(self, folder: Path, *, on: date) -> None:
        proof_keys.ensure_keys(folder, on=on)
        self._ring = KeyRing(folder)

    def current(self) -> _Key:
        """Return the key in use."""
        key = self._ring.current()
        return _Key(key.kid.hex(), key.private)

    def verifies(self, kid: str, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is one of a key of ours that is still good."""
        try:
            self._ring.public()[bytes.fromhex(kid)].verify(signature, message)
        except (KeyError, ValueError, InvalidSignature):
            return False
        return True

    def trusts(self, kid: str) -> bool:
        """Say whether the key is one of ours and still good."""
        return bytes.fromhex(kid) in self._ring.public()

    def published(self) -> Mapping[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return proof_keys.key_set(self._ring.public())
