"""Sending a letter by e-mail: to the contacts of departments, never to residents."""

from dataclasses import dataclass
from typing import Protocol


class MailRejectedError(Exception):
    """The server will never take this letter: no such mailbox, forbidden. Do not retry."""


class MailUnavailableError(Exception):
    """No server, no answer, or not now: retry later; the letter may have been sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in plain text.

    Attributes:
        key: ours, never used for two letters; it becomes the Message-ID, the same at every try.
        to: one address.

    """

    key: str
    to: str
    subject: str
    text: str


class Mail(Protocol):
    """What carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises:
            MailRejectedError: never retry.
            MailUnavailableError: retry later.

        """
