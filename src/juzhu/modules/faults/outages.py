"""Noticing a department's outage by our own calls: soundings in, faults and proposals out."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import InterfaceError, OperationalError, connection, transaction

from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.outage import DOUBTFUL_AFTER, LOST_AFTER, Sounding, silence
from juzhu.modules.faults import services
from juzhu.modules.faults.contracts import BY_OUTAGE, Part, reason_of
from juzhu.modules.faults.models import Fault, Proposal
from juzhu.modules.faults.models import Sounding as SoundingRow
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.departments import Counted

LOOKED_BACK: Final = 7
"""Days looked at each night: as many as a round may be missed without anything being missed."""
KEPT: Final = timedelta(days=60)

_NOTE: Final = """
INSERT INTO faults_sounding AS s (part, minute, answered, silent)
SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::int[], %s::int[])
    AS row (part, minute, answered, silent) ORDER BY minute, part
ON CONFLICT (minute, part) DO UPDATE
SET answered = s.answered + excluded.answered, silent = s.silent + excluded.silent
"""
REGISTERS: Final = tuple(part for part in Part if part is not Part.SERVICE)


def note(counts: Collection[Counted]) -> bool:
    """Add what one process found to the soundings of all; False when the database is away.

    Whoever asked the departments has other worries then, and the counts come again.
    """
    columns: list[list[Any]] = [
        [Part(count.source).value for count in counts],
        [count.minute for count in counts],
        [count.answered for count in counts],
        [count.silent for count in counts],
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NOTE, columns)
    except (OperationalError, InterfaceError):
        return False
    return True


def notice(*, on: date, at: datetime) -> int:
    """Record the days that were lost before `on`, and propose the doubtful ones; return how many.

    Safe to repeat. A day that a fault of the same register covers already, by whomever recorded, is
    left alone, and so is one that was proposed before.
    """
    days = [on - n * ONE_DAY for n in range(LOOKED_BACK, 0, -1)]
    return sum(_notice(part, day, at) for day in days for part in REGISTERS)


@transaction.atomic
def _notice(part: Part, day: date, at: datetime) -> bool:
    midnight = datetime.combine(day, time(), SHENZHEN)
    rows = SoundingRow.objects.filter(
        part=part, minute__gte=midnight, minute__lt=midnight + ONE_DAY
    ).order_by("minute")
    found = [Sounding(row.minute.astimezone(SHENZHEN), row.answered, row.silent) for row in rows]
    lasted = silence(found, day)
    if lasted < DOUBTFUL_AFTER:
        return False
    if Fault.objects.filter(part=part, first__lte=day, last__gte=day).exists():
        return False
    minutes = round(lasted.total_seconds() / 60)
    if lasted < LOST_AFTER:
        given = {
            "minutes": minutes,
            "questions": sum(one.silent for one in found),
            "noticed_at": at,
        }
        return Proposal.objects.get_or_create(part=part, day=day, defaults=given)[1]
    services.record(
        part=part,
        first=day,
        last=day,
        reason=reason_of(part, minutes),
        recorded_by=BY_OUTAGE,
        at=at,
    )
    return True


def forget(*, before: datetime) -> int:
    """Delete soundings older than `before`; return how many."""
    return SoundingRow.objects.filter(minute__lt=before).delete()[0]
