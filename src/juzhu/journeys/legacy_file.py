"""A file of a legacy register in parts, so that a load can stop anywhere and go on."""

import codecs
import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

from juzhu.journeys.legacy_rows import COLUMNS

PART_BYTES: Final = 1 << 18
"""Some three thousand rows: what a kill costs at most, in each process."""
_BOM: Final = codecs.BOM_UTF8


class LegacyFileError(ValueError):
    """The file as a whole cannot be read; nothing was loaded."""


class Part(NamedTuple):
    """Whole lines of the file.

    Attributes:
        first_byte: where it begins; what it is known by.
        last_byte: where the next one begins.
        first_line: the place in the file of its first line, counted from 1.
        doubtful: lines that may begin with the same number as an earlier line of the file. All that
            do are among them, and about one in two hundred that does not.

    """

    first_byte: int
    last_byte: int
    first_line: int
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A file looked through once: it is UTF-8, and where its parts lie.

    Attributes:
        digest: SHA-256 of its bytes.
        parts: all lines but the header, in order.
        lines: how many lines there are, the header included.

    """

    digest: bytes
    parts: tuple[Part, ...]
    lines: int


def survey(path: Path, *, part_bytes: int = PART_BYTES) -> Surveyed:
    """Look through the file once.

    Raises:
        LegacyFileError: it is not UTF-8, or its first line is not the header.
        OSError: it cannot be read.

    """
    digest, decoder = sha256(), codecs.getincrementaldecoder("utf-8")()
    parts: list[Part] = []
    at, line = 0, 1
    seen = _Seen(path.stat().st_size)
    with path.open("rb") as file:
        header = file.readline(1000)
        check_header(header.removeprefix(_BOM))
        file.seek(0)
        while block := file.read(part_bytes) + file.readline():
            digest.update(block)
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                raise LegacyFileError("it is not UTF-8: save it as UTF-8, load it again") from error
            skipped = len(header) if at == 0 else 0
            if len(block) > skipped:
                doubtful = tuple(seen.doubtful(block, line))
                parts.append(Part(at + skipped, at + len(block), line + bool(skipped), doubtful))
            at += len(block)
            line += block.count(b"\n")
    return Surveyed(digest.digest(), tuple(parts), line)


class _Seen:
    """Which numbers the lines so far began with: one bit for each, found by hashing.

    Of each line what is before the first comma is looked at, without quotes and spaces, its x
    a capital. A row whose number stands there as it is kept (`Row.plain`) cannot be missed.
    """

    def __init__(self, size: int) -> None:
        places = 1 << min(max(size.bit_length(), 16), 30)  # 128 MiB from ten million rows on
        self._mask = places - 1
        self._bits = bytearray(places >> 3)

    def doubtful(self, block: bytes, first_line: int) -> Iterator[int]:
        bits, mask = self._bits, self._mask
        for line, text in enumerate(block.split(b"\n"), first_line):
            key = text.partition(b",")[0].strip().upper()
            if key[:1] == b'"':
                key = key[1:-1].strip()
            place = hash(key) & mask
            bit = 1 << (place & 7)
            if bits[place >> 3] & bit or b'"' in key:
                yield line
            else:
                bits[place >> 3] |= bit


def check_header(line: bytes | str) -> None:
    """Raise LegacyFileError unless the line names the five columns."""
    try:
        text = line.decode() if isinstance(line, bytes) else line
        named = tuple(next(csv.reader([text.rstrip("\r\n")]), ()))
    except (UnicodeDecodeError, csv.Error):
        named = ()
    if named != COLUMNS:
        raise LegacyFileError(f"The first line must be: {','.join(COLUMNS)}")


def lines_of(path: Path, part: Part) -> StringIO:
    """Return the text of a part, line by line."""
    with path.open("rb") as file:
        file.seek(part.first_byte)
        return StringIO(file.read(part.last_byte - part.first_byte).decode(), newline="\n")


def write_refused(path: Path, refused: Iterable[tuple[int, str]], into: Path) -> None:
    """Write the refused lines of `path`, with line and reason, as CSV that only the owner reads.

    Without the first two columns it can be mended and loaded again. It replaces an earlier one
    when it is whole.
    """
    fresh = into.with_name(f"{into.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123  # by descriptor
        writer = csv.writer(out)
        writer.writerow(("line", "reason", *COLUMNS))
        for line, reason, fields in _with_fields(path, sorted(refused)):
            writer.writerow((line, reason, *fields))
    fresh.replace(into)


def _with_fields(
    path: Path, refused: list[tuple[int, str]]
) -> Iterator[tuple[int, str, list[str]]]:
    wanted = iter(refused)
    line, reason = next(wanted, (0, ""))
    with path.open("rb") as file:
        for place, text in enumerate(file, start=1):
            if place == line:
                try:
                    fields = next(csv.reader([text.decode().rstrip("\r\n")]), [])
                except csv.Error:
                    fields = []
                yield line, reason, fields
                line, reason = next(wanted, (0, ""))
