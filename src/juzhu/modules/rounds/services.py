"""Noting how far work over the whole register has got, in the transaction of the work."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from juzhu.modules.rounds.contracts import Tally
from juzhu.modules.rounds.models import Load, LoadPart


def begin_load(*, file_digest: bytes, at: datetime) -> int:
    """Return our number of the file with this digest, the same whenever it is loaded again."""
    load, _ = Load.objects.get_or_create(file_digest=file_digest, defaults={"begun_at": at})
    return load.pk


def hold_load(load_id: int) -> bool:
    """Hold the file for this connection until it closes; False when another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [_LOADS, load_id])
        return bool(cursor.fetchone()[0])


def note_part(
    *, load_id: int, first_byte: int, first_line: int, tally: Tally, at: datetime
) -> None:
    """Note that a part is done; call in the transaction that took its rows over.

    Raises:
        IntegrityError: it was done before.

    """
    LoadPart.objects.create(
        load_id=load_id,
        first_byte=first_byte,
        first_line=first_line,
        taken=tally.taken,
        known=tally.known,
        refused=tally.refused,
        aside=tally.aside,
        done_at=at,
    )


def note_aside(*, load_id: int, first_byte: int, tally: Tally) -> None:
    """Note what became of the lines of a part that were set aside; in their transaction.

    Raises:
        LoadPart.DoesNotExist: they were taken over before.

    """
    part = (
        LoadPart.objects.select_for_update(of=("self",))
        .exclude(aside=[])
        .get(load_id=load_id, first_byte=first_byte)
    )
    part.taken += tally.taken
    part.known += tally.known
    part.refused = sorted([*part.refused, *([line, why] for line, why in tally.refused)])
    part.aside = []
    part.save(update_fields=("taken", "known", "refused", "aside"))


def put_aside(*, load_id: int, lines: Collection[int]) -> None:
    """Note that lines which were taken over are out again, to be taken over in the ordinary way.

    Raises:
        LoadPart.DoesNotExist: no part of the load holds such a line.

    """
    parts = LoadPart.objects.select_for_update(of=("self",)).filter(load_id=load_id)
    for line in sorted(lines):
        part = parts.filter(first_line__lte=line).order_by("-first_line").first()
        if part is None:
            raise LoadPart.DoesNotExist
        part.taken -= 1
        part.aside = sorted([*part.aside, line])
        part.save(update_fields=("taken", "aside"))


_LOADS = int.from_bytes(b"load")
