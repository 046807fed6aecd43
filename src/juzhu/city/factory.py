"""The card factory of the city and its carrier: takes production files, makes cards in minutes.

What has happened is in the journal; what is about to happen follows from it and the city's clock.
A line is made once under its name, however often and in whichever file it comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from juzhu.city.events import CardLine, CardsOrdered, CardTold, Fate

MADE_AFTER: Final = timedelta(seconds=40)
LEFT_AFTER: Final = timedelta(seconds=70)
THERE_AFTER: Final = timedelta(seconds=100)
MOST_NEWS: Final = 500
_OVER: Final = ("turned_down", "spoiled", "arrived", "delivered", "returned")


@dataclass(slots=True)
class Job:
    """One line being made."""

    line: CardLine
    since: datetime
    told: list[CardTold] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the factory and its carrier have nothing more to do."""
        return any(one.what in _OVER for one in self.told)

    def due(self, now: datetime) -> tuple[str, datetime] | None:
        """Return what happens next, if its time has come."""
        done = {one.what for one in self.told}
        for what, after in self._steps():
            if what not in done:
                at = self.since + after
                return (what, at) if at <= now else None
        return None

    def _steps(self) -> Iterator[tuple[str, timedelta]]:
        yield "taken", timedelta()
        if self.line.fate is Fate.SPOILED:
            yield "spoiled", MADE_AFTER
            return
        yield "made", MADE_AFTER
        if self.line.to == "post":
            yield "posted", LEFT_AFTER
            return
        yield "shipped", LEFT_AFTER
        yield "arrived", THERE_AFTER


class Factory:
    """All files, all lines, all news."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}  # number of a file: its SHA-256
        self.jobs: dict[str, Job] = {}
        self.news: list[CardTold] = []
        self._busy: set[str] = set()

    def take(self, event: CardsOrdered | CardTold) -> None:
        """Let an event happen."""
        if isinstance(event, CardsOrdered):
            self.ordered(event)
        else:
            self.told(event)

    def ordered(self, event: CardsOrdered) -> None:
        """Take in a file from the journal; a line already in the making stays what it is."""
        self.files[event.file] = event.sha256
        for line in event.lines:
            if line.fate is not Fate.FORGOTTEN and line.line not in self.jobs:
                self.jobs[line.line] = Job(line, event.at)
                self._busy.add(line.line)

    def told(self, event: CardTold) -> None:
        """Take in news from the journal."""
        self.news.append(event)
        job = self.jobs[event.line]
        job.told.append(event)
        if job.is_over:
            self._busy.discard(event.line)

    def due(self, now: datetime) -> list[tuple[datetime, str, str]]:
        """Return what has happened by `now` and is not told yet: (when, line, what), in order."""
        found = []
        for name in self._busy:
            step = self.jobs[name].due(now)
            if step is not None:
                found.append((step[1], name, step[0]))
        return sorted(found)

    def in_post(self) -> list[Job]:
        """Return the letters under way, oldest first."""
        return [job for name, job in self.jobs.items() if name in self._busy and _posted(job)]

    def letter(self, tracking: str) -> Job | None:
        """Return the letter of this number that is still under way."""
        return next((job for job in self.in_post() if _posted(job) == tracking), None)


def _posted(job: Job) -> str:
    """Return the tracking number of a line in the post, "" for any other."""
    return next((one.tracking for one in job.told if one.what == "posted"), "")


def code_of(job: Job) -> str:
    """Return the pickup code of a letter."""
    return next((one.code for one in job.told if one.what == "posted"), "")


def tracking_of(job: Job) -> str:
    """Return the tracking number of a letter."""
    return _posted(job)
