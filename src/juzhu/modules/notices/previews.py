"""Texts as people get them, every edition filled with samples: for those who look after them."""

from string import Formatter
from typing import Final, NamedTuple

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.texts import TEXTS, edition_of, english, segments, sms


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


_NUMBER: Final = "SL20261231000001"
_LONGEST_DAY: Final = "2026-12-31"


def previews(occasion: Occasion) -> list[Preview]:
    """Return every edition of a text, filled with samples as long as they get."""
    newest, found = edition_of(occasion), []
    for edition, text in enumerate(TEXTS[occasion], start=1):
        names = {name for part in text for _, name, _, _ in Formatter().parse(part) if name}
        values = {name: _NUMBER if name == "number" else _LONGEST_DAY for name in names}
        sent = sms(occasion, values, edition)
        found.append(
            Preview(
                occasion,
                edition,
                sent,
                english(occasion, values, edition),
                len(sent.encode("utf-16-le")) // 2,
                segments(sent),
                edition == newest,
            )
        )
    return found
