"""What differs from sheet to sheet, drawn in PDF operators where the template draws it."""

import struct
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from juzhu.adapters import sheet_layout
from juzhu.adapters.sheet_fonts import FontFile
from juzhu.adapters.sheet_layout import POINTS
from juzhu.adapters.sheet_words import Cell, Words
from juzhu.domain.sheet import Standing

_HEIGHT: Final = 841.8898  # of the page, as typst writes it
_INSET: Final = 3.0 * POINTS
_LEADING: Final = 0.35  # between lines of a cell, in em
_NOTE_SIZE: Final = 7.0
_SHARP: Final = 4  # dots a module, so that a viewer's smoothing leaves the code's edges alone

_INK: Final = b"0.105882 0.121569 0.141176 rg\n"
_SOFT: Final = b"0.356863 0.396078 0.439216 rg\n"
_STATE: Final = {
    Standing.VALID: _INK,
    Standing.SUSPENDED: b"0.603922 0.356863 0 rg\n",
    Standing.CANCELLED: b"0.372549 0.388235 0.407843 rg\n",
}
_OF_STATE: Final = frozenset(("standing", "valid_through"))


class _Place(NamedTuple):
    """Left edge and middle of a cell, in points; y from the top."""

    x: float
    middle: float


def _places() -> dict[str, _Place]:
    edges = [sheet_layout.LEFT + sum(sheet_layout.COLUMNS[:n]) for n in range(5)]
    first, second = edges[1] * POINTS + _INSET, edges[3] * POINTS + _INSET
    rows = (
        ("name",),
        ("sex",),
        ("ethnic_group",),
        ("birth_date",),
        ("id_number",),
        ("address",),
        ("permit_number", "authority"),
        ("first_issued_on", "last_endorsed_on"),
        ("standing",),
        ("valid_through", "window"),
        ("purpose",),
    )
    places, top = {}, sheet_layout.TABLE_TOP
    for keys, height in zip(rows, sheet_layout.ROWS, strict=True):
        for key, x in zip(keys, (first, second), strict=False):
            places[key] = _Place(x, (top + height / 2) * POINTS)
        top += height
    return places


_PLACES: Final = _places()


class _Run(NamedTuple):
    """One line of text; y from the top, at the baseline."""

    text: str
    size: float
    x: float
    y: float
    colour: bytes
    tracking: float = 0.0


class Drawing:
    """The values of one sheet with their places."""

    def __init__(self, words: Words, font: FontFile) -> None:
        # What typst takes for the height of a line: that of a capital letter.
        self._capital = struct.unpack_from(">h", font.table(b"OS/2"), 88)[0] / font.units
        self._font = font
        self._runs = dict(self._all(words))

    def characters(self) -> Iterator[str]:
        """Yield every character drawn."""
        for runs in self._runs.values():
            for run in runs:
                yield from run.text

    def operators(
        self,
        codes: dict[str, int],
        marks: dict[str, int],
        code: Sequence[bytes],
        *,
        with_photo: bool,
    ) -> bytes:
        """Return the operators that draw everything, each value with its mark."""
        parts = []
        for key, runs in self._runs.items():
            parts.append(b"/P<</MCID %d>>BDC\nBT\n" % marks[key])
            parts.extend(_shown(run, codes) for run in runs)
            parts.append(b"ET\nEMC\n")
        parts.append(b"/Figure<</MCID %d>>BDC\n%bEMC\n" % (marks["qr"], _code(code)))
        if with_photo:
            parts.append(b"/Figure<</MCID %d>>BDC\n%bEMC\n" % (marks["photo"], _photo()))
        return b"".join(parts)

    def _all(self, words: Words) -> Iterator[tuple[str, list[_Run]]]:
        small, layout = sheet_layout.SMALL, sheet_layout
        yield "number", [self._at(words.number, small, layout.NUMBER_LEFT, layout.NUMBER_TOP)]
        yield "made_at", [self._at(words.made_at, small, layout.MADE_LEFT, layout.NUMBER_TOP)]
        for cell in words.cells:
            yield cell.key, self._cell(cell, words.standing)
        code = self._at(words.code, layout.CODE_SIZE, layout.CODE_LEFT, layout.CODE_TOP)
        yield "code", [code._replace(tracking=layout.CODE_TRACKING)]
        width = self._width(words.day) * layout.DAY_SIZE / POINTS
        left = layout.SEAL_LEFT + (layout.SEAL - width) / 2
        top = layout.SEAL_TOP + layout.DAY_TOP
        yield "day", [self._at(words.day, layout.DAY_SIZE, left, top)]

    def _at(self, text: str, size: float, left: float, top: float) -> _Run:
        return _Run(text, size, left * POINTS, top * POINTS + self._capital * size, _INK)

    def _cell(self, cell: Cell, standing: Standing) -> list[_Run]:
        """Return the cell's lines around its middle."""
        colour = _STATE[standing] if cell.key in _OF_STATE else _INK
        lines = [(text, cell.size, colour) for text in cell.lines]
        if cell.note:
            lines.append((cell.note, _NOTE_SIZE, _SOFT))
        # Relative to the size that all of the cell's text has in common, as typst understands it.
        leading = _LEADING * (12.0 if cell.note else cell.size)
        high = sum(self._capital * size for _, size, _ in lines) + leading * (len(lines) - 1)
        x, middle = _PLACES[cell.key]
        y, runs = middle - high / 2, []
        for text, size, tint in lines:
            y += self._capital * size
            runs.append(_Run(text, size, x, y, tint))
            y += leading
        return runs

    def _width(self, text: str) -> float:
        return sum(self._font.width(character) or 0.0 for character in text)


def _shown(run: _Run, codes: dict[str, int]) -> bytes:
    text = "".join([f"{codes[character]:04X}" for character in run.text]).encode()
    tracked = b"%.1f Tc " % run.tracking if run.tracking else b""
    after = b" 0 Tc" if run.tracking else b""
    return b"%b/D %.1f Tf 1 0 0 1 %.3f %.3f Tm %b<%b> Tj%b\n" % (
        run.colour,
        run.size,
        run.x,
        _HEIGHT - run.y,
        tracked,
        text,
        after,
    )


_WIDER: Final = [
    int("".join(bit * _SHARP for bit in f"{value:08b}"), 2).to_bytes(_SHARP, "big")
    for value in range(256)
]


def _code(rows: Sequence[bytes]) -> bytes:
    """Return the code as a black mask of one bit a dot."""
    side, lines = len(rows), []
    wide = (side * _SHARP + 7) // 8
    for row in rows:
        bits = int(row.translate(_DIGITS), 2) << -side % 8
        narrow = bits.to_bytes((side + 7) // 8, "big")
        lines.append(b"".join([_WIDER[value] for value in narrow])[:wide] * _SHARP)
    length = sheet_layout.QR * POINTS
    left, bottom = sheet_layout.LEFT * POINTS, _HEIGHT - sheet_layout.FOOT_TOP * POINTS - length
    dots = side * _SHARP
    return b"q 0 g %.3f 0 0 %.3f %.3f %.3f cm\nBI/W %d/H %d/BPC 1/IM true ID %b\nEI Q\n" % (
        length,
        length,
        left,
        bottom,
        dots,
        dots,
        b"".join(lines),
    )


_DIGITS: Final = bytes(0x31 if value else 0x30 for value in range(256))  # 0 paints in a mask


def _photo() -> bytes:
    width, height = (measure * POINTS for measure in sheet_layout.PHOTO)
    column, rows = sheet_layout.COLUMNS[-1] * POINTS, sum(sheet_layout.ROWS[:4]) * POINTS
    left = (sheet_layout.LEFT + sheet_layout.WIDTH) * POINTS - (column + width) / 2
    bottom = _HEIGHT - sheet_layout.TABLE_TOP * POINTS - (rows + height) / 2
    return b"q %.3f 0 0 %.3f %.3f %.3f cm/Photo Do Q\n" % (width, height, left, bottom)
