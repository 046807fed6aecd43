"""Reading the register."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db import connections
from django.db.models import QuerySet

from juzhu.domain.permit import Action, ActionKind, CancelReason, status_on
from juzhu.domain.verification import Recorded
from juzhu.modules.permits.contracts import (
    EventView,
    EventWindow,
    Milestone,
    PermitView,
    Place,
    PlaceElsewhereError,
    PlaceForgottenError,
    StandingEnd,
)
from juzhu.modules.permits.models import Event, Permit, PermitAction

SUPERSEDED: Final = "/next"
"""Ends the occasion of a cancellation that only makes way for the holder's next permit."""
RESTART_EARLIER: Final = timedelta(days=1)
"""How much earlier than the place that was lost: more than clocks differ and commits take."""


def permit_of(person_id: int, on: date) -> PermitView | None:
    """Return the person's latest permit with its state on `on`, None when none was issued by then.

    Suspended and cancelled permits are returned too: the state says so.
    """
    permit = (
        Permit.objects.filter(person_id=person_id, issued_on__lte=on).order_by("-issued_on").first()
    )
    return None if permit is None else _view(permit, on)


def permits_of(person_id: int, on: date) -> list[PermitView]:
    """Return every permit the person ever had by `on`, the latest first."""
    rows = Permit.objects.filter(person_id=person_id, issued_on__lte=on).order_by("-issued_on")
    return [found for row in rows if (found := _view(row, on)) is not None]


def permit_by_id(permit_id: int, on: date) -> PermitView:
    """Return a permit with its state on `on`; raises Permit.DoesNotExist or LookupError."""
    view = _view(Permit.objects.get(pk=permit_id), on)
    if view is None:
        raise LookupError(f"permit {permit_id} was not issued by {on}")
    return view


def has_earlier_permit(person_id: int, permit_id: int) -> bool:
    """Say whether the person had another permit before this one."""
    issued = Permit.objects.filter(pk=permit_id).values("issued_on")
    return Permit.objects.filter(person_id=person_id, issued_on__lt=issued).exists()


def extended_by(permit: PermitView) -> str:
    """Return on what occasion the running window was extended (顺延) last, "" when it was not."""
    found = PermitAction.objects.filter(
        permit_id=permit.id, kind=ActionKind.EXTENDED, until=permit.status.window_closes
    )
    return found.values_list("occasion", flat=True).order_by("-pk").first() or ""


def holder_of(number: str) -> int | None:
    """Return whose permit has this number, None when there is none."""
    return Permit.objects.filter(number=number).values_list("person_id", flat=True).first()


def ends_alike(person_id: int, occasion: str, reason: CancelReason) -> list[StandingEnd]:
    """Return what cancelled a person's permit on this occasion, with all else for that reason.

    A death told by two registers, or met at a counter before the feed told it, cancels twice. The
    earliest day first; empty when nothing was cancelled on the occasion, or it is annulled.
    """
    ends = [StandingEnd(*row) for row in _ends(person_id, reason).order_by("on", "pk")]
    permit = next((end.permit_id for end in ends if end.occasion == occasion), None)
    if permit is None and reason is CancelReason.DEATH and ends:
        permit = ends[-1].permit_id  # it came after another had ended the permit: nobody dies twice
    return [end for end in ends if end.permit_id == permit]


def asked_end(person_id: int) -> StandingEnd | None:
    """Return the person's latest cancellation on their own request, unless it was annulled."""
    row = _ends(person_id, CancelReason.OWN_REQUEST).order_by("-recorded_at", "-pk").first()
    return StandingEnd(*row) if row else None


def _ends(person_id: int, reason: CancelReason) -> "QuerySet[Any, tuple[Any, ...]]":
    acts = PermitAction.objects.filter(permit__person_id=person_id)
    annulled = acts.filter(kind=ActionKind.CANCELLATION_ANNULLED).values("occasion")
    found = acts.filter(kind=ActionKind.CANCELLED, reason=reason)
    found = found.exclude(occasion__in=annulled).exclude(occasion__endswith=SUPERSEDED)
    return found.values_list("permit_id", "occasion", "on", "recorded_at")


def next_issued_on(permit_id: int) -> date | None:
    """Return the first day of the permit that its holder got after this one, None without."""
    this = Permit.objects.get(pk=permit_id)
    later = Permit.objects.filter(person_id=this.person_id, issued_on__gte=this.issued_on)
    days = later.exclude(pk=permit_id).order_by("issued_on").values_list("issued_on", flat=True)
    return days.first()


def _view(permit: Permit, on: date) -> PermitView | None:
    rows = PermitAction.objects.filter(permit=permit).order_by("on", "pk")
    actions = tuple(row.act for row in rows.only("kind", "on", "reason", "until"))
    status = status_on(actions, on)
    if status is None:
        return None
    return PermitView(permit.pk, permit.number, permit.person_id, status, actions)


def histories(
    person_ids: Sequence[int], *, using: str = "default"
) -> dict[int, list[list[Recorded]]]:
    """Return the acts of every permit of those persons, by person, oldest permit and act first.

    Persons without a permit are left out. One statement, however many persons.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_HISTORIES, [list(person_ids)])
        rows = cursor.fetchall()
    found: dict[int, list[list[Recorded]]] = {}
    last, acts = None, list[Recorded]()
    for person_id, permit_id, kind, on, reason, until, recorded_on in rows:
        if permit_id != last:
            last = permit_id
            acts = []
            found.setdefault(person_id, []).append(acts)
        acts.append(Recorded(_action(kind, on, reason, until), recorded_on))
    return found


def milestones_of(numbers: Collection[str]) -> dict[str, Milestone]:
    """Return the days of the permits with these numbers, as they stand now."""
    rows = Permit.objects.filter(number__in=numbers)
    return {
        row.number: Milestone(row.pk, row.number, row.person_id, row.suspended_from, row.ends_on)
        for row in rows
    }


@lru_cache(maxsize=1 << 14)
def _action(kind: str, on: date, reason: str, until: date | None) -> Action:
    """Return an act; a city's permits share some ten thousand."""
    return Action(ActionKind(kind), on, CancelReason(reason) if reason else None, until)


_HISTORIES = """
SELECT permit.person_id, permit.id, act.kind, act.effective_on, act.reason,
       act.until, (act.recorded_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM permits_permit permit JOIN permits_permitaction act ON act.permit_id = permit.id
 WHERE permit.person_id = ANY(%s::bigint[])
 ORDER BY permit.issued_on, permit.id, act.effective_on, act.id
"""


def last_id() -> int:
    """Return the highest number of a permit, 0 when there is none."""
    return Permit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def events(*, after: Place | None, limit: int) -> EventWindow:
    """Return up to `limit` events behind a place; from the oldest kept when it is None.

    Every place up to the highest is filled, so what is read here is whole for ever.

    Raises:
        PlaceForgottenError: the place is older than the feed is kept.
        PlaceElsewhereError: the place is not one of this history.

    """
    place = after or Place()
    rows = Event.objects.filter(position__gte=place.position).order_by("position")
    found = [EventView(*row) for row in rows.values_list(*EventView._fields)[: limit + 2]]
    if after is not None:
        _check(after, found)
    behind = [event for event in found if event.position > place.position]
    return EventWindow(behind[:limit], more=len(behind) > limit)


def events_behind(position: int, *, limit: int) -> list[EventView]:
    """Return up to `limit` events behind a position that this register noted itself."""
    rows = Event.objects.filter(position__gt=position).order_by("position")
    return [EventView(*row) for row in rows.values_list(*EventView._fields)[:limit]]


def head() -> Place:
    """Return the place of the newest event."""
    newest = Event.objects.filter(position__gt=0).order_by("-position")
    row = newest.values_list(*EventView._fields).first()
    return EventView(*row).place if row else Place()


def _check(after: Place, found: list[EventView]) -> None:
    first = found[0] if found else None
    if after.position == 0:
        if first is not None and first.position > 1:
            raise PlaceForgottenError
    elif first is None:  # behind the newest: never given by this history
        raise PlaceElsewhereError(_restart(after))
    elif first.position > after.position:
        raise PlaceForgottenError
    elif first.place != after:
        raise PlaceElsewhereError(_restart(after))


def _restart(lost: Place) -> Place | None:
    before = datetime.fromtimestamp(lost.recorded_at, UTC) - RESTART_EARLIER
    rows = Event.objects.filter(position__gt=0, recorded_at__lt=before).order_by("-position")
    row = rows.values_list(*EventView._fields).first()
    return EventView(*row).place if row else None
