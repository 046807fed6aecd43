"""Public keys that a partner publishes under an address of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class KeySetUnavailableError(Exception):
    """The address gave no key set: silent, an error, or something else than RFC 7517 describes."""


class KeySets(Protocol):
    """Fetches published key sets."""

    async def fetch(self, url: str) -> Sequence[Mapping[str, Any]]:
        """Return the JSON Web Keys at `url` as they stand there, unchecked.

        Raises:
            KeySetUnavailableError: there are none to be had now.

        """
