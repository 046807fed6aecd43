"""A person's calendar feed: made, found by its secret, taken back."""

import hashlib
import secrets
from datetime import datetime

from juzhu.modules.notices.models import CalendarFeed


def open_feed(*, person_id: int, at: datetime) -> str:
    """Make the person's feed and return its secret, shown once; an earlier one ends with it."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        person_id=person_id, defaults={"secret_digest": _digest(secret), "made_at": at}
    )
    return secret


def close_feed(*, person_id: int) -> None:
    """Take the person's feed back: its address leads nowhere from now on."""
    CalendarFeed.objects.filter(person_id=person_id).delete()


def made_at(person_id: int) -> datetime | None:
    """Return when the person's feed was made, None when there is none."""
    return (
        CalendarFeed.objects.filter(person_id=person_id).values_list("made_at", flat=True).first()
    )


def person_of(secret: str) -> int | None:
    """Return whose feed has this secret."""
    rows = CalendarFeed.objects.filter(secret_digest=_digest(secret))
    return rows.values_list("person_id", flat=True).first()


def _digest(secret: str) -> bytes:
    # 256 random bits need no slow or keyed digest: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
