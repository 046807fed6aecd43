"""Making good what a fault took: windows it touched are extended (顺延), and their holders told."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu.domain.extension import closing_touched, extended_until
from juzhu.domain.parameters import EXTENSION_LAST_DAYS
from juzhu.domain.permit import ActionKind
from juzhu.modules.faults import queries as faults
from juzhu.modules.faults.contracts import FaultView
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits import windows

BATCH: Final = 200

Spans = Sequence[tuple[date, date]]
"""The days that a fault gives back, first and last of each span."""


def extend_windows(*, fault_number: int, at: datetime) -> int:
    """Extend every window the fault touched and that is not yet extended for it; return how many.

    Windows missed meanwhile and made good by a late endorsement are among them: that endorsement
    then was in time. Safe to repeat and to kill: each permit is one transaction.
    """
    fault, extended = faults.fault(fault_number), 0
    spans = faults.days_of(fault_number)
    for permit_id, closes in _touched(fault, spans):
        extended += _extend(permit_id, closes, fault, spans, at)
    return extended


def _touched(fault: FaultView, spans: Spans) -> Iterator[tuple[int, date]]:
    if not spans:
        return
    first, last = closing_touched(spans[0][0], spans[-1][1])
    for find in (windows.closing, windows.missed):
        after = 0
        while batch := find(
            first=first, last=last, occasion=fault.occasion, after=after, limit=BATCH
        ):
            yield from ((number, closes) for number, closes in batch if closes is not None)
            after = batch[-1][0]


@transaction.atomic
def _extend(permit_id: int, closes: date, fault: FaultView, spans: Spans, at: datetime) -> bool:
    until, begins = closes, None
    for first, last in spans:
        later = extended_until(until, first=first, last=last)
        if later is not None:
            until, begins = later, begins or first
    if begins is None:
        return False
    weighs_from = closes - timedelta(days=EXTENSION_LAST_DAYS.on(closes).value - 1)
    permit = permit_services.act(
        permit_id=permit_id,
        kind=ActionKind.EXTENDED,
        on=max(begins, weighs_from),
        at=at,
        occasion=fault.occasion,
        until=until,
    )
    notices.write_once(
        person_id=permit.person_id,
        occasion=Occasion.EXTENDED,
        subject=f"{permit.number}:{fault.occasion}",
        values={"valid_through": until.isoformat()},
        phone=people.person(permit.person_id).phone,
        at=at,
    )
    return True
