"""The daily round: it tells people what the calendar has made true, and writes it down.

States never wait for it. It may run at any time, any number of times, on many machines, after any
number of missed days, and be killed anywhere: what it writes is what it would have written had it
run at the beginning of each day, with the legal day on it.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction

from juzhu.domain.calendar import ONE_DAY
from juzhu.journeys.patience import Patience
from juzhu.journeys.roll import night as work
from juzhu.journeys.roll.tidy import tidy
from juzhu.modules import queue
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import reached
from juzhu.modules.permits import services as permit_services
from juzhu.modules.rounds import nights
from juzhu.modules.rounds import queries as rounds
from juzhu.modules.rounds.contracts import DayAhead, NightView, Progress

DAYS_AHEAD: Final = 92
HELPERS: Final = 3
_POLL_SECONDS: Final = 0.2


def run(
    *,
    on: date,
    at: datetime,
    patience_seconds: float = 0.0,
    watch: Callable[[Progress], None] = lambda _: None,
) -> dict[str, int]:
    """Do every day through `on` that was not done; return how many of each thing were done.

    Args:
        on: the last day.
        at: now.
        patience_seconds: how long to go on when the database is away.
        watch: told after each stretch how far it has got.

    Raises:
        OperationalError: the database went away; nothing is lost, another run goes on.

    """
    done: Counter[str] = Counter()
    patience = Patience(patience_seconds)
    done.update(patience.with_(lambda: tidy(on=on, at=at)))
    while True:
        night = patience.with_(lambda: nights.plan(on=on, at=at, last_id=permits.last_id()))
        if night is None:
            return dict(done)
        patience.with_(partial(_call_help, night))
        patience.with_(partial(_do, night, at, watch))
        done.update(rounds.counts(night.id))


def help_with(*, night_id: int, at: datetime) -> None:
    """Do stretches of a round until nobody has any left; safe in any number of processes."""
    night = rounds.night(night_id)
    while work.do_next(night, at=at):
        pass


def help_until_told(*, at: datetime, patience_seconds: float) -> None:
    """Do stretches of whatever round is being done, until this process is ended."""
    patience = Patience(patience_seconds)
    while True:
        night = patience.with_(rounds.unfinished)
        while night is not None and patience.with_(partial(work.do_next, night, at=at)):
            pass
        time.sleep(_POLL_SECONDS)


def expected(*, on: date, at: datetime) -> dict[str, int]:
    """Count what `run` would find, without writing anything; what was said before counts too."""
    night = rounds.unfinished() or nights.sketch(on=on, at=at, last_id=permits.last_id())
    counts: Counter[str] = Counter()
    if night is not None:
        for first_id, last_id in nights.stretches(night):
            with transaction.atomic():
                for _ in work.counted(night, first_id, last_id, at.date(), counts):
                    pass
    return dict(counts)


def _do(night: NightView, at: datetime, watch: Callable[[Progress], None]) -> None:
    """Do what is left of a round together with whoever else is at it, and end it."""
    events = permit_services.materialise_events(on=night.through, at=at)
    watch(rounds.progress(night.id))
    while True:
        while work.do_next(night, at=at):
            watch(rounds.progress(night.id))
        if rounds.progress(night.id).is_done:
            break
        time.sleep(_POLL_SECONDS)  # others hold the last ones; if they die we take them over
        watch(rounds.progress(night.id))
    nights.finish(night.id, also={"events": events}, ahead=_ahead(night.through), at=at)


def _call_help(night: NightView) -> None:
    to_do = rounds.progress(night.id)
    with transaction.atomic():
        for _ in range(min(HELPERS, to_do.of - to_do.done - 1)):
            queue.defer(queue.HELP_ROUND, night_id=night.id)


def _ahead(on: date) -> list[DayAhead]:
    found = reached.ahead(on=on, until=on + timedelta(days=DAYS_AHEAD))
    days = (on + timedelta(days=n) for n in range(1, DAYS_AHEAD))
    return [
        DayAhead(
            day,
            windows=found.windows.get(day, 0),
            last_days=found.lapses.get(day + ONE_DAY, 0),
            ends=found.ends.get(day, 0),
        )
        for day in days
    ]
