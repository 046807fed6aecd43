"""Reading copies."""

from datetime import datetime

from juzhu.modules.copies.contracts import CopyState, CopyView, Form, Language
from juzhu.modules.copies.models import Copy


def latest(person_id: int, *, at: datetime) -> CopyView | None:
    """Return the person's newest copy, None when there never was one."""
    row = Copy.objects.defer("document", "page").filter(person_id=person_id).order_by("-pk").first()
    return None if row is None else view(row, at)


def to_make(copy_id: int) -> tuple[int, Language] | None:
    """Return whose copy is still to be made, and in which language."""
    rows = Copy.objects.filter(pk=copy_id, made_at__isnull=True)
    found = rows.values_list("person_id", "language").first()
    return None if found is None else (found[0], Language(found[1]))


def file_of(person_id: int, copy_id: int, form: Form, *, at: datetime) -> bytes | None:
    """Return the person's own file while it is kept, None otherwise."""
    column = "document" if form is Form.JSON else "page"
    rows = Copy.objects.filter(pk=copy_id, person_id=person_id, expires_at__gt=at)
    found = rows.values_list(column, flat=True).first()
    return None if found is None else bytes(found)


def view(row: Copy, at: datetime) -> CopyView:
    """Return the copy as it may leave this module."""
    if row.expires_at is None:
        state = CopyState.ASKED
    else:
        state = CopyState.READY if at < row.expires_at else CopyState.OVER
    return CopyView(row.pk, row.asked_at, row.made_at, row.expires_at, state)
