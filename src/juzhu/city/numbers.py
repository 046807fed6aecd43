"""Citizen numbers (公民身份号码, GB 11643-1999) as the sandbox hands them out."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def citizen_number(region: str, birth: date, sequence: int) -> str:
    """Return the 18 characters for a region, a day of birth and a sequence (odd male)."""
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return body + _CHECKS[sum(w * int(c) for w, c in zip(_WEIGHTS, body, strict=True)) % 11]


def parts_of(number: str) -> tuple[str, date, int] | None:
    """Return region, day of birth and sequence, or None if `number` is no valid number."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return None
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    parts = number[:6], birth, int(number[14:17])
    return parts if citizen_number(*parts) == number.upper() else None
