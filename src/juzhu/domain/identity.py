"""Numbers and names that people go by: read, checked, normalised, masked."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from operator import mul
from typing import Final, NamedTuple, NoReturn


class Problem(StrEnum):
    """What is wrong with a number somebody typed; each has its own text in every language."""

    ID_LENGTH = "id_length"
    ID_CHARACTER = "id_character"
    ID_PLACE = "id_place"
    ID_BIRTH_DATE = "id_birth_date"
    ID_BIRTH_IN_FUTURE = "id_birth_in_future"
    ID_CHECK_DIGIT = "id_check_digit"
    HOUSE_CHARACTER = "house_character"
    HOUSE_BUILDING_ONLY = "house_building_only"
    HOUSE_LENGTH = "house_length"
    HOUSE_SHENSHAN = "house_shenshan"
    HOUSE_OTHER_CITY = "house_other_city"
    MOBILE_CHARACTER = "mobile_character"
    MOBILE_LENGTH = "mobile_length"
    MOBILE_PREFIX = "mobile_prefix"


class NumberError(ValueError):
    """A number that cannot be right. The message says what to do and never repeats the number."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class NumberKind(StrEnum):
    """Whose number it is; only CITIZEN may hold the permit (条例 第五十一条)."""

    CITIZEN = "citizen"
    HONG_KONG = "hong_kong"
    MACAU = "macau"
    TAIWAN = "taiwan"
    FOREIGNER = "foreigner"  # 外国人永久居留身份证, version 2023


class IdNumber(NamedTuple):
    """A checked citizen number (公民身份号码), always in its form of 18 characters."""

    number: str
    kind: NumberKind
    birth: date
    is_male: bool


def parse_id_number(text: str, *, on: date) -> IdNumber:
    """Return the number in `text`, upgraded from 15 digits where need be.

    Spaces, full-width digits and a lower-case x are accepted. Codes of places that no longer
    exist are accepted too, since a number is kept for life. Source: GB 11643-1999.

    Args:
        text: what was typed or read from a file.
        on: nobody is born after this day.

    Raises:
        NumberError: with the first problem met.

    """
    number = _compact(text).upper()
    if len(number) not in (15, 18):
        _fail(Problem.ID_LENGTH, f"18 digits needed, {len(number)} found: compare with the card")
    if _NUMBER.fullmatch(number) is None:
        _fail(Problem.ID_CHARACTER, "only digits, and X as the last character: remove the others")
    if number[0] == "0":
        _fail(Problem.ID_PLACE, "no number begins with 0: compare the first digits with the card")
    if len(number) == 15:
        number = upgrade_id_number(number)
    birth = _birth_of(number, on)
    if number[17] != check_digit(number):
        _fail(Problem.ID_CHECK_DIGIT, "the last character does not fit: compare all digits again")
    return IdNumber(number, kind_of(number), birth, int(number[16]) % 2 == 1)


def check_digit(number: str) -> str:
    """Return the check character of the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(map(mul, _WEIGHTS, number.encode())) - _OF_ZEROS  # an ASCII digit is 48 more
    return "10X98765432"[total % 11]


def upgrade_id_number(number: str) -> str:
    """Return the 18-character form of a number of 15 digits: the same person's.

    The century is 19; sequences 996 to 999 were kept for people born in the one before.
    """
    century = "18" if number[12:] in ("996", "997", "998", "999") else "19"
    body = number[:6] + century + number[6:]
    return body + check_digit(body)


def kind_of(number: str) -> NumberKind:
    """Return whose number it is, from its first digits alone."""
    if not number.startswith(_PREFIXES_OF_ELSEWHERE):
        return NumberKind.CITIZEN
    for prefix, kind in _KINDS_OF_ELSEWHERE.items():
        if number.startswith(prefix):
            return kind
    return NumberKind.CITIZEN


def is_resident_of_elsewhere(number: str) -> bool:
    """Say whether the number is of a resident of Hong Kong, Macau or Taiwan, or a foreigner."""
    return number.startswith(_PREFIXES_OF_ELSEWHERE)


def mask_id_number(number: str) -> str:
    """Return the number for a screen: 4403 **** **** 2718."""
    return f"{number[:4]} **** **** {number[-4:]}"


def parse_house_code(text: str) -> str:
    """Return the house code (房屋编码) in `text`: 25 digits, down to the room, in this city.

    Raises:
        NumberError: with the first problem met.

    """
    code = _compact(text)
    if re.fullmatch("[0-9]*", code) is None:
        _fail(Problem.HOUSE_CHARACTER, "a house code has digits only: remove the others")
    if len(code) == 19:
        _fail(
            Problem.HOUSE_BUILDING_ONLY,
            "19 digits name a building: add the 6 digits of the room, as on the house's plate",
        )
    if len(code) != 25:
        _fail(Problem.HOUSE_LENGTH, f"25 digits needed, {len(code)} found: compare with the plate")
    if code.startswith(_SHENSHAN_PREFIXES):
        _fail(
            Problem.HOUSE_SHENSHAN,
            "the house is in Shenshan, where the provincial permit is applied for",
        )
    if not code.startswith(CITY_PREFIX):
        _fail(Problem.HOUSE_OTHER_CITY, f"a house in Shenzhen has a code beginning {CITY_PREFIX}")
    return code


def is_in_city(house_code: str) -> bool:
    """Say whether a house lies where this permit is issued: in Shenzhen without Shenshan (深汕)."""
    return house_code.startswith(CITY_PREFIX) and house_code[:6] not in _SHENSHAN_PREFIXES


def parse_mobile(text: str) -> str:
    """Return the mobile number in `text` as 11 digits, without spaces, hyphens and +86.

    Raises:
        NumberError: with the first problem met.

    """
    if _MOBILE.fullmatch(text):
        return text
    digits = re.sub("^(?:(?:[+]|00)86|86(?=[0-9]{11}$))", "", _compact(text).replace("-", ""))
    if re.fullmatch("[0-9]*", digits) is None:
        _fail(Problem.MOBILE_CHARACTER, "a mobile number has digits only: remove the others")
    if len(digits) != 11:
        _fail(Problem.MOBILE_LENGTH, f"11 digits needed, {len(digits)} found: type it again")
    if re.match("1[3-9]", digits) is None:
        _fail(Problem.MOBILE_PREFIX, "mobile numbers begin 13 to 19: a landline gets no messages")
    return digits


def mask_mobile(number: str) -> str:
    """Return the mobile number for a screen: 138 **** 2718."""
    return f"{number[:3]} **** {number[-4:]}"


def normalise_name(name: str) -> str:
    """Return the name as registers are compared: NFKC, one kind of middle dot, no stray spaces.

    A Chinese name has no spaces at all; another keeps single ones between its words.
    """
    if _PLAIN.fullmatch(name):
        return name
    name = _DOTS.sub("·", unicodedata.normalize("NFKC", name))
    name = re.sub(r"\s*·\s*", "·", name)
    name = re.sub(r"\s+", "" if _HAN.search(name) else " ", name.strip())
    # Where a space has gone, what stood around it may now combine.
    return unicodedata.normalize("NFKC", name)


def mask_name(name: str) -> str:
    """Return the name for a screen: first and last character, the latter from three on."""
    if len(name) <= 2:
        return name[:1] + "*" if len(name) == 2 else "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def _birth_of(number: str, on: date) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        _fail(Problem.ID_BIRTH_DATE, "digits 7 to 14 are no date of birth: compare with the card")
    if birth > on:
        _fail(Problem.ID_BIRTH_IN_FUTURE, f"digits 7 to 14 give a birth after {on}: compare them")
    return birth


def _compact(text: str) -> str:
    """Return `text` without spaces and with full-width digits folded."""
    if text.isascii() and text.isalnum():
        return text  # nothing to fold, and a legacy register has millions of these
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _fail(problem: Problem, message: str) -> NoReturn:
    raise NumberError(problem, message)


CITY_PREFIX: Final = "4403"
"""First digits of all house codes of the city: province 44, city 03."""

# Shenshan lies in Haifeng county (441521) and is 440392 in some registers; its residents hold
# the provincial permit.
_SHENSHAN_PREFIXES: Final = ("441521", "440392")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OF_ZEROS: Final = 48 * sum(_WEIGHTS)
_NUMBER: Final = re.compile("[0-9]{15}|[0-9]{17}[0-9X]")
_MOBILE: Final = re.compile("1[3-9][0-9]{9}")
_KINDS_OF_ELSEWHERE: Final = {
    "810000": NumberKind.HONG_KONG,
    "820000": NumberKind.MACAU,
    "830000": NumberKind.TAIWAN,
    "9": NumberKind.FOREIGNER,
}
_PREFIXES_OF_ELSEWHERE: Final = tuple(_KINDS_OF_ELSEWHERE)
_DOTS: Final = re.compile("[.\u0387\u16eb\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb]")
_PLAIN: Final = re.compile("[\u4e00-\u9fff]+")
"""Han characters that no normalisation changes: the block of unified ideographs."""
_HAN: Final = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
