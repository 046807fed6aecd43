"""What may leave the permits module."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from juzhu.domain.permit import Action, PermitStatus


@dataclass(frozen=True, slots=True)
class PermitView:
    """A permit with its state on the day it was asked for.

    Attributes:
        id: our own number of the permit.
        number: the e-licence code, `440300` + year + eight characters.
        person_id: the holder.
        status: state and dates on the asked day.
        actions: the acts it is folded from, oldest first.

    """

    id: int
    number: str
    person_id: int
    status: PermitStatus
    actions: tuple[Action, ...]


class StandingEnd(NamedTuple):
    """A cancellation that stands in the register.

    Attributes:
        permit_id: our own number of the permit.
        occasion: under which name it was recorded.
        on: first day of the cancellation.
        recorded_at: when.

    """

    permit_id: int
    occasion: str
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    """A permit that has reached a calendar day worth telling its holder about.

    Attributes:
        permit_id: our own number of the permit.
        number: e-licence code.
        person_id: the holder.
        suspended_from: first day without function unless endorsed before.
        ends_on: legal day of cancellation, None while a case holds it.

    """

    permit_id: int
    number: str
    person_id: int
    suspended_from: date
    ends_on: date | None


class Place(NamedTuple):
    """A place in the feed, with what proves that it is still the same feed.

    Attributes:
        position: of the last event read; 0 before the first.
        proof: first eight bytes of that event's key; another history has another there.
        recorded_at: whole seconds since 1970 at which that event was recorded.

    """

    position: int = 0
    proof: bytes = bytes(8)
    recorded_at: int = 0


class EventView(NamedTuple):
    """One event of the feed.

    Attributes:
        position: its place in the feed, without gaps.
        key: its name, for ever.
        permit_id: our own number of the permit.
        person_id: the holder.
        kind: what became true (`domain.permit.TurnKind`), or `corrected`.
        undoes: of a correction, the kind that was told and is taken back; "" when it is the
            holder's citizen number that was corrected.
        on: the legal day; of a correction, the legal day that was told.
        recorded_at: when the register wrote it.
        numbered_at: when it got its place, by the database's clock; after its commit.
        only_for: the partner to whom it is said again; None for everybody.

    """

    position: int
    key: UUID
    permit_id: int
    person_id: int
    kind: str
    undoes: str
    on: date
    recorded_at: datetime
    numbered_at: datetime
    only_for: int | None

    @property
    def corrects_number(self) -> bool:
        """Whether it tells that the holder's citizen number was corrected."""
        return self.kind == "corrected" and not self.undoes

    @property
    def place(self) -> Place:
        """The place from which reading goes on behind this event."""
        return Place(self.position, self.key.bytes[:8], int(self.recorded_at.timestamp()))


class EventWindow(NamedTuple):
    """Events that follow each other in the feed.

    Attributes:
        events: oldest first; empty at the head.
        more: others follow at once.

    """

    events: list[EventView]
    more: bool


class PlaceForgottenError(LookupError):
    """Events behind the place were deleted, being older than the feed is kept."""


class PlaceElsewhereError(LookupError):
    """The place belongs to another history: the register was set back after it was given.

    `restart` is a place before everything that the register has learnt since; None is the start.
    """

    def __init__(self, restart: Place | None) -> None:
        super().__init__("the place belongs to another history of the register")
        self.restart = restart


class Taking(StrEnum):
    """What became of a permit that was to be taken over."""

    TAKEN = "taken"
    KNOWN = "known"  # the person's permit issued on that day is here already
    OVERLAPS = "overlaps"  # another permit of the person covers some of its days


@dataclass(frozen=True, slots=True)
class Inherited:
    """A permit of another register that the law finds sound, with the days that follow.

    Attributes:
        actions: its issue and its endorsements, oldest first.
        ends_on: first day of the cancellation by two years of suspension.
        window_opens: first day on which endorsement may be requested.
        suspended_from: first day without function unless endorsed before.

    """

    actions: tuple[Action, ...]
    ends_on: date
    window_opens: date
    suspended_from: date


class Mark(NamedTuple):
    """A value that a column of a permit may have, and what it means.

    Attributes:
        name: what is reached.
        value: of the column.
        day: the legal day on which it is reached.

    """

    name: str
    value: date
    day: date


class PermitDays(NamedTuple):
    """A permit with the days its actions add up to; `ends_on` None while a case holds it."""

    permit_id: int
    number: str
    person_id: int
    window_opens: date
    suspended_from: date
    ends_on: date | None


class Recorded(NamedTuple):
    """An action with the instant at which it was recorded."""

    at: datetime
    action: Action


class Acted(NamedTuple):
    """A permit with all that was ever recorded of it, in the order of recording."""

    permit_id: int
    number: str
    person_id: int
    acts: tuple[Recorded, ...]


class DaysAhead(NamedTuple):
    """How many permits come to a window, to a suspension, to their end, by day."""

    windows: Mapping[date, int]
    lapses: Mapping[date, int]
    ends: Mapping[date, int]
