"""Make the sheet's font and its trial seal from the full Noto Serif SC; the results are committed.

    npm pack @expo-google-fonts/noto-serif-sc@0.4.3
    tar xzf expo-google-fonts-noto-serif-sc-0.4.3.tgz
    python -m pip install fonttools==4.68.0
    python tools/fonts/make.py package

The font keeps the 8,105 characters of 通用规范汉字表, those of GB 2312 that old records hold, Latin
letters and punctuation. Hints and layout tables go: a printed page has no use for them. The same
input and version of fontTools give the same bytes.
"""

import hashlib
import math
import shutil
import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.misc.transform import Identity, Transform
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

SOURCE_SHA256 = "c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742"
HERE = Path(__file__).parent
INTO = HERE.parents[1] / "src/juzhu/adapters/sheet"

LATIN = [(0x20, 0x7E), (0xA0, 0x17F)]
PUNCTUATION = [(0x2010, 0x2027), (0x2030, 0x203B), (0x2160, 0x2179), (0x2460, 0x2473)]
CHINESE = [(0x3000, 0x301F), (0xFF00, 0xFF65)]
SINGLE = [0x2103, 0x2116, 0x25CB, 0x25CF, 0x30FB, 0x3007]

RED = "#c8161d"
SIZE = 200  # the seal's side in its own units
MIDDLE = SIZE / 2


def main() -> None:
    """Write the font, its licence and the seal."""
    package = Path(sys.argv[1])
    source = package / "400Regular/NotoSerifSC_400Regular.ttf"
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"{source} is another version: SHA-256 {found}")
    INTO.mkdir(exist_ok=True)
    _subset(source, INTO / "NotoSerifSC.ttf")
    shutil.copyfile(package / "LICENSE_FONT", INTO / "OFL.txt")
    (INTO / "seal.svg").write_text(_seal(TTFont(source)), encoding="utf-8")


def _characters() -> set[int]:
    listed = (HERE / "characters.txt").read_text(encoding="utf-8").splitlines()
    wanted = {ord(c) for line in listed if not line.startswith("#") for c in line}
    if len(wanted) != 8105:
        sys.exit(f"characters.txt holds {len(wanted)} characters")
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            text = bytes((lead, trail)).decode("gb2312", errors="ignore")
            wanted.update(map(ord, text))
    for first, last in LATIN + PUNCTUATION + CHINESE:
        wanted.update(range(first, last + 1))
    return wanted.union(SINGLE)


def _subset(source: Path, target: Path) -> None:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "STAT", "VORG"]
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=_characters())
    worker.subset(font)
    subset.save_font(font, str(target), options)


def _seal(font: TTFont) -> str:
    """Return the trial's seal: two rings and words that say what it is, no badge, no star."""
    paths = [
        *_arc(font, "样章测试专用", radius=71, height=31, spread=138, middle=-90),
        *_arc(font, "测试无效", radius=75, height=23, spread=70, middle=90),
    ]
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f'<g fill="none" stroke="{RED}"><circle cx="100" cy="100" r="97" stroke-width="5"/>'
        '<circle cx="100" cy="100" r="91.5" stroke-width="1"/></g>'
        f'<g fill="{RED}">{drawn}</g></svg>\n'
    )


def _arc(
    font: TTFont, text: str, *, radius: float, height: float, spread: float, middle: float
) -> list[str]:
    """Return the text's outlines along a circle, readable from below in both halves."""
    outwards = 1 if middle < 0 else -1
    step = spread / (len(text) - 1)
    paths = []
    for place, character in enumerate(text):
        angle = middle - outwards * (spread / 2 - place * step)
        turn = angle + 90 * outwards
        x = MIDDLE + radius * math.cos(math.radians(angle))
        y = MIDDLE + radius * math.sin(math.radians(angle))
        at = Identity.translate(x, y).rotate(math.radians(turn))
        paths.append(_outline(font, character, at, height))
    return paths


def _outline(font: TTFont, character: str, at: Transform, height: float) -> str:
    """Return one character's outline, its em square centred at the origin of `at`."""
    units = font["head"].unitsPerEm
    scale = height / units
    centred = at.scale(scale, -scale).translate(-units / 2, -0.38 * units)
    glyphs: Any = font.getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
    glyphs[font.getBestCmap()[ord(character)]].draw(TransformPen(pen, centred))
    commands: str = pen.getCommands()
    return commands


if __name__ == "__main__":
    main()
