"""The city's only store: an append-only file, one JSON event a line.

A line counts once it is followed by a newline and the file has been synced. What was being
written when the process died is a torn last line, which nobody had been told about: it is cut off.
Callers append and then wait for `durable()`; whoever waits together shares one sync.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import msgspec
import structlog

from juzhu.city.events import AnyEvent

log = structlog.get_logger(__name__)


class CityLockedError(Exception):
    """Another city process already uses this data folder."""


class CorruptJournalError(Exception):
    """A line before the last cannot be read: the file was damaged, not merely torn."""


class JournalBrokenError(Exception):
    """Writing failed once; what is in memory may not be on disk, so nothing more is accepted."""


class Journal:
    """The journal of one data folder, locked against any second process while open."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.path = data_dir / "journal.jsonl"
        self._file: FileIO = self.path.open("ab", buffering=0)
        self._lock(data_dir)
        _sync_folder(data_dir)
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
        self._waiting: list[bytes] = []
        self._appended = 0
        self._synced = 0
        self._flushing: asyncio.Task[None] | None = None
        self._broken: OSError | None = None

    def replay(self) -> Iterator[AnyEvent]:
        """Yield every event in order; cut off a torn last line.

        Raises:
            CorruptJournalError: an earlier line cannot be read.

        """
        good = 0
        torn: Exception | None = None
        with self.path.open("rb") as lines:
            for line in lines:
                if torn is not None:
                    raise CorruptJournalError(f"{self.path}: byte {good}: {torn}") from torn
                try:
                    event = self._read(line)
                except msgspec.DecodeError as error:
                    torn = error
                    continue
                good += len(line)
                yield event
        if torn is not None:
            log.warning("city.torn_line_dropped", path=str(self.path), byte=good)
            self._file.truncate(good)
            os.fsync(self._file.fileno())

    def append(self, event: AnyEvent) -> None:
        """Take an event for writing; it is safe only after `durable()`."""
        self._waiting.append(self._encoder.encode(event) + b"\n")
        self._appended += 1

    async def durable(self) -> None:
        """Wait until everything appended so far is on disk.

        Raises:
            JournalBrokenError: it could not be written.

        """
        ticket = self._appended
        while self._synced < ticket:
            if self._broken is not None:
                raise JournalBrokenError(str(self._broken)) from self._broken
            if self._flushing is None:
                self._flushing = asyncio.create_task(self._flush())
            await asyncio.shield(self._flushing)

    def write_now(self, event: AnyEvent) -> None:
        """Append and sync at once, for the time before the city serves anyone."""
        self._write(self._encoder.encode(event) + b"\n")

    def close(self) -> None:
        """Close the file and give up the lock."""
        self._file.close()

    async def _flush(self) -> None:
        batch, self._waiting, upto = b"".join(self._waiting), [], self._appended
        try:
            await asyncio.to_thread(self._write, batch)
            self._synced = upto
        except OSError as error:
            log.error("city.journal_failed", path=str(self.path), error=str(error))
            self._broken = error
        finally:
            self._flushing = None

    def _write(self, lines: bytes) -> None:
        view = memoryview(lines)
        while view:
            view = view[self._file.write(view) :]
        os.fsync(self._file.fileno())

    def _read(self, line: bytes) -> AnyEvent:
        if not line.endswith(b"\n"):
            raise msgspec.DecodeError("no end of line")
        return self._decoder.decode(line)

    def _lock(self, data_dir: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise CityLockedError(f"another city already uses {data_dir}") from error


def _sync_folder(folder: Path) -> None:
    """Make the journal's name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
