"""What the service says of itself in public: was it there, did it fail, did it wrong anybody."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from juzhu.modules.cases import figures as cases
from juzhu.modules.faults import queries as faults

DAYS: Final = 30
KEPT: Final = timedelta(minutes=5)
_MINUTES_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """The last thirty days, today included.

    Attributes:
        at: when it was counted.
        up_percent: share of the minutes with a sign of life; None where none are noted (a trial).
        silent_minutes: the minutes without.
        errors: pages that ended with an error of ours.
        answered: applications that were answered.
        at_once: of them, within a minute and by no officer.
        refused: applications that were refused.
        overturned: of them, approved later: the refusal did not stand.

    """

    at: datetime
    up_percent: float | None
    silent_minutes: int
    errors: int
    answered: int
    at_once: int
    refused: int
    overturned: int


_lock: Final = threading.Lock()
_kept: list[ServiceRecord] = []


def read(*, at: datetime) -> ServiceRecord:
    """Return the record; one of five minutes ago will do, anybody may ask for it at any rate."""
    with _lock:
        if not _kept or not timedelta(0) <= at - _kept[0].at < KEPT:
            _kept[:] = [_count(at)]
        return _kept[0]


def _count(at: datetime) -> ServiceRecord:
    today = at.date()
    first = today - timedelta(days=DAYS - 1)
    silent, errors = faults.record_of(first, today)
    pace = cases.pace(first, today)[1]
    refusals = cases.refusals(first, today)
    minutes = DAYS * _MINUTES_A_DAY
    return ServiceRecord(
        at=at,
        up_percent=100 * (1 - silent / minutes) if faults.beats() else None,
        silent_minutes=silent,
        errors=errors,
        answered=pace.answered if pace else 0,
        at_once=pace.at_once if pace else 0,
        refused=refusals.refused,
        overturned=refusals.overturned,
    )
