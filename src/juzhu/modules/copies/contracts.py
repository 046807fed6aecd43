"""What may leave the copies module."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

KEPT: Final = timedelta(days=7)
"""How long a copy can be fetched; then its files are deleted."""
MOST_A_DAY: Final = 3
"""Copies of one person in 24 hours."""


class CopyState(StrEnum):
    """Where a copy stands."""

    ASKED = "asked"  # a job is making it
    READY = "ready"
    OVER = "over"  # its files are gone


class Language(StrEnum):
    """In which language the page of a copy is written."""

    CHINESE = "zh"
    ENGLISH = "en"


class Form(StrEnum):
    """In which form it is fetched."""

    PDF = "pdf"  # to be read
    JSON = "json"  # to be taken elsewhere


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy as the person sees it.

    Attributes:
        expires_at: when its files are deleted, None while it is made.

    """

    id: int
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None
    state: CopyState
