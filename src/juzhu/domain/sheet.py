"""The information sheet (居住证信息单): what it says, its codes, and how they are read back."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from juzhu.domain.vocabulary import PermitState

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters of every code: no I, L, O, U, so that it can be read aloud and typed."""

CHECK_CODE_LENGTH: Final = 12
SHARE_CODE_LENGTH: Final = 9
_LOOKALIKES: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


class Standing(StrEnum):
    """What a permit amounts to for a checker: the calendar's window is not their business."""

    VALID = "valid"  # 有效
    SUSPENDED = "suspended"  # 使用功能中止
    CANCELLED = "cancelled"  # 注销


def standing_of(state: PermitState) -> Standing:
    """Return what a state amounts to; raise ValueError before the issue."""
    match state:
        case PermitState.VALID | PermitState.IN_WINDOW:
            return Standing.VALID
        case PermitState.SUSPENDED:
            return Standing.SUSPENDED
        case PermitState.CANCELLED:
            return Standing.CANCELLED
        case PermitState.NOT_YET_ISSUED:
            raise ValueError("a permit that is not issued yet has no standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContent:
    """Everything one sheet prints, as it was at `made_at`. Days are civil days in Asia/Shanghai.

    Attributes:
        number: sheet number, `XX` + day + serial.
        check_code: twelve characters to type on the public page.
        name: as the population base writes it.
        sex: 男 or 女.
        ethnic_group: e.g. 汉.
        birth_date: from the citizen number.
        id_number: whole, 18 characters.
        photo: JPEG of 358 × 441 pixels, None when none is held.
        address: registered address now, "" when none is registered.
        permit_number: e-licence code.
        first_issued_on: first day in force.
        last_endorsed_on: None when never endorsed.
        valid_through: last valid day.
        standing: valid, suspended or cancelled at `made_at`.
        since: first day of the suspension or cancellation, None when valid.
        window_opens: next endorsement window, None when cancelled.
        window_closes: its last day.
        purpose: chosen by the holder; the watermark.
        made_at: instant of making.
        verify_url: public address without fragment.
        token: the signed token as it goes behind the fragment of `verify_url`.
        authority: issuing authority.
        trial: a sandbox's sheet, marked 样章测试 all over.

    """

    number: str
    check_code: str
    name: str
    sex: str
    ethnic_group: str
    birth_date: date
    id_number: str
    photo: bytes | None
    address: str
    permit_number: str
    first_issued_on: date
    last_endorsed_on: date | None
    valid_through: date
    standing: Standing
    since: date | None
    window_opens: date | None
    window_closes: date | None
    purpose: str
    made_at: datetime
    verify_url: str
    token: str
    authority: str = "深圳市公安局"
    trial: bool = True


MOST_PURPOSE: Final = 20
"""Characters of a purpose in somebody's own words."""


def read_purpose(text: str) -> str:
    """Return a purpose as it is kept: composed characters, single blanks, none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def read_code(text: str, *, length: int) -> str | None:
    """Return a code as it is kept, from what somebody typed; None when it cannot be one.

    Spaces, hyphens and case do not matter; I and L are read as 1, O as 0.
    """
    kept = "".join(text.split()).replace("-", "").replace("－", "").upper().translate(_LOOKALIKES)
    if len(kept) != length or any(character not in ALPHABET for character in kept):
        return None
    return kept


def grouped(code: str) -> str:
    """Return a code in groups for reading: 7K2M-93QD-5TXA, or 7K2-M93-QD5."""
    size = 4 if len(code) % 4 == 0 else 3
    return "-".join(code[start : start + size] for start in range(0, len(code), size))
