"""A picture of a sheet for a screen: as it looks printed, but the citizen number is covered."""

import threading
from io import BytesIO
from typing import Final

import pypdfium2  # type: ignore[import-untyped] # ships no types
from PIL import Image, ImageDraw

DPI: Final = 120
QUALITY: Final = 82
GLANCE_DPI: Final = 72
GLANCE_QUALITY: Final = 25
"""What a slow connection bears: every word can be read, in about 25 kB instead of 190."""
SHOWN: Final = 4
"""Characters left to be read at either end of the number, as on every screen."""

DOTS: Final = 10
_PAPER, _INK = (255, 255, 255), (27, 31, 36)

_turn: Final = threading.Lock()  # pdfium may be entered by one thread at a time in a process


class NumberNotFoundError(ValueError):
    """The number to be covered is not on the page, so the page is not shown."""


def preview(pdf: bytes, *, hide: str, dpi: int = DPI) -> bytes:
    """Return the first page as JPEG, the middle of the number `hide` covered wherever it stands.

    For files of our own making only: pdfium reads everything in them.

    Raises:
        NumberNotFoundError: the page does not hold the number.

    """
    into = BytesIO()
    _picture(pdf, hide, dpi).save(into, "JPEG", quality=QUALITY)
    return into.getvalue()


def glance(pdf: bytes, *, hide: str) -> bytes:
    """Return the same picture as a small WebP, which comes at once where the network is slow.

    Raises:
        NumberNotFoundError: the page does not hold the number.

    """
    into = BytesIO()
    _picture(pdf, hide, GLANCE_DPI).save(into, "WEBP", quality=GLANCE_QUALITY)
    return into.getvalue()


def _picture(pdf: bytes, hide: str, dpi: int) -> Image.Image:
    with _turn:
        document = pypdfium2.PdfDocument(pdf)
        try:
            document.init_forms()  # or the seal's signature field stays invisible
            page = document[0]
            picture: Image.Image = page.render(scale=dpi / 72).to_pil().convert("RGB")
            for place in _places(page, hide):
                _cover(picture, place, page.get_height(), dpi / 72)
            page.close()
        finally:
            document.close()
    return picture


def _places(page: pypdfium2.PdfPage, number: str) -> list[tuple[float, float, float, float]]:
    """Return where the number's middle stands: left, bottom, right, top in points.

    The finished page is asked, so that no change of its layout can uncover the number.
    """
    words = page.get_textpage()
    try:
        search, found = words.search(number), []
        while (place := search.get_next()) is not None:
            first, count = place
            boxes = [words.get_charbox(first + n) for n in range(SHOWN, count - SHOWN)]
            left, bottom, right, top = zip(*boxes, strict=True)
            found.append((min(left), min(bottom), max(right), max(top)))
        if not found:
            raise NumberNotFoundError("the number is not on the page")
        return found
    finally:
        words.close()


def _cover(
    picture: Image.Image, place: tuple[float, float, float, float], height: float, scale: float
) -> None:
    """Paint ten dots, evenly: digits of different widths would show through uneven ones."""
    left, bottom, right, top = place
    draw, radius = ImageDraw.Draw(picture), 1.3 * scale
    start, end, middle = left * scale, right * scale, (height - (bottom + top) / 2) * scale
    over = (start - 2, (height - top) * scale - 2, end + 2, (height - bottom) * scale + 2)
    draw.rectangle(over, fill=_PAPER)
    for dot in range(DOTS):
        x = start + (dot + 0.5) * (end - start) / DOTS
        draw.ellipse((x - radius, middle - radius, x + radius, middle + radius), fill=_INK)
