"""What changed, for one partner: events of those whom it learnt by its own verifications."""

import base64
import struct
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.partners import known, usage
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners.contracts import Caller, PartnerView, Scope
from juzhu.modules.partners.known import KnownView
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits.contracts import EventView, Place

KEPT: Final = timedelta(days=400)
SEEN_AT_ONCE: Final = 5_000
"""Events of the register that one call looks through, whether or not they are for the caller."""
MET_AT_ONCE: Final = 5_000
LEARNT_EARLIER: Final = timedelta(seconds=60)
"""What got its place so much before the partner learnt of the person is told too: the answer may
have come from a replica that far behind."""


OPERATION: Final = "events"
"""What reading the feed is called where calls are counted."""
UNREAD: Final = timedelta(days=3)
"""Departments are asked to read daily; a weekend is no trouble."""
_CURSOR: Final = struct.Struct(">Q8sQ")
_BEYOND: Final = 1 << 33


@dataclass(frozen=True, slots=True)
class Told:
    """One event as one partner is told it."""

    event: EventView
    subject: str


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the feed.

    Attributes:
        told: oldest first; may be empty although there is more.
        after: the place from which the next call goes on.
        more: others follow at once.

    """

    told: tuple[Told, ...]
    after: Place
    more: bool


def read(*, caller: Caller, after: Place | None, limit: int, at: datetime) -> Page:
    """Return the next piece of the feed, and write in each holder's ledger what it tells.

    The events of a person begin where the partner learnt of them; earlier ones are not told.

    Raises:
        PlaceForgottenError: see `permits.queries.events`.
        PlaceElsewhereError: likewise.

    """
    meet(caller.partner_id)
    permit_services.materialise_events(on=at.date(), at=at)
    with transaction.atomic():
        page = _page(caller.partner_id, after, limit)
        audit.record_many(_entries(caller, page, at))
    return page


def unread_since(partner: PartnerView, *, today: date) -> date | None:
    """Return the last day on which a partner read the feed, if that is too long ago.

    Who has learnt of nobody misses nothing; who never read is counted from the grant.
    """
    grant = partner.grants.get(Scope.EVENTS)
    if partner.suspended or grant is None or not grant.in_force(today):
        return None
    last = max(usage.last_day(partner.id, OPERATION) or grant.valid_from, grant.valid_from)
    if today - last < UNREAD or not known.knows_somebody(partner.id):
        return None
    return last


def cursor_of(place: Place) -> str:
    """Return a place as partners keep it: 32 characters of base64url."""
    return base64.urlsafe_b64encode(_CURSOR.pack(*place)).decode()


def place_of(cursor: str) -> Place:
    """Return the place of a cursor; raise ValueError when it was never given."""
    raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
    if len(raw) != _CURSOR.size:
        raise ValueError(cursor)
    place = Place(*_CURSOR.unpack(raw))
    if max(place.position, place.recorded_at) >= _BEYOND:
        raise ValueError(cursor)
    return place


def forget(at: datetime) -> int:
    """Delete the events that are kept no longer; return how many."""
    forgotten = 0
    while count := permit_services.forget_events(before=at - KEPT):
        forgotten += count
    return forgotten


@transaction.atomic
def meet(partner_id: int) -> None:
    """Let the feed take notice of people whom the partner has met since it last did.

    An answer and an event about the same person may cross: the answer says what was, and the event
    got its place, and was passed over, before the partner's knowledge of the person was committed.
    So what got its place since then is said once more, behind all that was read, and the partner is
    told of the person by these and by what comes after them: everything once, in its order.
    """
    met = known.newly_known(partner_id, limit=MET_AT_ONCE)
    if met:
        people = [(person.person_id, person.noted_at - LEARNT_EARLIER) for person in met]
        after = permit_services.say_again(partner_id=partner_id, people=people)
        known.follow(partner_id, [person.person_id for person in met], after=after)


def _page(partner_id: int, after: Place | None, limit: int) -> Page:
    window = permits.events(after=after, limit=SEEN_AT_ONCE)
    told = for_partner(partner_id, window.events)
    if len(told) > limit:
        return Page(tuple(told[:limit]), told[limit - 1].event.place, more=True)
    end = window.events[-1].place if window.events else after or permits.head()
    return Page(tuple(told), end, window.more)


def for_partner(partner_id: int, events: list[EventView]) -> list[Told]:
    """Return those of the events that are told to the partner."""
    people = known.known_to(partner_id, {event.person_id for event in events})
    return [
        Told(event, person.subject)
        for event in events
        if (person := people.get(event.person_id)) and _is_told(event, person)
    ]


def _is_told(event: EventView, person: KnownView) -> bool:
    if event.only_for is not None:
        return event.only_for == person.partner_id
    return person.follows_from is not None and event.position > person.follows_from


def _entries(caller: Caller, page: Page, at: datetime) -> list[NewEntry]:
    """Return a line of the ledger for each event; not before the holder may see any of the looks
    by which the partner learnt of them."""
    if not page.told:
        return []
    confidential = max(
        grant.confidential_days for grant in partners.partner(caller.code).grants.values()
    )
    common = NewEntry(
        actor=caller.actor,
        purpose=Purpose.EVENTS,
        at=at,
        fields=("status",),
        basis=caller.grants[Scope.EVENTS].legal_basis,
        visible_from=at + timedelta(days=confidential) if confidential else None,
    )
    return [
        replace(
            common,
            person_id=told.event.person_id,
            occasion=str(told.event.key),
            note=told.event.kind,
        )
        for told in page.told
    ]
