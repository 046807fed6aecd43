"""Sheets by the hundred: what they show and what they prove is the ordinary lane's."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu.adapters import sheet_bulk, sheet_layout
from juzhu.adapters.seal_local import LocalSealer
from juzhu.adapters.sheet_bulk import BulkSheets
from juzhu.adapters.sheet_photo import photo_measures
from juzhu.ports.sheets import FileProblem, GlyphMissingError
from tests.adapters.sheets.reading import picture_of, text_of
from tests.adapters.sheets.test_file import QUICK, flipped, hole


class Refusing:
    """Stands for the ordinary lane where it must not be needed."""

    def seal(self, pdf: bytes) -> bytes:
        raise AssertionError("the ordinary lane was used")


@pytest.fixture(scope="module")
def bulk(sheets, authority) -> BulkSheets:
    return BulkSheets(sheets, Refusing(), certificate=authority.certificate, key=authority.key)


@pytest.fixture(scope="module")
def made(bulk, content) -> bytes:
    return bulk.make(content)


@pytest.fixture(params=["plain", "suspended", "cancelled", "long", "rare", "woman"])
def one(request, changed, suspended, cancelled):
    return {
        "plain": changed(),
        "suspended": suspended,
        "cancelled": cancelled,
        "long": changed(
            name="阿卜杜勒热合曼·买买提吐尔逊·艾则孜江·古丽娜尔",
            address="深圳市大鹏新区葵涌街道土洋社区洋业一路第二工业区综合发展大楼" * 4,
            authority="深圳市公安局大鹏分局葵涌派出所综合服务中心",
            purpose="办理银行开户及其他需要证明居住情况的事项" * 3,
        ),
        "rare": changed(name="欧阳𬭎㛃䶮", ethnic_group="乌孜别克"),
        "woman": changed(sex="女", last_endorsed_on=None, number="XX20270101000001"),
    }[request.param]


def without_code(picture: Image.Image) -> Image.Image:
    """Blank the code, which one lane draws as lines and the other as dots."""
    left, top, size = (
        round(v * sheet_layout.POINTS)
        for v in (sheet_layout.LEFT, sheet_layout.FOOT_TOP, sheet_layout.QR)
    )
    picture.paste((255, 255, 255), (left - 1, top - 1, left + size + 2, top + size + 2))
    return picture


def test_both_lanes_show_the_same_page(bulk, sheets, sealer, one):
    ordinary, made = sealer.seal(sheets.render(one)), bulk.make(one)

    assert Counter(text_of(made)) == Counter(text_of(ordinary))
    difference = ImageChops.difference(
        without_code(picture_of(made, 72)), without_code(picture_of(ordinary, 72))
    )
    # A stroke half a point away would differ by 200; rounding differs by a quarter of that.
    assert max(high for _, high in difference.getextrema()) < 64


def test_every_checker_accepts_it(made, files, pdfsig, qpdf):
    said = pdfsig(made)

    assert files.examine(made).problem is None
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "No syntax or stream encoding errors" in qpdf(made, "--check")
    assert made.count(b"%%EOF") == 1


def test_it_is_the_same_kind_of_archive_file(made, sealed):
    bulk, ordinary = (PdfFileReader(BytesIO(file)).root for file in (made, sealed))
    description = bulk["/Metadata"].data.decode()

    assert made.startswith(b"%PDF-1.7")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in description
    assert bulk["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert bulk["/Lang"] == "zh-CN"
    assert bulk["/MarkInfo"]["/Marked"]
    assert set(ordinary) - set(bulk) == set()


def test_the_description_tells_this_sheets_instant_and_name(bulk, changed):
    first, second = (
        PdfFileReader(BytesIO(bulk.make(changed(number=number, made_at=at))))
        for number, at in (
            ("XX20261124000001", changed().made_at.replace(hour=2)),
            ("XX20261124000002", changed().made_at.replace(hour=3)),
        )
    )
    texts = [reader.root["/Metadata"].data.decode() for reader in (first, second)]

    assert "2026-11-23T02:20:31" in texts[0]
    assert "2026-11-23T03:20:31" in texts[1]
    assert "01:20:31" not in texts[0] + texts[1]
    names = {text.partition("InstanceID>")[2][:24] for text in texts}
    assert len(names) == 2
    assert str(first.trailer_view["/Info"]["/CreationDate"]) == "D:20261123022031Z"


def test_the_code_is_read_from_the_page(bulk, changed):
    for digits in (40, 411, 900):
        content = changed(token="1" + "9384756102" * (digits // 10))
        found = zxingcpp.read_barcodes(picture_of(bulk.make(content), 144))
        assert [code.text for code in found] == [f"{content.verify_url}#{content.token}"]


def marks_in(element: Any) -> Iterator[int]:
    """Yield the marks below an element in the order in which they are read aloud."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, generic.ArrayObject) else [kids]:
        found = kid.get_object() if isinstance(kid, generic.IndirectObject) else kid
        if isinstance(found, generic.DictionaryObject):
            yield from marks_in(found)
        else:
            yield int(found)


def test_values_are_read_aloud_in_the_order_of_the_page(bulk, content):
    made = bulk.make(content)
    stencil = next(reversed(bulk._stencils.values()))  # the one just used
    named = {mark: key for key, mark in stencil.marks.items()}
    root = PdfFileReader(BytesIO(made)).root

    read = list(marks_in(root["/StructTreeRoot"]["/K"][0]))

    assert len(read) == len(set(read))
    assert [named[mark] for mark in read if mark in named] == [
        *("number", "made_at", "name", "photo", "sex", "ethnic_group", "birth_date"),
        *("id_number", "address", "permit_number", "authority", "first_issued_on"),
        *("last_endorsed_on", "standing", "valid_through", "window", "purpose"),
        *("qr", "code", "day"),
    ]


def spoken(element: Any, marks: dict[int, str]) -> str:
    """Return what a reading aloud says, in its order."""
    said = str(element.get("/Alt", ""))
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, generic.ArrayObject) else [kids]:
        found = kid.get_object() if isinstance(kid, generic.IndirectObject) else kid
        said += (
            spoken(found, marks)
            if isinstance(found, generic.DictionaryObject)
            else f"[{marks.get(int(found), '')}]"
        )
    return said


def test_every_value_is_marked_where_it_belongs(made):
    reader = PdfFileReader(BytesIO(made))
    page = reader.root["/Pages"]["/Kids"][0]
    drawn = page["/Contents"][1].data
    owners = reader.root["/StructTreeRoot"]["/ParentTree"]["/Nums"][1]
    marks = [int(n) for n in re.findall(rb"MCID (\d+)", drawn)]

    assert len(marks) == len(set(marks)) == 14 + 6
    for mark in marks:
        kids = owners[mark]["/K"]
        assert mark in (list(kids) if isinstance(kids, generic.ArrayObject) else [kids])
    said = spoken(reader.root["/StructTreeRoot"]["/K"][0], {})
    assert [said.count(words) for words in ("持证人相片", "核验二维码", "电子印章")] == [1, 1, 1]
    assert said.index("持证人相片") < said.index("核验二维码") < said.index("电子印章")


def test_no_flipped_bit_is_missed(made, files):
    missed = [place for place, copy in flipped(made, QUICK) if not files.examine(copy).problem]

    assert missed == []


@pytest.mark.soak
def test_no_flipped_bit_is_missed_by_us_nor_by_poppler(made, files, pdfsig):
    copies = flipped(made, 500)

    missed = [place for place, copy in copies if files.examine(copy).problem is None]
    by_poppler = [place for place, copy in copies if "Signature is Valid" in pdfsig(copy)]

    assert (missed, by_poppler) == ([], [])


def test_changes_inside_and_behind_the_signature_are_not_missed(made, files):
    start, end = hole(made)
    draw = random.Random(7)
    for _ in range(100):
        copy = bytearray(made)
        copy[draw.randrange(start, end)] ^= 1 << draw.randrange(7)
        assert files.examine(bytes(copy)).problem is not None
    assert files.examine(made + b"\n").problem is FileProblem.CHANGED


def test_four_threads_make_good_sheets(bulk, files, changed):
    contents = [changed(name=f"陈小明{n}", purpose=f"用途{n % 5}") for n in range(40)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(bulk.make, contents))

    assert [files.examine(file).problem for file in made] == [None] * 40
    for content, file in zip(contents, made, strict=True):
        assert content.name in text_of(file)
        assert f"仅用于{content.purpose}" in text_of(file)


def test_a_character_without_glyph_holds_the_sheet(bulk, changed):
    with pytest.raises(GlyphMissingError) as caught:
        bulk.make(changed(name="陈𠮷"))

    assert caught.value.characters == "𠮷"


@pytest.mark.parametrize(
    "photo", [b"no JPEG", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0\0\x0b\x0c\0\1\0\1\4"]
)
def test_a_photograph_it_cannot_hold_goes_to_the_ordinary_lane(photo):
    assert photo_measures(photo) is None


def test_the_ordinary_lane_takes_over(sheets, authority, files, photo, changed):
    grey = BytesIO()
    Image.open(BytesIO(photo)).convert("CMYK").save(grey, "JPEG")
    sealer = LocalSealer(authority.certificate, authority.key)
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)

    made = bulk.make(changed(photo=grey.getvalue()))

    assert files.examine(made).problem is None


def test_a_grey_photograph_is_held_as_it_is(bulk, files, photo, changed):
    grey = BytesIO()
    Image.open(BytesIO(photo)).convert("L").save(grey, "JPEG")

    made = bulk.make(changed(photo=grey.getvalue()))

    assert files.examine(made).problem is None
    assert grey.getvalue() in made


def test_stencils_of_past_batches_are_let_go(sheets, authority, changed, monkeypatch):
    monkeypatch.setattr(sheet_bulk, "STENCILS", 3)
    bulk = BulkSheets(sheets, Refusing(), certificate=authority.certificate, key=authority.key)

    for number in range(8):
        bulk.make(changed(purpose=f"用途{number}"))

    assert len(bulk._stencils) == 3
