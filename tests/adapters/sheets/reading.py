"""How a test reads a finished file: as text, as a picture, through programs of others."""

import re
import shutil

import pypdfium2
import pytest
from PIL import Image


def program(name: str, package: str) -> str:
    """Return a program's path; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine: apt-get install {package}")
    return found


def text_of(pdf: bytes) -> str:
    """Return the text of a one-page file, without spaces and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    page = document[0]
    words = page.get_textpage()
    text = words.get_text_range()
    words.close()
    page.close()
    document.close()
    return re.sub(r"\s", "", text)


def picture_of(pdf: bytes, dpi: int) -> Image.Image:
    """Return a one-page file as a viewer shows it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0]
    picture = page.render(scale=dpi / 72).to_pil().convert("RGB")
    page.close()
    document.close()
    return picture
