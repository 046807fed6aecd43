"""Gathers what the dashboard shows, at most once a minute in each process."""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from juzhu.journeys import feed
from juzhu.modules import queue
from juzhu.modules.cards import queries as cards
from juzhu.modules.cases import figures as cases
from juzhu.modules.cases import in_review
from juzhu.modules.cases.contracts import Channel, DayOfCases, Pace
from juzhu.modules.cases.figures import Refusals
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes.contracts import Load as DisputeLoad
from juzhu.modules.evidence import figures as evidence
from juzhu.modules.evidence.figures import Health
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives.contracts import Silence
from juzhu.modules.notices import figures as notices
from juzhu.modules.notices.figures import Arrivals
from juzhu.modules.partners import queries as partners
from juzhu.modules.payments import bills
from juzhu.modules.payments import queries as payments
from juzhu.modules.rounds import queries as rounds
from juzhu.modules.rounds.contracts import DayAhead

KEPT: Final = timedelta(minutes=1)
PERIODS: Final = (7, 30)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the dashboard is made of.

    Attributes:
        at: when it was gathered.
        first: first day of the period.
        today: applications so far.
        week_ago: applications until the same hour a week ago.
        by_day: applications of each day and channel.
        by_hour: today's, by hour and channel.
        pace: how fast the cases of each day were answered.
        pace_of_all: the same of all days together; None without answers.
        refused_for: refused cases by condition.
        refusals: refused cases, and those whose refusal did not stand.
        review: what waits for an officer.
        oldest_in_review: acceptance of the case that has waited longest.
        disputes: what waits for an answer.
        ahead: the coming days, as the last round counted them.
        arrivals: messages of the last week.
        departments: how they answered in the last day.
        jobs: how many are due and wait for a worker.
        failed_refunds: refunds that a gateway would not carry out.
        differences: payments that a gateway's bill shows otherwise and nobody has explained.
        late_cards: cards whose legal day has passed.
        silence: whether the registers' feed of life events answers.
        unread: departments that have stopped reading changes, and since when.

    """

    at: datetime
    first: date
    today: int
    week_ago: int
    by_day: list[DayOfCases]
    by_hour: dict[int, dict[Channel, int]]
    pace: dict[date, Pace]
    pace_of_all: Pace | None
    refused_for: list[tuple[str, int]]
    refusals: Refusals
    review: in_review.Load
    oldest_in_review: datetime | None
    disputes: DisputeLoad
    ahead: list[DayAhead]
    arrivals: Arrivals
    departments: list[Health]
    jobs: int
    failed_refunds: int
    differences: int
    late_cards: int
    silence: Silence
    unread: list[tuple[str, date]]


_kept: dict[int, Figures] = {}
_lock: Final = threading.Lock()


def of_period(days: int, *, at: datetime) -> Figures:
    """Return the figures of the last `days` days up to and with today.

    Those of a minute ago will do: many look at the same page, and a month takes a while to count.
    """
    with _lock:
        found = _kept.get(days)
        if found is None or not timedelta(0) <= at - found.at < KEPT:
            found = _kept[days] = _gather(days, at)
        return found


def _gather(days: int, at: datetime) -> Figures:
    today = at.date()
    first = today - timedelta(days=days - 1)
    by_day, whole = cases.pace(first, today)
    return Figures(
        at=at,
        first=first,
        today=cases.accepted_until(at, day=today),
        week_ago=cases.accepted_until(at - _WEEK, day=today - _WEEK),
        by_day=cases.by_day(first, today),
        by_hour=cases.by_hour(today),
        pace=by_day,
        pace_of_all=whole,
        refused_for=cases.refused_for(first, today),
        refusals=cases.refusals(first, today),
        review=in_review.load(today),
        oldest_in_review=in_review.oldest(),
        disputes=disputes.load(today),
        ahead=rounds.forecast(),
        arrivals=notices.since(at - _WEEK),
        departments=evidence.by_source(at - timedelta(days=1)),
        jobs=queue.due(),
        failed_refunds=len(payments.failed_refunds()),
        differences=len(bills.open_differences()),
        late_cards=cards.count_late(before=today),
        silence=lives.silence(),
        unread=[
            (partner.name, last)
            for partner in partners.registry().partners.values()
            if (last := feed.unread_since(partner, today=today)) is not None
        ],
    )
