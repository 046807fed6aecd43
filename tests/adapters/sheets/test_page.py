"""The page: everything on it, nothing cut, the same bytes for the same content."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu.adapters import sheet_layout
from juzhu.adapters.sheet_bulk import BulkSheets
from juzhu.adapters.sheet_tags import NoTableError, with_headers
from juzhu.adapters.sheet_typst import TRIAL_SEAL, SealMissingError, TypstSheets
from juzhu.domain.sheet import Standing
from juzhu.ports.sheets import GlyphMissingError, PhotoUnreadableError
from tests.adapters.sheets.fonts import rare_font
from tests.adapters.sheets.reading import picture_of, text_of

LONG_NAME = "阿卜杜勒热合曼·买买提吐尔逊·艾则孜江·古丽娜尔"
LONG_ADDRESS = (
    "广东省深圳市大鹏新区葵涌街道土洋社区洋业一路第二工业区综合发展大楼附属建筑A座西侧裙楼之三" * 4
)


def shown(text: str) -> str:
    return text.replace(" ", "")


def test_the_page_says_everything(page, content):
    text = text_of(page)

    for said in (
        "深圳经济特区居住证信息单",
        "XX20261123000731",
        "2026-11-2309:20:31",
        content.name,
        content.id_number,
        "1990年3月7日",
        content.address,
        content.permit_number,
        "首次签发",
        "2025年1月10日",
        "2026年1月9日",
        "2027年1月9日",
        "有效Valid",
        "2026年11月11日至2027年1月9日",
        "深圳市公安局",
        "用途Purpose子女入学",
        "仅用于子女入学",
        "7K2M-93QD-5TXA",
        "jzz.example.gov.cn/v",
        "样章测试无法律效力",
    ):
        assert said in text


def test_a_suspended_permit_is_not_called_valid(sheets, suspended):
    text = text_of(sheets.render(suspended))

    assert "使用功能中止，自2026年1月10日起" in text
    assert "Notusablewhilesuspended" in text
    assert "尚未签注" in text
    assert "有效Valid" not in text


def test_a_cancelled_permit_is_not_called_valid(sheets, cancelled):
    text = text_of(sheets.render(cancelled))

    assert "已注销，自2026年3月1日起" in text
    assert "原至2027年1月9日" in text
    assert "出具时没有有效的居住登记" in text
    assert "未存相片" in text
    assert "有效Valid" not in text


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.CANCELLED])
def test_a_standing_whose_first_day_is_unknown_is_still_said(sheets, changed, standing):
    text = text_of(sheets.render(changed(standing=standing, since=None)))

    assert ("使用功能中止" if standing is Standing.SUSPENDED else "已注销") in text
    assert "有效Valid" not in text


@pytest.mark.parametrize("name", ["李𬭎", "王㛃", "赵䶮", "欧阳·𬭎㛃䶮", "陈喆堃"])
def test_rare_characters_of_the_table_are_printed_and_copied_out_right(sheets, changed, name):
    assert name in text_of(sheets.render(changed(name=name)))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": LONG_NAME},
        {"address": LONG_ADDRESS},
        {"purpose": "办理银行开户、住房租赁备案及其他需要证明居住情况的事项" * 4},
        {"authority": "深圳市公安局大鹏分局葵涌派出所综合服务中心流动人口管理办公室"},
        {"ethnic_group": "乌孜别克乌孜别克乌孜别克乌孜别克"},
        {"permit_number": "4403002025WWWWWWWWWWWW"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_however_long_a_value_nothing_is_cut_and_one_page_is_enough(sheets, changed, fields):
    (value,) = fields.values()

    assert shown(value) in text_of(sheets.render(changed(**fields)))


@pytest.mark.parametrize("fields", [{"name": LONG_NAME}, {"address": LONG_ADDRESS}])
def test_a_long_value_stays_inside_its_cell(sheets, changed, content, fields):
    """Only the value's own cell may differ from the ordinary page: nothing else moves."""
    (key,) = fields
    ordinary = picture_of(sheets.render(content), 72)
    long = picture_of(sheets.render(changed(**fields)), 72)

    left, top, right, bottom = ImageChops.difference(ordinary, long).getbbox()

    row = {"name": 0, "address": 5}[key]
    above = sheet_layout.TABLE_TOP + sum(sheet_layout.ROWS[:row])
    below = above + sheet_layout.ROWS[row]
    assert left >= (sheet_layout.LEFT + sheet_layout.COLUMNS[0]) * sheet_layout.POINTS
    assert right <= (sheet_layout.LEFT + sheet_layout.WIDTH) * sheet_layout.POINTS
    assert above * sheet_layout.POINTS <= top < bottom <= below * sheet_layout.POINTS + 1


@pytest.mark.parametrize("bad", ["𠮷", "\u200b", "\n", "😀", "\ue000", "한"])
def test_a_character_without_glyph_holds_the_sheet(sheets, changed, bad):
    with pytest.raises(GlyphMissingError) as caught:
        sheets.render(changed(name=f"陈{bad}明"))

    assert caught.value.characters == bad


def test_missing_characters_are_all_named_once(sheets, changed):
    with pytest.raises(GlyphMissingError, match=r"U\+20BB7 U\+1F600") as caught:
        sheets.render(changed(name="陈𠮷𠮷", address="深圳😀𠮷"))

    assert caught.value.characters == "𠮷😀"


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_photographs_in_other_colours_are_printed(sheets, changed, photo, mode):
    other = BytesIO()
    Image.open(BytesIO(photo)).convert(mode).save(other, "JPEG")

    picture = picture_of(sheets.render(changed(photo=other.getvalue())), 72)

    left, top = sheet_layout.LEFT + sheet_layout.WIDTH - 17, sheet_layout.TABLE_TOP + 35
    red, green, blue = picture.getpixel(
        (round(left * sheet_layout.POINTS), round(top * sheet_layout.POINTS))
    )
    assert max(red, green, blue) < 150


@pytest.mark.parametrize("cut", [0, 1, 100, 3000])
def test_a_photograph_that_is_none_holds_the_sheet(sheets, changed, photo, cut):
    with pytest.raises(PhotoUnreadableError):
        sheets.render(changed(photo=photo[:cut]))


def test_the_same_content_gives_the_same_bytes(page, content):
    assert TypstSheets().render(content) == page


def test_four_threads_make_what_one_makes(sheets, changed):
    contents = [changed(name=f"陈小明{number}") for number in range(12)]
    alone = [sheets.render(content) for content in contents]
    together: dict[int, bytes] = {}

    def make(start: int) -> None:
        for number in range(start, len(contents), 4):
            together[number] = sheets.render(contents[number])

    threads = [threading.Thread(target=make, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [together[number] for number in range(len(contents))] == alone


@pytest.mark.parametrize("digits", [40, 411, 900])
def test_the_code_is_read_from_the_page_as_a_screen_shows_it(sheets, changed, digits):
    content = changed(token="1" + "9384756102" * (digits // 10))

    found = zxingcpp.read_barcodes(picture_of(sheets.render(content), 144))

    assert [(code.text, code.ec_level) for code in found] == [
        (f"{content.verify_url}#{content.token}", "M")
    ]


def test_the_seal_is_painted_in_the_page_itself(page):
    """A viewer that draws no signature fields shows it too (this reading draws none)."""
    left, bottom, right, top = sheet_layout.SEAL_BOX
    height = round(sheet_layout.PAGE[1] * sheet_layout.POINTS)
    seal = picture_of(page, 72).crop((left, height - top, right, height - bottom))

    red = sum(
        r > 150 and g < 90 and b < 90 for r, g, b in zip(*[iter(seal.tobytes())] * 3, strict=True)
    )

    assert red > 1000


def test_a_real_sheet_bears_the_seal_it_was_given_and_no_trial_mark(changed, tmp_path: Path):
    seal = tmp_path / "seal.svg"
    seal.write_text(TRIAL_SEAL.read_text(encoding="utf-8").replace("#c8161d", "#c81600"))

    text = text_of(TypstSheets(seal=seal).render(changed(trial=False)))

    assert "样章测试" not in text
    assert "仅用于子女入学" in text


def test_a_real_sheet_without_the_real_seal_is_refused(sheets, changed):
    with pytest.raises(SealMissingError):
        sheets.render(changed(trial=False))


def test_a_folder_of_further_fonts_is_used(changed, tmp_path: Path):
    (tmp_path / "README.txt").write_text("no font")
    (tmp_path / "rare.ttf").write_bytes(rare_font())

    sheets = TypstSheets(fonts=tmp_path)

    assert "陈𠮷明" in text_of(sheets.render(changed(name="陈𠮷明")))


def test_the_file_says_it_is_an_archive_file_and_keeps_to_it(page):
    root = PdfFileReader(BytesIO(page)).root
    description = root["/Metadata"].data.decode()

    assert page.startswith(b"%PDF-1.7")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in description
    assert "深圳经济特区居住证信息单" in description
    assert "<xmp:CreateDate>2026-11-23T01:20:31+00:00<" in description
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/StructTreeRoot" in root


def test_every_picture_on_the_page_has_words_for_who_cannot_see_it(page):
    root = PdfFileReader(BytesIO(page)).root

    said = sorted(_alternatives(root["/StructTreeRoot"]))

    assert said == ["持证人相片", "核验二维码，内容与核验码相同的单", "电子印章"]


@pytest.mark.parametrize("lane", ["ordinary", "bulk"])
def test_every_label_is_the_header_of_its_value(lane, sheets, sealer, authority, content):
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)
    pdf = sheets.render(content) if lane == "ordinary" else bulk.make(content)
    root = PdfFileReader(BytesIO(pdf)).root["/StructTreeRoot"]

    rows = [
        [(cell["/S"], cell["/A"][0].get("/Scope"), "/Headers" in cell["/A"][0]) for cell in row]
        for row in _rows(root)
    ]

    label, value = ("/TH", "/Row", False), ("/TD", None, False)
    assert rows[0] == [label, value, value]  # the photograph
    assert sum(row == [label, value] for row in rows) == 7
    assert sum(row == [label, value, label, value] for row in rows) == 3
    assert len(rows) == 11


def test_a_page_whose_structure_is_another_is_refused(page):
    with pytest.raises(NoTableError):
        with_headers(page, labels=14)  # its labels are header cells already


def _rows(element: Any) -> Iterator[list[Any]]:
    """Yield the cells of each table row of the file's structure."""
    if not isinstance(element, DictionaryObject):
        return
    kids = element.get("/K", [])
    found = [kids[n] for n in range(len(kids))] if isinstance(kids, ArrayObject) else [kids]
    if element.get("/S") == "/TR":
        yield found
    for kid in found:
        yield from _rows(kid)


def _alternatives(element: Any) -> Iterator[str]:
    """Yield the words that stand for pictures in the file's structure."""
    if isinstance(element, DictionaryObject):
        if "/Alt" in element:
            yield element["/Alt"]
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            yield from _alternatives(kid.get_object() if isinstance(kid, IndirectObject) else kid)
