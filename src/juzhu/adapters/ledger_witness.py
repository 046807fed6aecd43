"""The ledger's memory outside the database: a file of seals, one JSON line each.

Its last line may be any seal; of the others one in `KEEP_EVERY` is kept. A line says what
`juzhu audit export` says, so either file can be given to `juzhu audit verify --against`.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from juzhu.ports.ledger import Mark

KEEP_EVERY: Final = 100
"""Every hundredth seal is kept for good: at one seal in five seconds, one line in eight minutes."""


class WitnessError(Exception):
    """A file of seals cannot be read; the message says which line."""


class _Line(msgspec.Struct):
    number: int
    hash: str


class FileWitness:
    """Remembers seals in `seals.jsonl` (kept) and `head.json` (the newest) of a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._kept = folder / "seals.jsonl"
        self._head = folder / "head.json"

    def head(self) -> Mark | None:
        """Return the newest seal known here."""
        found = list(read_marks(self._head)) if self._head.exists() else []
        return found[0] if found else None

    def marks(self) -> Iterator[Mark]:
        """Yield all that is remembered."""
        for path in (self._kept, self._head):
            if path.exists():
                yield from read_marks(path)

    def note(self, mark: Mark | None) -> None:
        """Replace the newest seal, whole; keep every hundredth."""
        if mark is None:
            self._head.unlink(missing_ok=True)
            return
        if mark.number % KEEP_EVERY == 0:
            self.keep(mark)
        handle, name = tempfile.mkstemp(dir=self._head.parent, prefix=".head-")
        with os.fdopen(handle, "wb") as file:
            file.write(_line(mark))
        Path(name).replace(self._head)

    def keep(self, mark: Mark) -> None:
        """Append one line."""
        with self._kept.open("ab") as file:
            file.write(_line(mark))


def read_marks(path: Path) -> Iterator[Mark]:
    """Yield the seals of a file, ours or one exported; raise WitnessError at a damaged line."""
    with path.open("rb") as file:
        for place, line in enumerate(file, start=1):
            try:
                found = msgspec.json.decode(line, type=_Line)
                yield Mark(found.number, bytes.fromhex(found.hash))
            except (msgspec.DecodeError, ValueError) as error:
                raise WitnessError(f"{path}, line {place}, is not a seal.") from error


def _line(mark: Mark) -> bytes:
    return msgspec.json.encode(_Line(mark.number, mark.hash.hex())) + b"\n"
