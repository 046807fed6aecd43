"""Reading how far work over the whole register has got."""

from collections import Counter
from datetime import date

from juzhu.modules.rounds.contracts import DayAhead, NightView, Progress, Tally
from juzhu.modules.rounds.models import Forecast, LoadPart, Night, Stretch


def parts_done(load_id: int) -> dict[int, Tally]:
    """Return what became of the parts of a file that are done, by their first byte."""
    rows = LoadPart.objects.filter(load_id=load_id).order_by("first_byte")
    return {row.first_byte: _tally(row) for row in rows}


def part_done(load_id: int, first_byte: int) -> Tally | None:
    """Return what became of a part; None when it is still to be done."""
    row = LoadPart.objects.filter(load_id=load_id, first_byte=first_byte).first()
    return None if row is None else _tally(row)


def _tally(row: LoadPart) -> Tally:
    refused = [(line, why) for line, why in row.refused]
    return Tally(row.taken, row.known, refused, row.aside)


def night(night_id: int) -> NightView:
    """Return a round; raises Night.DoesNotExist."""
    return night_view(Night.objects.get(pk=night_id))


def unfinished() -> NightView | None:
    """Return the round that is being done or was cut off, if there is one."""
    found = Night.objects.filter(finished_at__isnull=True).first()
    return None if found is None else night_view(found)


def progress(night_id: int) -> Progress:
    """Return how far a round has got."""
    counts: Counter[str] = Counter()
    done = of = 0
    for done_at, brought in Stretch.objects.filter(night_id=night_id).values_list(
        "done_at", "counts"
    ):
        of += 1
        done += done_at is not None
        counts.update(brought)
    return Progress(done, of, counts)


def counts(night_id: int) -> dict[str, int]:
    """Return what a finished round brought."""
    return dict(Night.objects.values_list("counts", flat=True).get(pk=night_id))


def done_through() -> date | None:
    """Return the last day that a finished round was about; None before the first."""
    last = Night.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    return None if last is None else last.through


def forecast() -> list[DayAhead]:
    """Return what the coming days will bring, as counted by the last round."""
    rows = Forecast.objects.order_by("day")
    return [DayAhead(row.day, row.windows, row.last_days, row.ends) for row in rows]


def night_view(row: Night) -> NightView:
    """Return what may leave the module of a round."""
    return NightView(
        row.pk, row.first_day, row.through, row.since, row.at, row.after_id, row.last_id
    )
