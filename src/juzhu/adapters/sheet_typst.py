"""The sheet's page, made by typst from the template beside this file."""

import base64
import dataclasses
import json
import threading
from pathlib import Path
from typing import Any, Final

import typst

from juzhu.adapters import seal_picture, sheet_layout, sheet_qr, sheet_tags
from juzhu.adapters.sheet_fonts import FontSet
from juzhu.adapters.sheet_photo import held
from juzhu.adapters.sheet_words import FIXED, TITLE, Words, words_of
from juzhu.domain.sheet import SheetContent
from juzhu.ports.sheets import GlyphMissingError

FOLDER: Final = Path(__file__).with_name("sheet")
TRIAL_SEAL: Final = FOLDER / "seal.svg"


class SealMissingError(Exception):
    """A real sheet was asked for and no picture of the real seal is there."""


class TypstSheets:
    """Makes sheets one at a time, from any thread; keep one per process.

    Args:
        fonts: folder with further fonts for rare characters; None for none.
        seal: SVG of the real seal, square; None while only trial sheets are made.

    """

    def __init__(self, *, fonts: Path | None = None, seal: Path | None = None) -> None:
        self.fonts: Final = FontSet(fonts)
        self._seal = None if seal is None else _drawing(seal)
        self._trial_seal = TRIAL_SEAL.read_text(encoding="utf-8")
        known = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[FOLDER, *([fonts] if fonts else [])],
        )
        self._families = sorted(known.families(), key=lambda name: name != "Noto Serif SC")
        self._compiler = typst.Compiler(
            input=FOLDER / "sheet.typ", root=FOLDER, font_paths=known, ignore_system_fonts=True
        )
        self._turn = threading.Lock()  # the compiler is one object and refuses to be entered twice

    def render(self, content: SheetContent) -> bytes:
        """Return the page as PDF/A-2b, tagged; the same content gives the same bytes.

        Raises:
            GlyphMissingError: a character would print as a box.
            PhotoUnreadableError: the photograph is no picture.
            SealMissingError: not a trial, and no real seal was given.

        """
        words = self.words(content)
        if missing := self.fonts.missing(words.texts()):
            raise GlyphMissingError(missing)
        return self._compiled(
            content,
            sheet=self._sheet(words) | {"stencil": False},
            photo=_photo(content.photo),
            qr=sheet_qr.drawing_of(sheet_qr.modules_of(content.verify_url, content.token)),
        )

    def words(self, content: SheetContent) -> Words:
        """Return what the page says, line by line."""
        return words_of(content, self.fonts)

    def stencil(self, content: SheetContent) -> bytes:
        """Return the page without what differs between the sheets of one batch.

        Raises:
            GlyphMissingError: a character would print as a box.
            SealMissingError: not a trial, and no real seal was given.

        """
        words = self.words(content)
        if missing := self.fonts.missing((words.watermark, words.address, *words.signed.lines)):
            raise GlyphMissingError(missing)
        blank = {"lines": [""], "note": ""}
        cells = {cell.key: dataclasses.asdict(cell) | blank for cell in words.cells}
        sheet = self._sheet(words) | {"stencil": True, "photo": content.photo is not None}
        sheet |= {"cells": cells, "number": "", "made_at": "", "code": "", "day": ""}
        return self._compiled(content, sheet=sheet, photo="", qr="")

    def _compiled(
        self, content: SheetContent, *, sheet: dict[str, Any], photo: str, qr: str
    ) -> bytes:
        inputs = {
            "sheet": json.dumps(sheet, ensure_ascii=False),
            "photo": photo,
            "qr": qr,
            "seal": self._seal_for(content),
        }
        with self._turn:
            made = self._compiler.compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=["a-2b"],
                timestamp=int(content.made_at.timestamp()),
            )
        assert isinstance(made, bytes)  # one page, and no output file was named
        return sheet_tags.with_headers(made, labels=len(sheet["cells"]))

    def unprintable(self, text: str) -> str:
        """Return the characters of `text` without a glyph."""
        return self.fonts.missing([text])

    def _sheet(self, words: Words) -> dict[str, object]:
        length = self.fonts.width(words.watermark) * words.watermark_size / sheet_layout.POINTS
        return dataclasses.asdict(words) | {
            "title": TITLE,
            "families": self._families,
            "cells": {cell.key: dataclasses.asdict(cell) for cell in words.cells},
            "measures": sheet_layout.measures(),
            "words": FIXED,
            "marks": sheet_layout.marks(round(length, 1)),
        }

    def _seal_for(self, content: SheetContent) -> str:
        if content.trial:
            return self._trial_seal
        if self._seal is None:
            raise SealMissingError("no picture of the real seal")
        return self._seal


def _drawing(seal: Path) -> str:
    """Return the seal's SVG; raise SealPictureError when the signature could not show the same."""
    drawing = seal.read_text(encoding="utf-8")
    seal_picture.operators_of(drawing)
    return drawing


def _photo(photo: bytes | None) -> str:
    """Return the photograph as typst takes bytes that are no text: inside an SVG."""
    if photo is None:
        return ""
    coded = base64.b64encode(held(photo)).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 358 441"><image width="358"'
        f' height="441" href="data:image/jpeg;base64,{coded}"/></svg>'
    )
