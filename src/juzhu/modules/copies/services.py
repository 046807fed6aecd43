"""Asking for a copy, keeping it for a week, and deleting it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.copies.contracts import KEPT, MOST_A_DAY, Form, Language
from juzhu.modules.copies.models import Copy
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people

_DAY: Final = timedelta(days=1)


class TooManyError(Exception):
    """As many copies as a person gets in a day were made already."""


@transaction.atomic
def ask(*, person_id: int, at: datetime, language: Language = Language.CHINESE) -> int:
    """Have a copy made, its page in that language; while one is being made, that is it.

    Returns its id.

    Raises:
        TooManyError: three were made within a day.

    """
    mine = Copy.objects.filter(person_id=person_id)
    if mine.filter(asked_at__gt=at - _DAY, made_at__isnull=False).count() >= MOST_A_DAY:
        raise TooManyError
    row, fresh = Copy.objects.get_or_create(
        person_id=person_id, made_at__isnull=True, defaults={"asked_at": at, "language": language}
    )
    if fresh:
        _note(person_id, "asked", row.pk, at)
        queue.defer(queue.MAKE_COPY, copy_id=row.pk)
    return row.pk


@transaction.atomic
def keep(*, copy_id: int, document: bytes, page: bytes, at: datetime) -> None:
    """Keep what was made and tell the person; a copy kept already stays as it is."""
    row = Copy.objects.select_for_update().get(pk=copy_id)
    if row.made_at is not None:
        return
    row.document, row.page, row.made_at, row.expires_at = document, page, at, at + KEPT
    row.save()
    notices.write(
        person_id=row.person_id,
        occasion=Occasion.COPY_READY,
        subject=f"copy-{row.pk}",
        values={"until": row.expires_at.date().isoformat()},
        phone=people.person(row.person_id).phone,
        at=at,
        at_screen=at - row.asked_at < timedelta(minutes=10),
    )


def fetched(*, person_id: int, copy_id: int, form: Form, at: datetime) -> None:
    """Note in the person's ledger that a file was fetched."""
    _note(person_id, f"fetched-{form}", copy_id, at)


def forget(*, at: datetime) -> int:
    """Delete the files of copies whose week is over; return how many."""
    files = Q(document__isnull=False) | Q(page__isnull=False)
    return Copy.objects.filter(files, expires_at__lte=at).update(document=None, page=None)


def _note(person_id: int, note: str, copy_id: int, at: datetime) -> None:
    audit.record(
        person_id=person_id,
        actor="holder:self",
        purpose=Purpose.COPY,
        at=at,
        occasion=f"copy-{copy_id}",
        note=note,
    )
