"""The phones of the city: what the short-message gateway delivered, each message key once."""

import re
from dataclasses import dataclass, field
from typing import Final

from juzhu.city.events import Delivered

LONGEST_TEXT: Final = 500
_PHONE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)


class MessageRefusedError(ValueError):
    """The gateway will never take this message; the message of the error says why."""


@dataclass(slots=True)
class Phones:
    """All phones that ever received something."""

    _by_phone: dict[str, list[Delivered]] = field(default_factory=dict)
    _by_key: dict[str, Delivered] = field(default_factory=dict)

    def message_of(self, key: str) -> Delivered | None:
        """Return the message delivered under `key`, if there was one."""
        return self._by_key.get(key)

    def next_number(self) -> str:
        """Return the gateway's number for the next message."""
        return f"SM{len(self._by_key) + 1:010d}"

    def take(self, message: Delivered) -> None:
        """Put a message on its phone; phones are kept in the order of their latest message."""
        self._by_key[message.key] = message
        messages = self._by_phone.pop(message.phone, [])
        messages.append(message)
        self._by_phone[message.phone] = messages

    def messages(self, phone: str) -> list[Delivered]:
        """Return what `phone` received, oldest first."""
        return self._by_phone.get(phone, [])

    def latest(self, limit: int) -> list[Delivered]:
        """Return the latest message of each phone, latest phone first, at most `limit`."""
        phones = list(self._by_phone.values())
        return [messages[-1] for messages in reversed(phones[-limit:])]


def check_message(*, key: str, phone: str, text: str) -> None:
    """Accept a message, or raise MessageRefusedError with the reason."""
    if not 1 <= len(key) <= 200:
        raise MessageRefusedError("key must have 1 to 200 characters")
    if not _PHONE.fullmatch(phone):
        raise MessageRefusedError("not a mainland mobile number")
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise MessageRefusedError(f"text must have 1 to {LONGEST_TEXT} characters")
