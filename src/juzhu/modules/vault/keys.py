"""The key ring: AES-256-GCM for what is stored, HMAC-SHA-256 for what is looked up.

Every cipher text names its key, so a new key can be made current while old rows stay readable.
"""

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class VaultError(Exception):
    """A stored value cannot be opened: unknown key, or not what was stored."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Encryption keys by id, the id in use for new values, and the digest key.

    Attributes:
        current: id of the key that encrypts new values.
        ciphers: AES-256-GCM by key id; ids are 1 to 16 ASCII characters.
        digest_key: key of the look-up digests; it never rotates without re-digesting.

    """

    current: str
    ciphers: Mapping[str, AESGCM] = field(repr=False)
    digest_key: bytes = field(repr=False)

    @classmethod
    def of(cls, *, current: str, encryption: Mapping[str, bytes], digest: bytes) -> "KeyRing":
        """Make the key ring from raw keys of 32 bytes each."""
        ciphers = {key_id: AESGCM(key) for key_id, key in encryption.items()}
        return cls(current, ciphers, digest)

    def seal(self, text: str, *, label: str) -> bytes:
        """Encrypt `text`; `label` (table.column) is bound in, so a value cannot be moved."""
        return self.seal_bytes(text.encode(), label=label)

    def seal_bytes(self, value: bytes, *, label: str) -> bytes:
        """Encrypt `value`, bound to `label`: length of key id, key id, nonce, cipher text."""
        nonce = os.urandom(NONCE_BYTES)
        key_id = self.current.encode()
        sealed = self.ciphers[self.current].encrypt(nonce, value, label.encode())
        return bytes((len(key_id),)) + key_id + nonce + sealed

    def seal_many(self, texts: Sequence[str], *, label: str) -> list[bytes]:
        """Encrypt each text as `seal` does; the system is asked for chance once."""
        nonces = os.urandom(NONCE_BYTES * len(texts))
        key_id, bound = self.current.encode(), label.encode()
        head, encrypt = bytes((len(key_id),)) + key_id, self.ciphers[self.current].encrypt
        found = []
        for text, begins in zip(texts, range(0, len(nonces), NONCE_BYTES), strict=True):
            nonce = nonces[begins : begins + NONCE_BYTES]
            found.append(head + nonce + encrypt(nonce, text.encode(), bound))
        return found

    def open(self, sealed: bytes, *, label: str) -> str:
        """Decrypt what `seal` made for the same label; raise VaultError otherwise."""
        return self.open_bytes(sealed, label=label).decode()

    def open_bytes(self, sealed: bytes, *, label: str) -> bytes:
        """Decrypt what `seal_bytes` made for the same label; raise VaultError otherwise."""
        size = sealed[0] if sealed else 0
        key_id = sealed[1 : 1 + size].decode(errors="replace")
        cipher = self.ciphers.get(key_id)
        if cipher is None:
            raise VaultError(f"No vault key {key_id!r} for a value of {label}")
        nonce = sealed[1 + size : 1 + size + NONCE_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[1 + size + NONCE_BYTES :], label.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultError(f"A value of {label} is not what was stored") from error

    def digest(self, text: str, *, label: str) -> bytes:
        """Return the keyed digest by which `text` of kind `label` is looked up, 32 bytes."""
        return hmac.digest(self.digest_key, f"{label}\0{text}".encode(), "sha256")
