"""One stretch of a night: what its permits reached, written in one transaction."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from juzhu.journeys.roll.acted import civil_day, reached, versions
from juzhu.journeys.roll.ladder import Due, marks, messages, on_arrival, steps_of
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import NewMessage
from juzhu.modules.permits import reached as permits
from juzhu.modules.permits.contracts import Mark, PermitDays
from juzhu.modules.rounds import nights
from juzhu.modules.rounds.contracts import NightView

MESSAGES = "messages"
NEEDLESS = "needless"


def do_next(night: NightView, *, at: datetime) -> bool:
    """Do the next stretch that nobody holds; False when there is none."""
    with nights.next_stretch(night.id) as stretch:
        if stretch is None:
            return False
        counts: Counter[str] = Counter()
        found = counted(night, stretch.first_id, stretch.last_id, civil_day(at), counts)
        counts[MESSAGES] = notices.write_many(found, at=at)
        nights.finish_stretch(stretch.pk, counts=counts, at=at)
    return True


def counted(
    night: NightView, first_id: int, last_id: int, today: date, counts: Counter[str]
) -> Iterator[NewMessage]:
    """Yield the messages of a stretch and count them, by occasion, in `counts`."""
    for message in _messages(night, first_id, last_id, today):
        counts[message.occasion] += 1
        counts[NEEDLESS] += not message.useful
        yield message


def _messages(night: NightView, first_id: int, last_id: int, today: date) -> Iterator[NewMessage]:
    for column, wanted in marks(night.days).items():
        if not wanted:
            continue
        rows = permits.reached(wanted, column=column, first_id=first_id, last_id=last_id)
        yield from messages(_dues(rows), now=None, today=today)
    yield from messages(_arrivals(night, first_id, last_id), now=None, today=today)
    # Last, so that a permit left out above because of an act is seen here with that act.
    for acted in permits.acted_on(since=night.since, first_id=first_id, last_id=last_id):
        known = versions(acted)
        found = reached(known, first_day=night.first_day, through=night.through, since=night.since)
        yield from messages(found, now=known[-1].days, today=today)


def _dues(rows: Iterator[tuple[Mark, PermitDays]]) -> Iterator[Due]:
    for mark, permit in rows:
        for step in steps_of(permit):
            if step.occasion == mark.name and step.due_on == mark.day:
                yield Due(permit, step)


def _arrivals(night: NightView, first_id: int, last_id: int) -> Iterator[Due]:
    first_id = max(first_id, night.after_id + 1)
    if first_id > last_id:
        return
    rows = permits.newcomers(since=civil_day(night.since), first_id=first_id, last_id=last_id)
    for known_since, permit in rows:
        step = on_arrival(permit, known_since)
        if step is not None:
            yield Due(permit, step)
