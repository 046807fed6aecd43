"""The part of `wiring` for copies of one's data."""

from functools import cache

from django.conf import settings

from juzhu.adapters.copy_typst import TypstCopies
from juzhu.ports.copies import CopyPages


@cache
def copy_pages() -> CopyPages:
    """Return what makes the page of a copy of one's data."""
    return TypstCopies(fonts=settings.JUZHU.sheet_fonts)
