"""What a sheet says, word by word and line by line; both makers of the page print exactly this."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from typing import Final

from juzhu.adapters.sheet_fonts import FontSet
from juzhu.domain.sheet import SheetContent, Standing, grouped

TITLE: Final = "深圳经济特区居住证信息单"
FIXED: Final = {
    "title_english": "Shenzhen Special Economic Zone Residence Permit Information Sheet",
    "trial": "样章测试　无法律效力",
    "trial_english": "TRIAL, WITHOUT LEGAL EFFECT",
    "photo": "持证人相片",
    "no_photo": "未存相片",
    "no_photo_english": "No photograph held",
    "qr": "核验二维码，内容与核验码相同的单",
    "seal": "电子印章",
    "check": "扫码核验，或打开网址，输入核验码",
    "check_english": "Scan to check, or open the address and type the code",
    "code": "核验码",
    "code_english": "Check code",
    "then": "本单记载出具时的状态，此后可能变化，以核验结果为准",
    "then_english": "States what was true when made; it may have changed since.",
    "file": "电子文件载有数字签名，改动任何一处，签名即失效；纸质件请扫码核验。",
    "file_english": "The file is digitally signed: any change breaks the signature."
    " Check a paper copy by its code.",
}
"""What every sheet says alike."""

SHENZHEN: Final = timezone(timedelta(hours=8))
SIZES: Final = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0)
"""Point sizes of a value, the first that fits its cell; nothing is ever cut."""
SIZES_IN_SEAL: Final = (10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0)
LEADING: Final = 1.35
POINT: Final = 25.4 / 72  # millimetres

_SEX: Final = {"男": "Male", "女": "Female"}
_PIECE: Final = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)
_NOT_AT_START: Final = frozenset("，。、；：？！）」』》〉】·,.;:?!)]}%-")


@dataclass(frozen=True, slots=True)
class Cell:
    """One label with its value, the value already broken into lines.

    Attributes:
        key: name of the cell, for the page's layout.
        label: Chinese; `english` is its second line.
        lines: of the value.
        size: of the lines, in points.
        note: second line of the value in English, small; "" for none.

    """

    key: str
    label: str
    english: str
    lines: tuple[str, ...]
    size: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything on the page that is text and depends on the sheet."""

    number: str
    made_at: str
    cells: tuple[Cell, ...]
    standing: Standing
    code: str
    address: str
    authority: str
    signed: Cell
    day: str
    watermark: str
    watermark_size: float
    trial: bool

    def texts(self) -> Iterator[str]:
        """Yield every text, for the check that each character has a glyph."""
        yield from (self.number, self.made_at, self.code, self.address)
        yield from (self.authority, self.day, self.watermark)
        for cell in self.cells:
            yield from cell.lines
            yield cell.note


# Width and height in millimetres that a value may fill, by the cell's place in the layout.
BESIDE_PHOTO: Final = (94.0, 10.5)
HALF: Final = (46.0, 11.0)
WHOLE: Final = (129.0, 10.5)
HIGH: Final = (129.0, 16.0)
IN_SEAL: Final = (31.0, 7.5)


def words_of(content: SheetContent, fonts: FontSet) -> Words:
    """Return what the sheet says."""
    made = content.made_at.astimezone(SHENZHEN)
    return Words(
        number=_spaced(content.number),
        made_at=f"{made:%Y-%m-%d %H:%M:%S}",
        cells=tuple(_fitted(fonts, row) for row in _rows(content)),
        standing=content.standing,
        code=grouped(content.check_code),
        address=content.verify_url.partition("://")[2] or content.verify_url,
        authority=content.authority,
        signed=_fitted(fonts, ("signed", "", "", content.authority, "", IN_SEAL), SIZES_IN_SEAL),
        day=_day(made.date()),
        watermark=(watermark := _watermark(content)),
        watermark_size=13.0 if len(watermark) <= 24 else 10.0,
        trial=content.trial,
    )


_Row = tuple[str, str, str, str | tuple[str, ...], str, tuple[float, float]]
"""Key, label, English label, value or its lines, note, room."""


def _rows(content: SheetContent) -> Iterator[_Row]:
    sex = _SEX.get(content.sex, "")
    yield "name", "姓名", "Name", content.name, "", BESIDE_PHOTO
    yield "sex", "性别", "Sex", content.sex, sex, BESIDE_PHOTO
    yield "ethnic_group", "民族", "Ethnic group", content.ethnic_group, "", BESIDE_PHOTO
    yield "birth_date", "出生日期", "Date of birth", _day(content.birth_date), "", BESIDE_PHOTO
    yield "id_number", "公民身份号码", "Citizen number", content.id_number, "", WHOLE
    address = content.address or "出具时没有有效的居住登记"
    yield "address", "居住登记地址", "Registered address", address, "", HIGH
    yield "permit_number", "居住证号", "Permit number", content.permit_number, "", HALF
    yield "authority", "签发机关", "Issuing authority", content.authority, "", HALF
    yield "first_issued_on", "首次签发", "First issued", _day(content.first_issued_on), "", HALF
    endorsed = content.last_endorsed_on
    last = _day(endorsed) if endorsed else "尚未签注"
    yield "last_endorsed_on", "最近签注", "Last endorsed", last, "", HALF
    yield "standing", "证件状态", "State when made", *_standing(content), WHOLE
    yield "valid_through", "有效期至", "Valid through", *_validity(content), HALF
    yield "window", "下次签注期", "Next endorsement", *_window(content), HALF
    yield "purpose", "用途", "Purpose", content.purpose, "", WHOLE


def _standing(content: SheetContent) -> tuple[str, str]:
    since, english = "", ""
    if content.since is not None:
        since, english = f"，自{_day(content.since)}起", f" since {content.since:%Y-%m-%d}"
    match content.standing:
        case Standing.VALID:
            return "有效", "Valid"
        case Standing.SUSPENDED:
            return f"使用功能中止{since}", f"Suspended{english}: not to be used"
        case Standing.CANCELLED:
            return f"已注销{since}", f"Cancelled{english}: no longer valid"


def _validity(content: SheetContent) -> tuple[str, str]:
    day = _day(content.valid_through)
    match content.standing:
        case Standing.VALID:
            return day, ""
        case Standing.SUSPENDED:
            return day, "Not usable while suspended"
        case Standing.CANCELLED:
            return f"原至{day}", "Ended by cancellation"


def _window(content: SheetContent) -> tuple[str | tuple[str, ...], str]:
    opens, closes = content.window_opens, content.window_closes
    if opens is None or closes is None:
        return "无", "None"
    return (f"{_day(opens)}至", _day(closes)), ""


def _watermark(content: SheetContent) -> str:
    use = f"仅用于{content.purpose}"
    return f"样章测试　{use}" if content.trial else use


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _spaced(number: str) -> str:
    """Return `XX` + day + serial in groups that can be read aloud."""
    return f"{number[:2]} {number[2:6]} {number[6:10]} {number[10:]}".strip()


def _fitted(fonts: FontSet, row: _Row, sizes: Sequence[float] = SIZES) -> Cell:
    key, label, english, value, note, (width, height) = row
    parts = (value,) if isinstance(value, str) else value
    if note:
        height -= 3.0
    for size in sizes:
        lines = _broken(fonts, parts, width / POINT / size)
        if len(lines) * size * LEADING * POINT <= height:
            break
    return Cell(key, label, english, lines, size, note)


def _broken(fonts: FontSet, parts: tuple[str, ...], ems: float) -> tuple[str, ...]:
    """Return the parts in lines no wider than `ems`: Chinese breaks anywhere, a number nowhere."""
    lines: list[str] = []
    for part in parts:
        if fonts.width(part) <= ems:
            lines.append(part)
            continue
        line, used = "", 0.0
        for piece in _pieces(fonts, part, ems):
            wide = fonts.width(piece)
            if line and used + wide > ems and piece not in _NOT_AT_START:
                lines.append(line)
                line, used = "", 0.0
            line += piece
            used += wide
        lines.append(line)
    return tuple(lines)


def _pieces(fonts: FontSet, text: str, ems: float) -> Iterator[str]:
    for piece in _PIECE.findall(text):
        if fonts.width(piece) <= ems:
            yield piece
        else:
            yield from piece
