"""The built-in font: what it covers, and that our small reader reads it right."""

from pathlib import Path

import pytest

from juzhu.adapters.sheet_fonts import BUILT_IN, FontFile, FontSet
from juzhu.adapters.sheet_subset import Cutter

TABLE = Path(__file__).parents[3] / "tools/fonts/characters.txt"


@pytest.fixture(scope="module")
def font() -> FontFile:
    return FontFile(BUILT_IN)


def test_every_character_of_the_national_table_is_there(font):
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    listed = [c for line in lines if not line.startswith("#") for c in line]

    assert len(listed) == len(set(listed)) == 8105
    assert [c for c in listed if ord(c) not in font.glyphs] == []


@pytest.mark.parametrize(
    "text", ["ABCXYZabcxyz0123456789", "·—…“”‘’（）：；，。、《》！？％＃－", "Àéüñœ", "①②Ⅳ№℃○〇"]
)
def test_letters_and_marks_are_there(text):
    assert FontSet().missing([text]) == ""


def test_widths_are_right(font):
    assert font.width("深") == 1.0
    assert font.width("　") == 1.0
    assert 0.5 < font.width("0") < 0.6
    assert font.width("𠮷") is None


def test_the_licence_lies_beside_the_font():
    assert "SIL OPEN FONT LICENSE Version 1.1" in BUILT_IN.with_name("OFL.txt").read_text()


def test_a_subset_has_the_glyphs_asked_for(font):
    subset = Cutter(font).cut("深圳é1深")

    assert list(subset.codes) == ["深", "圳", "é", "1"]
    assert subset.widths[subset.codes["深"]] == 1000
    assert len(subset.font) < 10_000


def test_no_glyph_of_the_built_in_font_is_made_of_others(font):
    """So that cutting one out never needs another."""
    cutter = Cutter(font)

    for start in range(0, len(font.glyphs), 500):
        cutter.cut(map(chr, list(font.glyphs)[start : start + 500]))
