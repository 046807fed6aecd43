"""Texts as people get them, every edition filled with samples: for those who look after them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.texts import edition_of, english, segments, sms


class Preview(NamedTuple):
    """One edition of a text, filled with samples, as people get it.

    Attributes:
        length: UTF-16 units of the SMS, signature included.
        segments: how many SMS carry it.
        newest: whether messages written now take it.

    """

    occasion: Occasion
    edition: int
    chinese: str
    english: str
    length: int
    segments: int
    newest: bool


DAYS: Final[Mapping[str, str]] = {
    "on": "2026-12-31",
    "valid_through": "2026-12-31",
    "window_opens": "2026-11-02",
    "suspended_from": "2027-01-01",
    "last_day": "2028-12-31",
    "cancelled_on": "2029-01-01",
    "answer_by": "2026-12-31",
    "pay_by": "2026-12-31",
    "hear_by": "2026-12-31",
    "due_on": "2026-12-31",
    "until": "2026-12-31",
}
NUMBERS: Final[Mapping[str, str]] = {"number": "SL20261231000001", "tracking": "EB123456789CN"}
VALUES: Final = {**DAYS, **NUMBERS, "code": "ABC…", "amount": "20", "yuan": "20"}
"""Made up, and as long as they get."""


def previews(occasion: Occasion) -> list[Preview]:
    """Return every edition of a text, filled with samples as long as they get."""
    newest, found = edition_of(occasion), []
    for edition in range(1, newest + 1):
        sent = sms(occasion, VALUES, edition)
        found.append(
            Preview(
                occasion,
                edition,
                sent,
                english(occasion, VALUES, edition),
                len(sent.encode("utf-16-le")) // 2,
                segments(sent),
                edition == newest,
            )
        )
    return found
