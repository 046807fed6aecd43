"""What may leave the rounds module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple


@dataclass(slots=True)
class Tally:
    """What became of rows of a legacy file.

    Attributes:
        taken: permits taken over.
        known: permits that were already here and were left alone.
        refused: line in the file and what to mend; no identifier.
        aside: lines of rows that are still to be taken over, with every guard on.

    """

    taken: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    aside: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it is made of, without those still to be taken over."""
        return self.taken + self.known + len(self.refused)

    def add(self, other: "Tally") -> None:
        """Count the rows of `other` too."""
        self.taken += other.taken
        self.known += other.known
        self.refused += other.refused
        self.aside += other.aside


class Guard(NamedTuple):
    """What a closed table does without.

    Attributes:
        name: of the index, or of the constraint.
        table: whose it is.
        definition: the statement that builds it.
        kind: INDEX or CONSTRAINT.
        is_foreign_key: whether it needs the guards of another table.

    """

    name: str
    table: str
    definition: str
    kind: str
    is_foreign_key: bool


@dataclass(frozen=True, slots=True)
class ClosingView:
    """Tables that are closed to all but one load.

    Attributes:
        load_id: our number of the file.
        after_id: the rows of line n have the number `after_id` + n.
        tables: which.
        guards: what they do without.
        closed_at: since when.

    """

    load_id: int
    after_id: int
    tables: tuple[str, ...]
    guards: tuple[Guard, ...]
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class NightView:
    """One round over the register.

    Attributes:
        id: our number of it.
        first_day: first of the days it is about; after `through` when there is none.
        through: last of them.
        since: acts recorded from here on may have changed what was so at the beginning of a day.
        at: when it was planned.
        after_id: permits with higher numbers are new since the last round.
        last_id: highest number of a permit when it was planned.

    """

    id: int
    first_day: date
    through: date
    since: datetime
    at: datetime
    after_id: int
    last_id: int

    @property
    def days(self) -> list[date]:
        """All days it is about, oldest first."""
        count = (self.through - self.first_day).days + 1
        return [self.first_day + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round has got: stretches done, of how many, and what they brought."""

    done: int
    of: int
    counts: Mapping[str, int]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.of


@dataclass(frozen=True, slots=True)
class DayAhead:
    """What a coming day will bring if nothing happens until then.

    Attributes:
        day: the civil day.
        windows: endorsement windows that open.
        last_days: permits for which it is the last day to endorse in time.
        ends: permits that two years of suspension end.

    """

    day: date
    windows: int
    last_days: int
    ends: int
