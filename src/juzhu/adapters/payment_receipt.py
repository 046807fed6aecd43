"""The payment receipt (缴款凭据) as a PDF of one page, made by typst."""

import json
import threading
from functools import cache
from pathlib import Path
from typing import Final

import typst

from juzhu.adapters.sheet_fonts import FontSet
from juzhu.ports.payments import ReceiptPage

_HERE: Final = Path(__file__).with_name("payments")
_FONTS: Final = Path(__file__).with_name("sheet")
_turn = threading.Lock()  # the compiler is one object and refuses to be entered twice


def receipt_pdf(page: ReceiptPage, *, fonts: Path | None) -> bytes:
    """Return the page as PDF/A-2b; a character without a glyph prints as the mark for one.

    Args:
        page: what it says.
        fonts: folder with further fonts for rare characters; None for none.

    """
    compiler, families, known = _compiler(fonts)
    said = {
        "title": page.title,
        "payee": page.payee,
        "number_label": page.number_label,
        "number": page.number,
        "rows": [(label, _printable(value, known)) for label, value in page.rows],
        "note": page.note,
        "trial": page.trial,
        "families": families,
    }
    with _turn:
        made = compiler.compile(
            format="pdf",
            sys_inputs={"receipt": json.dumps(said, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=int(page.made_at.timestamp()),
        )
    assert isinstance(made, bytes)  # one page, and no output file was named
    return made


def _printable(value: str, known: FontSet) -> str:
    missing = set(known.missing([value]))
    return "".join("〓" if character in missing else character for character in value)


@cache
def _compiler(fonts: Path | None) -> tuple[typst.Compiler, list[str], FontSet]:
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_FONTS, *([fonts] if fonts else [])],
    )
    families = sorted(found.families(), key=lambda name: name != "Noto Serif SC")
    compiler = typst.Compiler(
        input=_HERE / "receipt.typ", root=_HERE, font_paths=found, ignore_system_fonts=True
    )
    return compiler, families, FontSet(fonts)
