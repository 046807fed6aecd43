"""The daily round: it only tells people what the calendar has made true.

States never wait for it. It may run at any time, any number of times, on many machines, after any
number of missed days: each message is written once per permit and year.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from juzhu.journeys import feed, partners
from juzhu.modules.audit import months
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits.contracts import Milestone
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.verifications import services as verifications

BATCH: Final = 500
KEEP_ATTEMPTS: Final = timedelta(days=1)


def run(*, on: date, at: datetime) -> dict[str, int]:
    """Do the round for the civil day `on`; return how many of each thing were done."""
    SessionStore.clear_expired()
    return {
        "ledger_months": months.prepare_months(on=on),
        "window_opened": _tell(Occasion.WINDOW_OPENED, permits.in_window, on=on, at=at),
        "suspended": _tell(Occasion.SUSPENDED, permits.suspended, on=on, at=at),
        "cancelled": _tell(Occasion.CANCELLED, permits.cancelled, on=on, at=at),
        "reminders": _release(on=on, at=at),
        "attempts_forgotten": people_services.forget_attempts(before=at - KEEP_ATTEMPTS),
        "misses_forgotten": sheet_services.forget_misses(before=at - KEEP_ATTEMPTS),
        "sheet_files_forgotten": _forget_files(at),
        "exchange_traces_forgotten": partners.forget_traces(),
        "receipts_forgotten": _forget_receipts(at),
        "events_materialised": permit_services.materialise_events(on=on, at=at),
        "events_forgotten": feed.forget(at),
    }


def _tell(
    occasion: Occasion, reached: Callable[..., list[Milestone]], *, on: date, at: datetime
) -> int:
    told, after = 0, 0
    while batch := reached(on=on, after=after, limit=BATCH):
        told += _write(occasion, batch, at)
        after = batch[-1].permit_id
    return told


@transaction.atomic
def _write(occasion: Occasion, batch: Iterable[Milestone], at: datetime) -> int:
    batch = list(batch)
    phones = people.phones([milestone.person_id for milestone in batch])
    return sum(
        notices.write_once(
            person_id=milestone.person_id,
            occasion=occasion,
            subject=f"{milestone.number}:{milestone.suspended_from}",
            values={
                "valid_through": (milestone.suspended_from - timedelta(days=1)).isoformat(),
                "suspended_from": milestone.suspended_from.isoformat(),
                "last_day": _day_before(milestone.ends_on),
                "cancelled_on": milestone.ends_on.isoformat() if milestone.ends_on else "",
            },
            phone=phones.get(milestone.person_id),
            at=at,
        )
        for milestone in batch
    )


def _forget_receipts(at: datetime) -> int:
    forgotten = 0
    while count := verifications.forget_receipts(at=at):
        forgotten += count
    return forgotten


def _forget_files(at: datetime) -> int:
    forgotten = 0
    while count := sheet_services.forget_files(on=at):
        forgotten += count
    return forgotten


def _day_before(day: date | None) -> str:
    return (day - timedelta(days=1)).isoformat() if day else ""


def _release(*, on: date, at: datetime) -> int:
    released = 0
    while count := notices.release_due(on=on, at=at, limit=BATCH):
        released += count
    return released
