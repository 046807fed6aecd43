"""Recording faults, and noticing our own by the silence of the heart."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from juzhu.modules import queue
from juzhu.modules.faults.contracts import BY_SILENCE, Part, reason_of
from juzhu.modules.faults.models import Fault, Proposal

SILENCE: Final = timedelta(hours=1)
"""Our own silence from which on a fault is recorded; shorter ones cost nobody a day."""

MISSED_BEATS: Final = timedelta(seconds=150)
"""The heart beats every minute; one that is only late is no silence."""

_BEAT: Final = """
INSERT INTO faults_heartbeat AS h (id, beat_at, day) VALUES (1, now(), %s)
ON CONFLICT (id) DO UPDATE SET beat_at = now(), day = excluded.day
RETURNING (SELECT beat_at FROM faults_heartbeat WHERE id = 1),
          (SELECT day FROM faults_heartbeat WHERE id = 1), h.beat_at
"""


@transaction.atomic
def record(
    *, part: Part, first: date, last: date, reason: str, recorded_by: str, at: datetime
) -> int:
    """Record a fault and the job that extends the windows it touched; return its number.

    Recording the same days of the same part again gives the same number and extends nothing more.

    Raises:
        ValueError: the days are in the wrong order, or not over yet.

    """
    if last < first:
        raise ValueError(f"the fault ends on {last}, before it begins on {first}")
    if last > at.date():
        raise ValueError(f"{last} is not over yet: record the fault when it has ended")
    with connection.cursor() as cursor:
        # In the order of their numbers, so that each sees all before it: a day is given back once.
        cursor.execute("LOCK TABLE faults_fault IN SHARE ROW EXCLUSIVE MODE")
    fault, fresh = Fault.objects.get_or_create(
        part=part,
        first=first,
        last=last,
        defaults={"reason": reason, "recorded_by": recorded_by, "recorded_at": at},
    )
    if fresh:
        queue.defer(queue.EXTEND_WINDOWS, fault_number=fault.pk)
    return fault.pk


@transaction.atomic
def answer(*, number: int, accept: bool, by: str, at: datetime) -> int | None:
    """Say whether a proposed day was lost; return the fault's number if it was recorded.

    A proposal that somebody answered before is left as it is.

    Args:
        number: of the proposal.
        accept: whether the day is to be given back.
        by: staff number.
        at: when.

    """
    rows = Proposal.objects.select_for_update().filter(pk=number, answered_at__isnull=True)
    row = rows.first()
    if row is None:
        return None
    row.answered_by, row.answered_at, row.accepted = by, at, accept
    row.save(update_fields=("answered_by", "answered_at", "accepted"))
    if not accept:
        return None
    return record(
        part=Part(row.part),
        first=row.day,
        last=row.day,
        reason=reason_of(Part(row.part), row.minutes),
        recorded_by=by,
        at=at,
    )


def count_error(on: date) -> None:
    """Count a page that failed, for the public record of the service."""
    _add_to(on, errors=1)


def _add_to(day: date, *, silent_minutes: int = 0, errors: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO faults_serviceday AS d (day, silent_minutes, errors) VALUES (%s, %s, %s)"
            " ON CONFLICT (day) DO UPDATE SET errors = d.errors + excluded.errors,"
            " silent_minutes = d.silent_minutes + excluded.silent_minutes",
            [day, silent_minutes, errors],
        )


@transaction.atomic
def beat(*, at: datetime) -> int | None:
    """Say that the service works; return the number of a fault when it was silent for too long.

    The silence is measured by the database's clock, so that a sandbox whose day travels sees none;
    the days are those of the service's own clock.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [at.date()])
        before, day, now = cursor.fetchone()
    if before is None or day > at.date():
        return None
    if now - before > MISSED_BEATS:
        _add_to(day, silent_minutes=round((now - before) / timedelta(minutes=1)) - 1)
    if now - before < SILENCE:
        return None
    return record(
        part=Part.SERVICE,
        first=day,
        last=at.date(),
        reason="居住证服务当时无法使用",
        recorded_by=BY_SILENCE,
        at=at,
    )
