"""Reads of a TrueType or OpenType file what printing needs: which characters it has, how wide."""

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

BUILT_IN: Final = Path(__file__).with_name("sheet") / "NotoSerifSC.ttf"
ENDINGS: Final = (".ttf", ".otf")
_MOST_WIDTHS: Final = 20_000


class FontFile:
    """One font; its tables are read when asked for."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        count = struct.unpack_from(">H", self._bytes, 4)[0]
        self._tables: dict[bytes, tuple[int, int]] = {}
        for place in range(count):
            tag, _, start, length = struct.unpack_from(">4sIII", self._bytes, 12 + 16 * place)
            self._tables[tag] = (start, length)
        self.glyphs: Final = dict(_mapping(self.table(b"cmap")))
        self.units: Final[int] = struct.unpack_from(">H", self.table(b"head"), 18)[0]
        self._advances = self._read_advances()

    def table(self, tag: bytes) -> bytes:
        """Return a table's bytes; KeyError when the font has none of that name."""
        start, length = self._tables[tag]
        return self._bytes[start : start + length]

    def has_table(self, tag: bytes) -> bool:
        """Say whether the font has a table of that name."""
        return tag in self._tables

    def advance_of_glyph(self, glyph: int) -> int:
        """Return a glyph's width in font units."""
        return self._advances[min(glyph, len(self._advances) - 1)]

    def width(self, character: str) -> float | None:
        """Return a character's width in em; None when the font has no glyph for it."""
        glyph = self.glyphs.get(ord(character))
        return None if glyph is None else self.advance_of_glyph(glyph) / self.units

    def _read_advances(self) -> "array[int]":
        count = struct.unpack_from(">H", self.table(b"hhea"), 34)[0]
        pairs = array("H", self.table(b"hmtx")[: 4 * count])
        pairs.byteswap()  # every machine this runs on is little-endian
        return pairs[::2]


class FontSet:
    """The built-in font, then those of a folder: which characters they print together.

    Args:
        folder: with further fonts for rare characters; None for none.

    """

    def __init__(self, folder: Path | None = None) -> None:
        further = (
            sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS) if folder else []
        )
        self.paths: Final = [BUILT_IN, *further]
        self.fonts: Final[Sequence[FontFile]] = [FontFile(path) for path in self.paths]
        self._widths = _Widths(self._width)

    def missing(self, texts: Iterable[str]) -> str:
        """Return the characters without a glyph, each once; "" when all have one."""
        return "".join(c for c in dict.fromkeys("".join(texts)) if self.font_of(c) is None)

    def font_of(self, character: str) -> FontFile | None:
        """Return the first font that has a glyph for the character."""
        code = ord(character)
        return next((font for font in self.fonts if code in font.glyphs), None)

    def width(self, text: str) -> float:
        """Return a text's width in em; a character without glyph counts as one em."""
        return sum(map(self._widths.__getitem__, text))

    def _width(self, character: str) -> float:
        font = self.font_of(character)
        return 1.0 if font is None else font.width(character) or 0.0


class _Widths(dict[str, float]):
    """Widths looked up once: a sheet asks for the same few hundred again and again."""

    def __init__(self, look_up: Callable[[str], float]) -> None:
        self._look_up = look_up

    def __missing__(self, character: str) -> float:
        width = self._look_up(character)
        if len(self) < _MOST_WIDTHS:  # whatever strangers write
            self[character] = width
        return width


def _mapping(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Yield character and glyph pairs of the richest Unicode subtable."""
    starts = {}
    for place in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, _, start = struct.unpack_from(">HHI", cmap, 4 + 8 * place)
        kind = struct.unpack_from(">H", cmap, start)[0]
        if platform in (0, 3) and kind in (4, 12):
            starts[kind] = start
    if 12 in starts:
        yield from _segments(cmap, starts[12])
    elif 4 in starts:
        yield from _basic_plane(cmap, starts[4])


def _segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">I", cmap, start + 12)[0]
    for place in range(count):
        first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * place)
        for code in range(first, last + 1):
            if glyph + code - first:
                yield code, glyph + code - first


def _basic_plane(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    twice = struct.unpack_from(">H", cmap, start + 6)[0]
    ends, begins = start + 14, start + 16 + twice
    deltas, offsets = begins + twice, begins + 2 * twice
    for place in range(0, twice, 2):
        last, first = (struct.unpack_from(">H", cmap, at + place)[0] for at in (ends, begins))
        delta, offset = (struct.unpack_from(">H", cmap, at + place)[0] for at in (deltas, offsets))
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                at = offsets + place + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", cmap, at)[0]
            if glyph and (glyph + delta) & 0xFFFF:
                yield code, (glyph + delta) & 0xFFFF
