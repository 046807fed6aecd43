"""A font with a character that the built-in one lacks."""

import struct

from juzhu.adapters.sheet_fonts import BUILT_IN, FontFile


def rare_font() -> bytes:
    """Return a copy of the built-in font under another name, with 𠮷 in place of a neighbour."""
    font, moved = BUILT_IN.read_bytes(), FontFile(BUILT_IN)
    code = min(code for code in moved.glyphs if code > ord("𠮷"))
    group = struct.pack(">III", code, code, moved.glyphs[code])
    assert font.count(group) == 1
    other = struct.pack(">III", ord("𠮷"), ord("𠮷"), moved.glyphs[code])
    name = "Noto Serif SC".encode("utf-16-be")
    assert name in font
    return font.replace(group, other).replace(name, "Rare Serif SC".encode("utf-16-be"))
