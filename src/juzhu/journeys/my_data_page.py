"""The document of a copy of one's data, as the person reads it: in Chinese or in English."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.utils.timezone import localtime

from juzhu.journeys import my_data_english as english
from juzhu.journeys import my_data_labels as chinese
from juzhu.modules.copies.contracts import Language
from juzhu.ports.copies import CopyPage, Section

Found = Mapping[str, Sequence[Mapping[str, Any]]]
_OTHERS_TEXT: Final = {Language.CHINESE: "text_en", Language.ENGLISH: "text"}
"""Of a message only the text in the language of the page; the JSON holds both."""


def page(found: Found, language: Language, at: datetime) -> CopyPage:
    """Return the document of what was gathered."""
    words = _English() if language is Language.ENGLISH else _Chinese()
    without = _OTHERS_TEXT[language]
    return CopyPage(
        title=words.title,
        lines=words.lines(at),
        sections=[
            Section(words.sections[name], [words.rows(it, without=without) for it in entries])
            for name, entries in found.items()
        ],
        language=language,
        none=words.none,
    )


class _Chinese:
    """The words of the Chinese page."""

    title = "我的信息副本"
    sections = chinese.SECTIONS
    none = "没有"
    yes, no = "是", "否"
    colon, comma = "：", "，"

    def lines(self, at: datetime) -> Sequence[str]:
        """Return what the document is."""
        return (
            f"深圳居住证服务，{self.moment(at)} 应本人要求制作。",
            "这份副本只供本人了解留存了什么，不能用来证明居住证有效；要证明请用信息单。",
            "代领人的姓名和工作人员的工号是别人的信息，遮住了一部分。换下来的手机号不留存。",
        )

    def label(self, key: str) -> str:
        """Return what an entry is called."""
        return chinese.LABELS[key]

    def code(self, value: str) -> str:
        """Return a code in words; one without words stands as it is."""
        return chinese.VALUES.get(value, value)

    def moment(self, value: datetime) -> str:
        """Return an instant as people read it."""
        return f"{localtime(value):%Y年%-m月%-d日 %H:%M}"

    def day(self, value: date) -> str:
        """Return a day as people read it."""
        return f"{value:%Y年%-m月%-d日}"

    def rows(self, entry: Mapping[str, Any], *, without: str = "") -> Sequence[tuple[str, str]]:
        """Return label and words of everything that is there."""
        return [
            (self.label(key), self.words(value))
            for key, value in entry.items()
            if value not in (None, "") and key != without
        ]

    def words(self, value: Any) -> str:
        """Return a value as people read it."""
        match value:
            case bool():
                return self.yes if value else self.no
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case StrEnum():
                return self.code(value.value)
            case str() | int():
                return self.code(str(value))
            case dict():
                return self.comma.join(f"{n}{self.colon}{words}" for n, words in self.rows(value))
            case _:
                return self._listed(value)

    def _listed(self, values: Iterable[Any]) -> str:
        return "\n".join(self.words(value) for value in values) or self.none


class _English(_Chinese):
    """The words of the English page."""

    title = "A copy of my data"
    sections = english.SECTIONS
    none = "None"
    yes, no = "yes", "no"
    colon, comma = ": ", ", "

    def lines(self, at: datetime) -> Sequence[str]:
        """Return what the document is."""
        return (
            f"Shenzhen residence permit service; made at the person's request, {self.moment(at)}.",
            "This copy shows what is held. It does not prove a permit; an information sheet does.",
            "Names of those who collect a card and staff numbers are others' data, partly masked.",
            "Phone numbers that were replaced are not kept.",
            "What people wrote, articles of law and names of places stand as held, in Chinese.",
        )

    def label(self, key: str) -> str:
        """Return what an entry is called."""
        return english.label(key)

    def code(self, value: str) -> str:
        """Return a code in words; what is no code stands as it is."""
        return english.code(value)

    def moment(self, value: datetime) -> str:
        """Return an instant as people read it."""
        return f"{localtime(value):%-d %b %Y, %H:%M}"

    def day(self, value: date) -> str:
        """Return a day as people read it."""
        return f"{value:%-d %b %Y}"
