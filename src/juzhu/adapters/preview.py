"""A picture of a sheet, for browsers that show no PDF (WeChat's among them)."""

import threading
from io import BytesIO
from typing import Final

import pypdfium2  # type: ignore[import-untyped] # ships no types

DPI: Final = 120
QUALITY: Final = 82

_turn: Final = threading.Lock()  # pdfium may be entered by one thread at a time in a process


def preview(pdf: bytes, dpi: int = DPI) -> bytes:
    """Return the first page as JPEG, as it looks printed: the file itself, nothing masked.

    For files of our own making only: pdfium reads everything in them.
    """
    with _turn:
        document = pypdfium2.PdfDocument(pdf)
        try:
            document.init_forms()  # or the seal's signature field stays invisible
            page = document[0]
            picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
            page.close()
        finally:
            document.close()
    into = BytesIO()
    picture.save(into, "JPEG", quality=QUALITY)
    return into.getvalue()
