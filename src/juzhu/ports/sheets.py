"""Making and sealing an information sheet, and telling whether a file is one of ours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from juzhu.domain.sheet import SheetContent

MOST_FILE_BYTES: Final = 2 * 1024 * 1024
"""A longer file is none of ours and is not read: a sheet takes some tens of kilobytes."""


class GlyphMissingError(Exception):
    """A character of the record has no glyph in any font; an officer makes this sheet by hand."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"no glyph for {' '.join(f'U+{ord(c):04X}' for c in characters)}")
        self.characters = characters


class PhotoUnreadableError(Exception):
    """The photograph held is no picture; an officer makes this sheet by hand."""


class SealUnavailableError(Exception):
    """The seal or the time stamp cannot be had now. Never hand out an unsealed sheet: try later."""


class SheetRenderer(Protocol):
    """Makes the page: one A4 PDF/A-2b, tagged, the red seal painted, not yet signed."""

    def render(self, content: SheetContent) -> bytes:
        """Return the PDF.

        Raises:
            GlyphMissingError: a character would print as a box.
            PhotoUnreadableError: the photograph is no picture.

        """

    def unprintable(self, text: str) -> str:
        """Return the characters of `text` without a glyph, each once; "" when all have one."""


class Sealer(Protocol):
    """Carries the seal's key: PAdES certification signature that allows no change."""

    def seal(self, pdf: bytes) -> bytes:
        """Return `pdf` sealed, in one revision that the signature covers whole.

        Raises:
            SealUnavailableError: key, service or time-stamp authority silent.

        """


class SheetMaker(Protocol):
    """Makes sealed sheets by the hundred; the same guarantees as page and seal one by one."""

    def make(self, content: SheetContent) -> bytes:
        """Return the sheet, sealed.

        Raises:
            GlyphMissingError: a character would print as a box.
            PhotoUnreadableError: the photograph is no picture.
            SealUnavailableError: the seal cannot be had now.

        """


class FileProblem(StrEnum):
    """Why a file is not a sheet of ours as issued."""

    NOT_PDF = "not_pdf"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"  # broken, encrypted, too many pages or objects
    UNSIGNED = "unsigned"
    OTHER_SIGNER = "other_signer"  # signed, but not by our seal
    CHANGED = "changed"  # our signature, but not over the whole file as issued


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What the file itself proves. The register's stored digest is compared by the caller.

    Attributes:
        problem: None when our seal covers the whole file unchanged.
        sha256: digest of the file's bytes.

    """

    problem: FileProblem | None
    sha256: bytes


class SheetFileChecker(Protocol):
    """Examines an uploaded file within two seconds and bounded memory, whatever it contains."""

    def examine(self, file: bytes) -> FileVerdict:
        """Return what the file proves by itself."""
