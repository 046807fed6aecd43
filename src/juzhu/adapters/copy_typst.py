"""The page of a copy of one's data, made by typst: plain, without a seal; a copy proves nothing."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import typst

from juzhu.ports.copies import CopyPage

FOLDER: Final = Path(__file__).with_name("copy")
FONTS: Final = Path(__file__).with_name("sheet")


class TypstCopies:
    """Makes such documents, one at a time, in a job.

    Args:
        fonts: folder with further fonts for rare characters; None for none.

    """

    def __init__(self, *, fonts: Path | None = None) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[FONTS, *([fonts] if fonts else [])],
        )
        self._families = sorted(self._fonts.families(), key=lambda name: name != "Noto Serif SC")

    def render(self, page: CopyPage) -> bytes:
        """Return the document as PDF, tagged."""
        inputs = {"page": json.dumps(asdict(page) | {"families": self._families})}
        made = typst.compile(
            FOLDER / "copy.typ",
            root=FOLDER,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=inputs,
        )
        assert isinstance(made, bytes)  # one document, and no output file was named
        return made
