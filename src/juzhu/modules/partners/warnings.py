"""What partners' contacts are warned of, once each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from juzhu.modules.partners.models import Warned
from juzhu.modules.partners.texts import TEXTS, WarningKind


class How(StrEnum):
    """How somebody was told."""

    TOLD = "told"
    UNTOLD = "untold"  # neither phone nor mailbox takes it


@dataclass(frozen=True, slots=True)
class Due:
    """A warning that is due.

    Attributes:
        key: the same for the same occasion, so that it is given once.
        values: what the text is filled with, as people read it.

    """

    partner_id: int
    key: str
    kind: WarningKind
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """The text, filled."""
        return TEXTS[self.kind].format(**self.values)


def not_yet(due: Collection[Due]) -> list[Due]:
    """Return those that have not been given."""
    given = Warned.objects.filter(key__in=[it.key for it in due]).values_list("key", flat=True)
    return [it for it in due if it.key not in set(given)]


def note(due: Due, how: How, at: datetime) -> None:
    """Note that a warning was given, or cannot be."""
    Warned.objects.get_or_create(
        key=due.key,
        defaults={"partner_id": due.partner_id, "how": how, "at": at, "text": due.text},
    )
