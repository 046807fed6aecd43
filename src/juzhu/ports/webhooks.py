"""Calling addresses that partners have chosen: the one place where others say whom we call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class AddressRefusedError(ValueError):
    """The address may not be called; the message says why and may be told."""


@dataclass(frozen=True, slots=True)
class Post:
    """One call to be made."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call went.

    Attributes:
        status: what was answered; None for no answer.
        said: the same in a few words.
        retry_after: seconds for which the target wants to be left alone.

    """

    status: int | None
    said: str
    retry_after: float | None = None


class WebhookCaller(Protocol):
    """Calls addresses of others, never inwards."""

    def check(self, url: str) -> None:
        """Refuse an address that can be seen to be wrong without asking anybody.

        Raises:
            AddressRefusedError: it may not be called.

        """

    def post_all(self, posts: Sequence[Post]) -> list[Outcome]:
        """Make the calls side by side, each with its own time limit; never raises for one."""
