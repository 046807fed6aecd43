"""What the ledger needs from outside the database: a signature, and a memory of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class LedgerKeysError(Exception):
    """There is no key to sign with, or its file is damaged or open to others."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the id of the key that made it."""

    key_id: bytes
    value: bytes


class LedgerKeys(Protocol):
    """Signs seals with a key that does not lie in the database."""

    def sign(self, message: bytes) -> Signature:
        """Return the signature by the key in use; raise LedgerKeysError."""

    def holds(self, message: bytes, signature: Signature) -> bool:
        """Say whether one of our keys, past ones included, signed it; raise LedgerKeysError."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is remembered of a seal: its number and hash."""

    number: int
    hash: bytes


class LedgerWitness(Protocol):
    """Remembers seals outside the database, so that a chain cut short or rewritten is noticed."""

    def head(self) -> Mark | None:
        """Return the newest seal known here, None when none is."""

    def marks(self) -> Iterable[Mark]:
        """Yield all that is remembered, oldest first."""

    def note(self, mark: Mark | None) -> None:
        """Remember this seal as the newest, None that there is none; of older ones some are kept.

        Raises:
            OSError: it cannot be written.

        """

    def keep(self, mark: Mark) -> None:
        """Remember this seal for good."""
