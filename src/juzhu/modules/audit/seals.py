"""Reading the seals."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Max, Min, QuerySet

from juzhu.modules.audit.contracts import SealView
from juzhu.modules.audit.models import Seal


def last_number() -> int:
    """Return the last number that was handed out to an entry, whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM audit_entry_id_seq")
        value, is_called = cursor.fetchone()
    return int(value) if is_called else 0


def last_seal() -> SealView | None:
    """Return the newest seal."""
    row = Seal.objects.order_by("-number").first()
    return seal_view(row) if row else None


def numbers_unsealed() -> int:
    """Return how many numbers were handed out since the last seal."""
    last = last_seal()
    return last_number() - (last.upto_id if last else 0)


def seal_numbered(number: int) -> SealView | None:
    """Return the seal of that number."""
    row = Seal.objects.filter(number=number).first()
    return seal_view(row) if row else None


def numbers_sealed(*, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Return the run of numbers `(after, upto]` under the seals made in `[since, until)`."""
    found = _sealed(since, until).aggregate(after=Min("after_id"), upto=Max("upto_id"))
    return found["after"] or 0, found["upto"] or 0


def seals(*, since: datetime | None, until: datetime | None, batch: int) -> Iterator[SealView]:
    """Yield the seals made in `[since, until)`, in order of number, read `batch` at a time."""
    found = _sealed(since, until).order_by("number")
    last: int | None = None
    while rows := list((found if last is None else found.filter(number__gt=last))[:batch]):
        yield from map(seal_view, rows)
        last = rows[-1].number


def _sealed(since: datetime | None, until: datetime | None) -> QuerySet[Seal]:
    found = Seal.objects.all()
    if since is not None:
        found = found.filter(sealed_at__gte=since)
    return found.filter(sealed_at__lt=until) if until is not None else found


def seal_view(row: Seal) -> SealView:
    """Return the seal as it may leave this module."""
    return SealView(
        number=row.number,
        after_id=row.after_id,
        upto_id=row.upto_id,
        entries=row.entries,
        digest=bytes(row.digest),
        sealed_at=row.sealed_at,
        previous=bytes(row.previous),
        hash=bytes(row.hash),
        key_id=bytes(row.key_id),
        signature=bytes(row.signature),
    )
