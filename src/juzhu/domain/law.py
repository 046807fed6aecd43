"""How a legal number is kept: dated, cited, reviewed."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")

REVIEW_TERM: Final = timedelta(days=365)
"""After this long without a review a parameter is reported as stale (never wrong by itself)."""


class Confidence(StrEnum):
    """How sure the source of a value is."""

    STATUTE = "statute"  # the text of the law says it
    GUIDE = "guide"  # an official guide or its faithful copy says it
    READING = "reading"  # the sources are silent: a policy choice, listed in docs/law


class Instrument(NamedTuple):
    """A law, rule or guide that numbers are taken from; `title` describes a guide, not names it."""

    title: str
    url: str
    is_law: bool = True


class Article(NamedTuple):
    """A place in an instrument. `number` is written as in the text: 第十九条."""

    instrument: Instrument
    number: str
    citation: str


def article(instrument: Instrument, number: str) -> Article:
    """Return the article with its citation written out once, since every finding carries it."""
    title = f"《{instrument.title}》" if instrument.is_law else f"{instrument.title}："
    return Article(instrument, number, f"{title}{number}")


class Version(NamedTuple, Generic[T]):
    """One value of a parameter, in force from `effective` until the next version begins."""

    value: T
    article: Article
    effective: date
    reviewed: date
    confidence: Confidence = Confidence.STATUTE

    @property
    def citation(self) -> str:
        """The instrument and article to print beside the value."""
        return self.article.citation


class NotInForceError(ValueError):
    """The day asked about lies before the rule took effect."""

    def __init__(self, name: str, on: date, effective: date) -> None:
        super().__init__(f"{on} is before {name} took effect: ask about {effective} or a later day")
        self.effective = effective


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A legal number with all its versions, oldest first.

    Attributes:
        name: the parameter's name, as printed in `docs/law` and in the rule-set's text.
        unit: what the value counts.
        versions: at least one, effective days strictly rising.

    """

    name: str
    unit: str
    versions: tuple[Version[T], ...]

    def __post_init__(self) -> None:
        days = [version.effective for version in self.versions]
        if not days or any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(f"{self.name}: give at least one version, effective days rising")

    def on(self, day: date) -> Version[T]:
        """Return the version in force on `day`.

        Raises:
            NotInForceError: `day` lies before the first version.

        """
        for version in self.versions[::-1]:
            if version.effective <= day:
                return version
        raise NotInForceError(self.name, day, self.versions[0].effective)
