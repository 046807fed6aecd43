"""Header cells in the page's structure, so that the table reads aloud as label and value.

typst 0.15 marks header cells at the head of a table only; ours stand at the left of their values,
and what it offers for those is behind a switch its Python binding has not. The cells of the
finished page are therefore renamed in place. Every replacement is as long as what it replaces, so
no place in the file moves.
"""

import re
from typing import Final

_ROW: Final = re.compile(rb"<</Type/StructElem/S/TR/P \d+ 0 R/K\[([^\]]*)\]>>")
_CELL: Final = re.compile(
    rb"(?<=\n)(\d+) 0 obj\n<</Type/StructElem/S/TD/P \d+ 0 R/A\[<</O/Table/Headers\[\]"
)
_NO_HEADERS: Final = b"/Headers[]"  # "this cell has none", which would undo the header cells
_OF_THIS_ROW: Final = b"/Scope/Row"


class NoTableError(RuntimeError):
    """The page's structure is not as typst writes it: a new version of it writes otherwise."""


def with_headers(pdf: bytes, labels: int) -> bytes:
    """Return the page with its `labels` label cells named header cells (TH) of their rows.

    Raises:
        NoTableError: another number of label cells was found.

    """
    rows = [re.findall(rb"(\d+) 0 R", row) for row in _ROW.findall(pdf)]
    headers = {cell for row in rows for place, cell in enumerate(row) if _is_label(place, len(row))}
    named = 0

    def renamed(found: re.Match[bytes]) -> bytes:
        nonlocal named
        text = found[0]
        if found[1] not in headers:
            return text.replace(_NO_HEADERS, b" " * len(_NO_HEADERS))
        named += 1
        return text.replace(b"/S/TD/", b"/S/TH/").replace(_NO_HEADERS, _OF_THIS_ROW)

    made = _CELL.sub(renamed, pdf)
    if named != labels or len(headers) != labels:
        raise NoTableError(f"{named} of {labels} label cells found")
    return made


def _is_label(place: int, cells: int) -> bool:
    """Say whether a row's cell is a label: the first of each pair; a photograph stands third."""
    return place == 0 or (cells == 4 and place == 2)
