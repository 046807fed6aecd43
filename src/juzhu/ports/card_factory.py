"""The card factory (制证中心): production files go in, news of every line come out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class FactoryUnavailableError(Exception):
    """No answer, or none to be believed; what was sent may have arrived. Ask or send again."""


class FactoryRefusedError(Exception):
    """The factory will not take this file, however often it is sent; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryNews:
    """One line of the factory's news, in the order in which they happened.

    Attributes:
        number: its place: 1, 2, 3…
        line: which making of which card, as the production file named it.
        what: `taken`, `turned_down`, `made`, `spoiled`, `shipped`, `posted`, `arrived`,
            `delivered`, `returned`, `lost` or `refused`.
        serial: chip number, with `made`.
        tracking: the carrier's number, with `shipped` and `posted`.
        code: pickup code that the carrier's messenger asks for, with `posted`.
        reason: a short word where something went wrong.

    """

    number: int
    line: str
    what: str
    at: datetime
    serial: str = ""
    tracking: str = ""
    code: str = ""
    reason: str = ""


class CardFactory(Protocol):
    """One factory and the carrier that works for it."""

    def send(self, file: bytes) -> str:
        """Hand over a production file; return the factory's receipt for exactly these bytes.

        The same file sent again is the same file: nothing is made twice.

        Raises:
            FactoryUnavailableError: not now.
            FactoryRefusedError: never.

        """

    def news(self, *, after: int) -> list[FactoryNews]:
        """Return what happened since the line numbered `after`, at most some hundred lines.

        Raises:
            FactoryUnavailableError: not now.

        """
