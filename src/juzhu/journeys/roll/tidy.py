"""What the round does besides: messages due, looks ahead, and what must be forgotten."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore

from juzhu.journeys import corrections, feed, followups, partners, proactive, webhooks
from juzhu.modules.audit import months
from juzhu.modules.channels import services as channels
from juzhu.modules.copies import services as copies
from juzhu.modules.faults import outages
from juzhu.modules.mandates import by_code
from juzhu.modules.notices import services as notices
from juzhu.modules.people import services as people_services
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.verifications import jobs
from juzhu.modules.verifications import services as verifications
from juzhu.modules.webhooks import services as webhook_services

BATCH: Final = 500
KEEP_ATTEMPTS: Final = timedelta(days=1)


def tidy(*, on: date, at: datetime) -> dict[str, int]:
    """Do it; return how many of each thing were done. Safe to repeat and to be cut off."""
    SessionStore.clear_expired()
    return {
        "ledger_months": months.prepare_months(on=on),
        "reminders": _until_none(lambda: notices.release_due(on=on, at=at, limit=BATCH)),
        "outages_noticed": outages.notice(on=on, at=at),
        "soundings_forgotten": outages.forget(before=at - outages.KEPT),
        "followups_opened": followups.open_new(on=on, at=at),
        "rechecks_begun": corrections.begin_rechecks(on=on),
        "looks_begun": proactive.begin_looks(on=on),
        "attempts_forgotten": people_services.forget_attempts(before=at - KEEP_ATTEMPTS),
        "requests_forgotten": by_code.forget(before=at - by_code.KEPT),
        "misses_forgotten": sheet_services.forget_misses(before=at - KEEP_ATTEMPTS),
        "passes_forgotten": channels.forget(before=at - KEEP_ATTEMPTS),
        "sheet_files_forgotten": _until_none(lambda: sheet_services.forget_files(on=at)),
        "copies_forgotten": copies.forget(at=at),
        "exchange_traces_forgotten": partners.forget_traces(),
        "receipts_forgotten": _until_none(lambda: verifications.forget_receipts(at=at)),
        "verification_jobs_forgotten": _until_none(lambda: jobs.forget_jobs(at=at)),
        "events_forgotten": feed.forget(at),
        "hints_forgotten": webhook_services.forget(at=webhooks.now()),
    }


def _until_none(step: Callable[[], int]) -> int:
    total = 0
    while count := step():
        total += count
    return total
