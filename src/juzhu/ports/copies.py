"""The page of a copy of one's data: a plain document to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it: entries of label and words."""

    title: str
    entries: Sequence[Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class CopyPage:
    """What the document says.

    Attributes:
        title: its title.
        lines: what it is, by whom and when, under the title.
        sections: in their order; one without entries says `none`.
        language: `zh` or `en`, for whoever reads it aloud.
        none: what stands where there is nothing.

    """

    title: str
    lines: Sequence[str]
    sections: Sequence[Section]
    language: str = "zh"
    none: str = "没有"


class CopyPages(Protocol):
    """Makes the document."""

    def render(self, page: CopyPage) -> bytes:
        """Return it as PDF."""
