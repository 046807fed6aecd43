"""The drawing of a seal as PDF operators, for the signature's visible field."""

import re
from io import BytesIO
from typing import Final

import typst
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu.adapters.sheet_layout import POINTS, SEAL

_PAGE: Final = b"""
#set page(width: %gmm, height: %gmm, margin: 0mm)
#image(bytes(sys.inputs.seal), width: 100%%, height: 100%%, format: "svg")
""" % (SEAL, SEAL)
# typst names a colour space; the page's output intent already says which RGB is meant.
_COLOUR: Final = re.compile(rb"/c0 (cs|CS) ([\d. ]+?) (?:scn|SCN)")
_OPERATOR: Final = {b"cs": b"rg", b"CS": b"RG"}

SIDE: Final = SEAL * POINTS
"""Length of the drawing's square in points; its lower left corner is the origin."""


class SealPictureError(ValueError):
    """The SVG holds more than paths in plain colours: text, pictures, transparency, gradients."""


def operators_of(svg: str) -> bytes:
    """Return the drawing in PDF operators that need no resources.

    Raises:
        SealPictureError: the SVG cannot be drawn with paths and plain colours alone.

    """
    compiler = typst.Compiler(input=_PAGE, ignore_system_fonts=True)
    try:
        made = compiler.compile(format="pdf", sys_inputs={"seal": svg}, pdf_tags=False)
    except typst.TypstError as error:
        raise SealPictureError("it is no SVG that can be drawn") from error
    assert isinstance(made, bytes)  # one page, and no output file was named
    contents = _page_contents(made)
    drawn = _COLOUR.sub(lambda found: b" " + found[2] + b" " + _OPERATOR[found[1]], contents)
    if b"/" in drawn or b"BT" in drawn or b" rg" not in drawn:
        raise SealPictureError("a seal is drawn with paths in plain RGB colours only")
    return drawn


def _page_contents(pdf: bytes) -> bytes:
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    return bytes(reader.root["/Pages"]["/Kids"][0]["/Contents"].data)
