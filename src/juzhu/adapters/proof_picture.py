"""Reading the QR back: from the sheet's PDF, from a photograph of the paper, or from typed text."""

import re
import tempfile
from pathlib import Path
from typing import Final

from juzhu.ports.proofs import ProofError

DPI: Final = 144
LARGEST_FILE: Final = 30_000_000
_MOST_PIXELS: Final = 80_000_000
_LONGEST_SIDE: Final = 3_000
_POINTS_PER_INCH: Final = 72
_TOKEN: Final = re.compile(r"(?:[^\s#]{1,300}#)?([0-9]{100,1200})")
_KINDS: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_LEAF: Final = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("sheet.%s")'


def token_in_text(text: str) -> str | None:
    """Return the token in what somebody typed or pasted: the digits alone or the whole address."""
    found = _TOKEN.fullmatch("".join(text.split()))
    return found[1] if found else None


def token_in_file(data: bytes) -> str:
    """Return the token in a file: the QR on a PDF's first page or on a picture, or plain text.

    Raises:
        ProofError: not such a file, or no code in it can be read.

    """
    if len(data) > LARGEST_FILE:
        raise ProofError(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    if b"%PDF-" in data[:1024]:
        return _only_one(_codes_on(data, DPI / _POINTS_PER_INCH))
    for start, kind in _KINDS.items():
        if data.startswith(start):
            return _only_one(_codes_on(_page_with(data, kind), _LONGEST_SIDE))
    found = token_in_text(data.decode("utf-8", "replace")) if len(data) < DPI**2 else None
    if found is None:
        raise ProofError("The file is neither a PDF nor a picture (PNG, JPEG) nor a token's text.")
    return found


def _only_one(texts: list[str]) -> str:
    tokens = {found[1] for text in texts if (found := _TOKEN.fullmatch(text))}
    if not tokens:
        raise ProofError("No code of a sheet can be read there: try a sharper, flatter picture.")
    if len(tokens) > 1:
        raise ProofError("There are codes of different sheets: show one sheet at a time.")
    return tokens.pop()


def _page_with(picture: bytes, kind: str) -> bytes:
    """Return a PDF whose only page is the picture: the page's maker reads pictures safely."""
    import typst  # noqa: PLC0415  # not needed for a PDF, and large

    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    if kind == "png" and width * height > _MOST_PIXELS:  # a small file may unpack to gigabytes
        raise ProofError("The picture has too many pixels.")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"sheet.{kind}").write_bytes(picture)
        page = Path(folder, "sheet.typ")
        page.write_bytes(_LEAF % kind.encode())
        try:
            return typst.compile(page, root=page.parent, ignore_system_fonts=True, format="pdf")
        except typst.TypstError:
            raise ProofError("The picture is damaged.") from None


def _codes_on(pdf: bytes, scale: float) -> list[str]:
    """Return the text of every QR on the first page."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types
    import zxingcpp  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        scale = min(scale, _LONGEST_SIDE / max(page.get_size()))
        bitmap = page.render(scale=scale, grayscale=True)
    except (pypdfium2.PdfiumError, IndexError, ValueError):
        raise ProofError("The file cannot be opened: damaged or locked.") from None
    view = zxingcpp.ImageView(
        memoryview(bitmap.buffer).cast("B"),  # type: ignore[arg-type]  # any buffer will do
        bitmap.width,
        bitmap.height,
        zxingcpp.ImageFormat.Lum,
        bitmap.stride,
    )
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = [code.text for code in zxingcpp.read_barcodes(view, formats)]
    document.close()
    return found
