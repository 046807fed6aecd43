"""A page with places left free, taken apart so that it can be filled in and sealed in one pass.

typst makes the page once for a batch; its objects are then written out anew in an order that lets
everything unchanging come first in the file, byte for byte the same from sheet to sheet. What
differs gets object numbers of its own and marks in the page's structure, so that a filled-in page
reads aloud like one made whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import ArrayObject, pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu.adapters import seal_picture, sheet_layout
from juzhu.adapters.sheet_words import FIXED

# These have no types of their own (pyHanko 0.38).
DictionaryObject: Final[Any] = generic.DictionaryObject
IndirectObject: Final[Any] = generic.IndirectObject
FloatObject: Final[Any] = generic.FloatObject
NumberObject: Final[Any] = generic.NumberObject
Reference: Final[Any] = generic.Reference

_XMP_DATE: Final = re.compile(rb"<xmp:CreateDate>([\d:T-]{19})\+00:00<")
_DATE: Final = re.compile(rb"/CreationDate \(D(?::|\\072)(\d{14})Z\)")
_INSTANCE: Final = re.compile(rb"<xmpMM:InstanceID>([^<]{24})<")

HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
OUTSIDE_TABLE: Final = ("number", "made_at", "qr", "code", "day")
CHANGING: Final = (
    "contents",
    "font",
    "outlines",
    "descriptor",
    "program",
    "letters",
    "photo",
    "seal",
)
"""Objects written for each sheet anew, by the order of their numbers."""


@dataclass(frozen=True, slots=True)
class Stencil:
    """What all sheets of a batch share.

    Attributes:
        start: the file's beginning, with every unchanging object.
        places: where each unchanging object stands, by number; None for a changing one.
        numbers: of the changing objects.
        metadata: the description's number and text, dates and name of this sheet still in it.
        information: the same of the information dictionary.
        dates: the stencil's own instant, as the two write it.
        instance: the stencil's own name in its description.
        root: number of the catalogue.
        marks: number in the page's structure of each value.

    """

    start: bytes
    places: list[int | None]
    numbers: dict[str, int]
    metadata: tuple[int, bytes]
    information: tuple[int, bytes]
    dates: tuple[bytes, bytes]
    instance: bytes
    root: int
    marks: dict[str, int]


def stencil_of(pdf: bytes, *, cells: Sequence[str], field: str, drawing: bytes) -> Stencil:
    """Return the page that typst made with places left free, ready to be filled in.

    Args:
        pdf: the page.
        cells: keys of the free cells in the table's order, `photo` among them if there is one.
        field: name of the signature field.
        drawing: the seal in PDF operators.

    """
    work = _Work(pdf)
    numbers = {name: work.reserve() for name in CHANGING if name != "photo" or "photo" in cells}
    marks = work.mark(cells)
    work.fill_page(numbers)
    work.add_field(field, numbers["seal"], drawing)
    metadata, information = work.take("/Metadata"), work.take_information()
    start, places = work.written()
    return Stencil(
        start=start,
        places=places,
        numbers=numbers,
        metadata=metadata,
        information=information,
        dates=(_found(_XMP_DATE, metadata[1]), _found(_DATE, information[1])),
        instance=_found(_INSTANCE, metadata[1]),
        root=work.root_number,
        marks=marks,
    )


def _found(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"typst's description is another: no {pattern.pattern!r} in {text!r}")
    return found[1]


class _Work:
    """The objects of one file while they are rearranged."""

    def __init__(self, pdf: bytes) -> None:
        reader: Any = PdfFileReader(BytesIO(pdf))
        self._reader: Final = reader
        trailer = reader.trailer_view
        self.root_number: Final[int] = trailer.raw_get("/Root").idnum
        self._information: Final[int] = trailer.raw_get("/Info").idnum
        self._objects: dict[int, Any] = {}
        self._size: int = int(trailer["/Size"])
        for number in range(1, self._size):
            found = reader.get_object(Reference(number, 0, reader))
            packing = isinstance(found, generic.StreamObject) and found.get("/Type") in (
                "/ObjStm",
                "/XRef",
            )
            if not packing:
                self._objects[number] = found
        self._root: Any = self._objects[self.root_number]
        self._page_number: Final[int] = self._root["/Pages"]["/Kids"].raw_get(0).idnum
        self._page: Any = self._objects[self._page_number]

    def reserve(self) -> int:
        """Return a new object's number."""
        self._size += 1
        return self._size - 1

    def add(self, **entries: Any) -> Any:
        """Add a dictionary and return the reference to it."""
        number = self.reserve()
        self._objects[number] = _dictionary(**entries)
        return self._reference(number)

    def mark(self, cells: Sequence[str]) -> dict[str, int]:
        """Give each value a place in the structure; return the numbers to mark them with."""
        tree = self._root["/StructTreeRoot"]
        document = tree["/K"][0]
        owners: Any = tree["/ParentTree"]["/Nums"][1]
        marks: dict[str, int] = {}
        table = next(kid for kid in _items(document["/K"]) if kid["/S"] == "/Table")
        free = [(number, td) for number, td in _cells(table) if not td.get("/K")]
        if len(free) != len(cells):
            raise ValueError(f"{len(free)} cells are free, not {len(cells)}")
        for key, (number, td) in zip(cells, free, strict=True):
            owner = self._reference(number)
            if key == "photo":
                figure = self._figure(owner, FIXED["photo"])
                td[pdf_name("/K")] = ArrayObject([figure])
                owner = figure
            else:
                td[pdf_name("/K")] = NumberObject(len(owners))
                td[pdf_name("/Pg")] = self._reference(self._page_number)
            marks[key] = self._own(owners, owner)
        self._mark_outside(document, owners, marks)
        return marks

    def _mark_outside(self, document: Any, owners: Any, marks: dict[str, int]) -> None:
        whole = _reference_to(document)
        kids = document["/K"]
        table = next(n for n, kid in enumerate(_items(kids)) if kid["/S"] == "/Table")
        where = {"number": table, "made_at": table + 1, "qr": table + 3, "code": table + 5}
        for key in OUTSIDE_TABLE:
            if key == "qr":
                element = self._figure(whole, FIXED["qr"])
            else:
                element = self.add(Type="/StructElem", S="/P", P=whole, Pg=self._page_reference)
            kids.insert(where.get(key, len(kids) - 1), element)
            marks[key] = self._own(owners, element)

    def _own(self, owners: Any, element: Any) -> int:
        mark = len(owners)
        owners.append(element)
        added = self._objects[element.idnum]
        added.setdefault(pdf_name("/K"), NumberObject(mark))
        return mark

    def _figure(self, parent: Any, words: str) -> Any:
        return self.add(
            Type="/StructElem",
            S="/Figure",
            P=parent,
            Pg=self._page_reference,
            Alt=generic.pdf_string(words),
        )

    def fill_page(self, numbers: dict[str, int]) -> None:
        """Let the page draw what is filled in after what it draws already."""
        page = self._page
        first = page.raw_get("/Contents")
        page[pdf_name("/Contents")] = ArrayObject([first, self._reference(numbers["contents"])])
        resources = page["/Resources"]
        resources["/Font"][pdf_name("/D")] = self._reference(numbers["font"])
        if "photo" in numbers:
            pictures = resources.setdefault(pdf_name("/XObject"), DictionaryObject())
            pictures[pdf_name("/Photo")] = self._reference(numbers["photo"])

    def add_field(self, name: str, seal: int, drawing: bytes) -> None:
        """Add the visible signature field on the painted seal."""
        number = self.reserve()
        form: Any = generic.StreamObject(stream_data=drawing)
        form.update(
            _dictionary(
                Type="/XObject",
                Subtype="/Form",
                BBox=[0, 0, seal_picture.SIDE, seal_picture.SIDE],
                Resources={},
            )
        )
        form.compress()
        self._objects[number] = form
        field = self.add(
            Type="/Annot",
            Subtype="/Widget",
            FT="/Sig",
            T=generic.pdf_string(name),
            F=132,  # printed, locked
            P=self._page_reference,
            Rect=list(sheet_layout.SEAL_BOX),
            V=self._reference(seal),
            AP={"N": self._reference(number)},
        )
        self._page[pdf_name("/Annots")] = ArrayObject([field])
        self._root[pdf_name("/AcroForm")] = _dictionary(Fields=[field], SigFlags=3)
        self._root[pdf_name("/Perms")] = _dictionary(DocMDP=self._reference(seal))

    def take(self, entry: str) -> tuple[int, bytes]:
        """Take an object of the catalogue out of the unchanging ones."""
        number: int = self._root.raw_get(entry).idnum
        return number, _bytes_of(self._objects.pop(number))

    def take_information(self) -> tuple[int, bytes]:
        """Take the information dictionary out of the unchanging ones."""
        return self._information, _bytes_of(self._objects.pop(self._information))

    def written(self) -> tuple[bytes, list[int | None]]:
        """Return the unchanging objects as the file's start, and where each of them stands."""
        parts, end = [HEAD], len(HEAD)
        places: list[int | None] = [None] * self._size
        for number, found in sorted(self._objects.items()):
            places[number] = end
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, _bytes_of(found)))
            end += len(parts[-1])
        return b"".join(parts), places

    @property
    def _page_reference(self) -> Any:
        return self._reference(self._page_number)

    def _reference(self, number: int) -> Any:
        return IndirectObject(number, 0, self._reader)


def _reference_to(element: Any) -> Any:
    """Return the reference under which an object of the structure is known."""
    reference = element.container_ref
    return IndirectObject(reference.idnum, reference.generation, reference.pdf)


def _items(array: Any) -> Iterator[Any]:
    """Yield the objects themselves where an array only refers to them."""
    for place in range(len(array)):
        yield array[place]


def _cells(table: Any) -> Iterator[tuple[int, Any]]:
    for row in _items(table["/K"]):
        for place in range(len(row["/K"])):
            reference = row["/K"].raw_get(place)
            yield reference.idnum, reference.get_object()


def _dictionary(**entries: Any) -> Any:
    return DictionaryObject({pdf_name(f"/{key}"): _object(value) for key, value in entries.items()})


def _object(value: Any) -> Any:
    if isinstance(value, generic.PdfObject):
        return value
    if isinstance(value, dict):
        return _dictionary(**value)
    if isinstance(value, list):
        return ArrayObject([_object(item) for item in value])
    if isinstance(value, str):
        return pdf_name(value)
    return NumberObject(value) if isinstance(value, int) else FloatObject(value)


def _bytes_of(found: Any) -> bytes:
    into = BytesIO()
    found.write_to_stream(into, None)
    return into.getvalue()
