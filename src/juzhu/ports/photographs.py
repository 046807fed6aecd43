"""Fetching a person's photograph from the population base, for the information sheet."""

from typing import Protocol


class PhotographUnavailableError(Exception):
    """The register of photographs did not answer; the sheet follows later."""


class Photographs(Protocol):
    """The population base's photographs: JPEG, 358 × 441 pixels (GA/T 461-2019)."""

    def photograph(self, *, id_number: str, name: str) -> bytes | None:
        """Return the person's photograph, None when none is held.

        Raises:
            PhotographUnavailableError: no answer, or one nobody should believe.

        """
