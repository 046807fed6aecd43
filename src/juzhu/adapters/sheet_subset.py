"""Cuts out of the built-in TrueType font the few glyphs that one sheet needs, in a millisecond.

Outlines are copied as they stand; only the numbers by which glyphs are found change.
"""

import struct
from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from juzhu.adapters.sheet_fonts import FontFile

_HAS_PARTS: Final = 0x80  # first byte of a negative number of contours: made of other glyphs


class Subset(NamedTuple):
    """A font with a few glyphs.

    Attributes:
        codes: of each character in the new font.
        widths: of each code from 0, in thousandths of an em.
        font: the TrueType file.

    """

    codes: dict[str, int]
    widths: list[int]
    font: bytes


class Cutter:
    """Makes subsets of one font.

    Args:
        font: with TrueType outlines (`glyf`), not CFF.

    """

    def __init__(self, font: FontFile) -> None:
        self._font = font
        self._outlines = font.table(b"glyf")
        self._places = _places(font)
        self._fixed = {tag: font.table(tag) for tag in (b"head", b"hhea", b"maxp")}
        self._bearings = self._read_bearings()

    def cut(self, characters: Iterable[str]) -> Subset:
        """Return a font of these characters, each of which the font must have."""
        glyphs, codes = [0], {}
        for character in dict.fromkeys(characters):
            codes[character] = len(glyphs)
            glyphs.append(self._font.glyphs[ord(character)])
        outlines = [self._outline(glyph) for glyph in glyphs]
        places = [0, *accumulate(map(len, outlines))]
        units = self._font.units
        widths = [round(self._font.advance_of_glyph(g) * 1000 / units) for g in glyphs]
        return Subset(codes, widths, self._file(glyphs, b"".join(outlines), places))

    def _outline(self, glyph: int) -> bytes:
        found = self._outlines[self._places[glyph] : self._places[glyph + 1]]
        if found and found[0] & _HAS_PARTS:  # the built-in font has none
            raise NotImplementedError("a glyph made of other glyphs")
        return found + b"\0" * (-len(found) % 4)

    def _file(self, glyphs: list[int], outlines: bytes, places: list[int]) -> bytes:
        head, hhea, maxp = (bytearray(self._fixed[tag]) for tag in (b"head", b"hhea", b"maxp"))
        struct.pack_into(">I", head, 8, 0)  # the sum over the whole file, which nobody checks
        struct.pack_into(">h", head, 50, 1)  # places in four bytes
        struct.pack_into(">H", hhea, 34, len(glyphs))
        struct.pack_into(">H", maxp, 4, len(glyphs))
        advance, bearing = self._font.advance_of_glyph, self._bearings
        metrics = b"".join(struct.pack(">Hh", advance(g), bearing[g]) for g in glyphs)
        tables = {
            b"glyf": outlines,
            b"head": bytes(head),
            b"hhea": bytes(hhea),
            b"hmtx": metrics,
            b"loca": struct.pack(f">{len(places)}I", *places),
            b"maxp": bytes(maxp),
        }
        return _assembled(tables)

    def _read_bearings(self) -> "array[int]":
        """Return every glyph's left side bearing."""
        metrics = self._font.table(b"hmtx")
        full = struct.unpack_from(">H", self._font.table(b"hhea"), 34)[0]
        values = array("h", metrics[: len(metrics) // 2 * 2])
        values.byteswap()
        return values[1 : 2 * full : 2] + values[2 * full :]


def _places(font: FontFile) -> "array[int]":
    wide = struct.unpack_from(">h", font.table(b"head"), 50)[0]
    values = array("I" if wide else "H", font.table(b"loca"))
    values.byteswap()
    return values if wide else array("I", (2 * value for value in values))


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << count.bit_length() - 1
    parts = [
        struct.pack(
            ">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16
        )
    ]
    place = 12 + 16 * count
    for tag, content in tables.items():  # sorted by tag already
        parts.append(struct.pack(">4sIII", tag, _sum(content), place, len(content)))
        place += len(content) + -len(content) % 4
    parts.extend(content + b"\0" * (-len(content) % 4) for content in tables.values())
    return b"".join(parts)


def _sum(content: bytes) -> int:
    words = array("I", content + b"\0" * (-len(content) % 4))
    words.byteswap()
    return sum(words) & 0xFFFFFFFF
