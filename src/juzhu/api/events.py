"""The change feed: what happened to the permits of people whom the caller has asked about."""

from datetime import datetime, time
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router

from juzhu import wiring
from juzhu.api.auth import require
from juzhu.api.calls import call_of
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import EventData, EventOut, EventsOut
from juzhu.domain.permit import TurnKind
from juzhu.journeys import feed
from juzhu.journeys.feed import Told
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.permits.contracts import Place, PlaceElsewhereError, PlaceForgottenError
from juzhu.ports.clock import SHENZHEN

router = Router(tags=["events"])

MOST: Final = 1000
_CURSOR_TEXT: Final = "^[A-Za-z0-9_-]{32}$"
_OF_THE_DAY: Final = (TurnKind.SUSPENDED, TurnKind.CANCELLED)


@router.get(
    "/events",
    response=EventsOut,
    operation_id="events",
    summary="What has changed",
    exclude_none=True,
    openapi_extra={"x-refusals": [409, 410]},
)
def events(
    request: HttpRequest,
    after: Annotated[
        str | None,
        Query(pattern=_CURSOR_TEXT, description="`next` of the last piece; left out: the oldest."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most events in the answer.")] = 100,
) -> EventsOut:
    """Return what changed for people you have verified, from the moment you first did.

    Nothing is left out, and an event may come again under the same `id`. Of a person whom you
    verify for the first time you are told what happens from then on, nothing earlier. Suspension
    and cancellation by the calendar are there from the first moment of their legal day.
    """
    caller = call_of(request).partner
    require(caller, Scope.EVENTS)
    try:
        page = feed.read(
            caller=caller,
            after=_place(after) if after else None,
            limit=limit,
            at=wiring.clock().now(),
        )
    except PlaceForgottenError:
        raise Problem(Kind.CURSOR_TOO_OLD) from None
    except PlaceElsewhereError as error:
        restart = feed.cursor_of(error.restart) if error.restart else None
        raise Problem(Kind.FEED_SET_BACK, extra={"restart": restart}) from None
    return EventsOut(
        events=[_event(told) for told in page.told], next=feed.cursor_of(page.after), more=page.more
    )


def _place(cursor: str) -> Place:
    try:
        return feed.place_of(cursor)
    except ValueError:
        error = {"detail": "This cursor was not given by this feed.", "parameter": "after"}
        raise Problem(Kind.INVALID, errors=[error]) from None


def _event(told: Told) -> EventOut:
    event = told.event
    moment = event.recorded_at
    if event.kind in _OF_THE_DAY:
        moment = datetime.combine(event.on, time(), SHENZHEN)
    return EventOut(
        specversion="1.0",
        id=str(event.key),
        source=f"{wiring.exchange_url()}/api/v1/events",
        type=f"permit.{event.kind}",
        subject=told.subject,
        time=moment,
        datacontenttype="application/json",
        data=EventData(
            effective_on=event.on,
            recorded_at=event.recorded_at,
            undoes=f"permit.{event.undoes}" if event.undoes else None,
            corrects="id_number" if event.corrects_number else None,
        ),
    )
