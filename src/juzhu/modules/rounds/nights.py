"""Planning a round, handing out its stretches, ending it.

Two rounds at once are harmless: a lock lets one plan at a time, and a stretch is held by a row lock
while it is done (`SKIP LOCKED`: others take the next). A process that is killed lets go of both.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from juzhu.domain.calendar import ONE_DAY
from juzhu.modules.rounds.contracts import DayAhead, NightView
from juzhu.modules.rounds.models import Forecast, Night, Stretch
from juzhu.modules.rounds.queries import night_view, progress

LONGEST_TRANSACTION: Final = timedelta(hours=1)
"""What was recorded this long before a round had been committed when it looked."""
ROWS_WANTED: Final = 10_000
DUE_A_DAY: Final = 0.02
WIDEST: Final = 500_000
NARROWEST: Final = 5_000
KEEP_STRETCHES: Final = timedelta(days=30)

_PLANNING: Final = int.from_bytes(b"juzhu-pl")


@transaction.atomic
def plan(*, on: date, at: datetime, last_id: int) -> NightView | None:
    """Return the round to be done: one that was cut off, else a new one; None when none is due.

    The first round of all begins with its own day. A clock that stands before the last round
    plans nothing.

    Args:
        on: last day to be done.
        at: now.
        last_id: highest number of a permit.

    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PLANNING])
    last = Night.objects.order_by("-pk").first()
    if last is not None and last.finished_at is None:
        return night_view(last)
    draft = sketch(on=on, at=at, last_id=last_id)
    if draft is None:
        return None
    night = Night.objects.create(
        first_day=draft.first_day,
        through=draft.through,
        since=draft.since,
        at=draft.at,
        after_id=draft.after_id,
        last_id=draft.last_id,
    )
    Stretch.objects.bulk_create(
        Stretch(night=night, first_id=first, last_id=end) for first, end in stretches(draft)
    )
    return night_view(night)


def sketch(*, on: date, at: datetime, last_id: int) -> NightView | None:
    """Return what `plan` would make of a new round, without writing it down."""
    last = Night.objects.order_by("-pk").first()
    if last is None:
        since = at - ONE_DAY
        return NightView(0, on, on, since, at, 0, last_id)
    if at <= last.at:
        return None
    since = last.at - LONGEST_TRANSACTION
    known = Night.objects.filter(at__lte=since).order_by("-pk").first()
    return NightView(
        id=0,
        first_day=last.through + ONE_DAY,
        through=max(on, last.through),
        since=since,
        at=at,
        after_id=0 if known is None else known.last_id,
        last_id=last_id,
    )


def stretches(night: NightView) -> Iterator[tuple[int, int]]:
    """Yield first and last number of each stretch; fewer permits the more days were missed."""
    due = DUE_A_DAY * max(len(night.days), 1)
    width = min(max(int(ROWS_WANTED / due), NARROWEST), WIDEST)
    for first in range(1, night.last_id + 1, width):
        yield first, min(first + width - 1, night.last_id)


@contextmanager
def next_stretch(night_id: int) -> Iterator[Stretch | None]:
    """Hold the next stretch that nobody holds, in a transaction of its own; None if all are.

    What is written inside commits together with `finish_stretch`, or not at all.
    """
    with transaction.atomic():
        yield (
            Stretch.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(night_id=night_id, done_at__isnull=True)
            .order_by("first_id")
            .first()
        )


def finish_stretch(stretch_id: int, *, counts: Mapping[str, int], at: datetime) -> None:
    """Note that a stretch is done, and what it brought."""
    Stretch.objects.filter(pk=stretch_id).update(done_at=at, counts=dict(counts))


def finish(
    night_id: int, *, also: Mapping[str, int], ahead: Sequence[DayAhead], at: datetime
) -> bool:
    """End a round all of whose stretches are done; False when some are not.

    The forecast is replaced, and the stretches of rounds long past are forgotten.
    """
    with transaction.atomic():
        night = Night.objects.select_for_update(of=("self",)).get(pk=night_id)
        if Stretch.objects.filter(night=night, done_at__isnull=True).exists():
            return False
        if night.finished_at is not None:
            return True
        night.counts = {**progress(night_id).counts, **also}
        night.finished_at = at
        night.save(update_fields=("counts", "finished_at"))
        Forecast.objects.all().delete()
        Forecast.objects.bulk_create(
            Forecast(
                day=it.day,
                windows=it.windows,
                last_days=it.last_days,
                ends=it.ends,
                counted_at=at,
            )
            for it in ahead
        )
        Stretch.objects.filter(night__finished_at__lt=at - KEEP_STRETCHES).delete()
    return True
