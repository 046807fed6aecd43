"""The ledger's signing keys, in a folder of their own; rotated like those of the sheets."""

from datetime import date
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature

from juzhu.adapters.proof_keys import KeyRing, KeyRingError, ensure_keys
from juzhu.ports.ledger import LedgerKeysError, Signature

LEDGER_KEYS_FOLDER: Final = "ledger-keys"  # in the data folder
_PURPOSE: Final = b"juzhu ledger seal\0"
"""Bound into every signature: one made for another purpose never passes for a seal's."""


class FileLedgerKeys:
    """Ed25519 keys in a folder, made at first use."""

    def __init__(self, folder: Path, *, on: date) -> None:
        ensure_keys(folder, on=on)
        self._ring = KeyRing(folder)

    def sign(self, message: bytes) -> Signature:
        """Return the signature by the key in use."""
        try:
            key = self._ring.current()
        except KeyRingError as error:
            raise LedgerKeysError(str(error)) from error
        return Signature(key.kid, key.private.sign(_PURPOSE + message))

    def holds(self, message: bytes, signature: Signature) -> bool:
        """Say whether one of our keys, past ones included, signed this message."""
        try:
            key = self._ring.public().get(signature.key_id)
            if key is not None:
                key.verify(signature.value, _PURPOSE + message)
        except KeyRingError as error:
            raise LedgerKeysError(str(error)) from error
        except InvalidSignature:
            return False
        return key is not None
