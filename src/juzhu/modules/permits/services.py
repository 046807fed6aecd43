"""Commands on the register. Each writes actions and their projection in one transaction.

Callers that decide a case hold the case row first and the permit row second, always in that order.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from juzhu.domain.news import news
from juzhu.domain.permit import (
    Action,
    ActionKind,
    CancelReason,
    EndorsementAfterCancellationError,
    PermitStatus,
    Turns,
    ending,
    status_on,
    turns,
)
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.permits import feed, inheritance
from juzhu.modules.permits.contracts import Inherited, PermitView, Taking
from juzhu.modules.permits.models import Permit, PermitAction
from juzhu.modules.permits.numbers import new_number

CALENDAR_BATCH: Final = 5000
FORGET_BATCH: Final = 5000

part_of_one_effect = transaction.atomic(savepoint=False)
"""An error inside spoils the caller's whole transaction, as it must; no savepoint is paid for."""


@part_of_one_effect
def issue(*, person_id: int, on: date, at: datetime, occasion: str) -> PermitView:
    """Issue a permit (签发), in force from `on`.

    Raises:
        IntegrityError: the person already holds a permit on some of those days; the database
            refuses, whatever the caller believed.

    """
    return _create(person_id, [Action(ActionKind.ISSUED, on)], at, occasion)


@part_of_one_effect
def take_over(
    *, person_id: int, issued_on: date, endorsed_on: Sequence[date], at: datetime, occasion: str
) -> PermitView:
    """Take over a permit that was issued before this system, with its endorsements.

    Raises:
        ValueError: the days contradict the law (see `domain.permit`).
        IntegrityError: the person already has a permit on some of those days.

    """
    actions = [Action(ActionKind.ISSUED, issued_on)]
    actions += [Action(ActionKind.ENDORSED, day) for day in sorted(endorsed_on)]
    return _create(person_id, actions, at, occasion)


def _create(person_id: int, actions: Sequence[Action], at: datetime, occasion: str) -> PermitView:
    status = _present(actions)
    permit = Permit.objects.create(
        number=new_number(status.issued_on),
        person_id=person_id,
        issued_on=status.issued_on,
        known_since=at.date(),
        ends_on=ending(actions),
        window_opens=status.window_opens,
        suspended_from=status.suspended_from,
    )
    PermitAction.objects.bulk_create(
        PermitAction(
            permit=permit,
            kind=action.kind,
            on=action.on,
            recorded_at=at,
            occasion=occasion if len(actions) == 1 else f"{occasion}#{place}",
        )
        for place, action in enumerate(actions)
    )
    told = news(Turns(), turns(actions), told_through=permit.known_since, on=at.date())
    feed.tell(permit_id=permit.pk, person_id=person_id, told=told, at=at)
    return PermitView(permit.pk, permit.number, person_id, status, tuple(actions))


def take_over_many(
    permits: Sequence[tuple[int, Inherited]], *, at: datetime, occasion: str, met: Collection[int]
) -> list[Taking]:
    """Take over many permits at once; return what became of each, in their order.

    Set-based; call inside a transaction. A permit is known when its person has one issued on the
    same day; one that overlaps another of its person is left out, whichever was first.

    Args:
        permits: the holder's number and the permit, as `inheritance.prepare` made it.
        at: when it is recorded; its day is the one on which this register learnt of them.
        occasion: what the actions are noted under.
        met: holders who were in the register before: departments may have asked about them, so
            their permits are told in the feed. Of the others nobody has learnt anything yet.

    Raises:
        IntegrityError: another transaction took over an overlapping permit meanwhile, or two new
            numbers are alike: roll back and try again.

    """
    taken, found = inheritance.write(permits, at=at, occasion=occasion)
    for place, permit_id in taken.items():
        person_id, permit = permits[place]
        if person_id in met:
            told = news(Turns(), turns(permit.actions), told_through=at.date(), on=at.date())
            feed.tell(permit_id=permit_id, person_id=person_id, told=told, at=at)
    return found


@part_of_one_effect
def act(
    *,
    permit_id: int,
    kind: ActionKind,
    on: date,
    at: datetime,
    occasion: str,
    reason: CancelReason | None = None,
    until: date | None = None,
) -> PermitView:
    """Append one action to a permit, effective on the legal day `on`, and project it.

    Args:
        permit_id: our number of the permit.
        kind: endorsed, cancelled, case_opened, …
        on: the legal day; for an endorsement the acceptance day.
        at: when it is recorded.
        occasion: acceptance number; the same kind happens once per occasion.
        reason: for a cancellation.
        until: for an extension, the new last day of the window.

    Raises:
        ValueError: the law does not allow this act on that day.
        IntegrityError: this kind has already happened on this occasion.

    """
    permit = Permit.objects.select_for_update(of=("self",)).get(pk=permit_id)
    before = _actions(permit)
    if kind is ActionKind.ENDORSED:
        _refuse_if_cancelled(before, on)
    actions = sorted([*before, Action(kind, on, reason, until)], key=lambda action: action.on)
    status = _present(actions)
    PermitAction.objects.create(
        permit=permit,
        kind=kind,
        on=on,
        reason=reason or "",
        until=until,
        recorded_at=at,
        occasion=occasion,
    )
    permit.ends_on = ending(actions)
    permit.window_opens = status.window_opens
    permit.suspended_from = status.suspended_from
    told_through = permit.told_through or permit.known_since
    permit.told_through = max(told_through, at.date())
    permit.save(update_fields=("ends_on", "window_opens", "suspended_from", "told_through"))
    told = news(turns(before), turns(actions), told_through=told_through, on=at.date())
    feed.tell(permit_id=permit.pk, person_id=permit.person_id, told=told, at=at)
    return PermitView(permit.pk, permit.number, permit.person_id, status, tuple(actions))


@part_of_one_effect
def tell_number_corrected(*, person_id: int, on: date, at: datetime) -> None:
    """Tell the departments that the holder's citizen number was corrected on the legal day `on`.

    One event, by the latest permit; without a permit there is nothing that departments hold.
    """
    permit = Permit.objects.filter(person_id=person_id).order_by("-issued_on").first()
    if permit is not None:
        feed.tell_number_corrected(permit_id=permit.pk, person_id=person_id, on=on, at=at)


def materialise_events(*, on: date, at: datetime) -> int:
    """Write the suspensions and cancellations that the calendar brought by `on`; number events.

    Cheap when there is nothing to do, so every reader of the feed calls it; safe to call from many
    places at once and after any number of days without a call. Commits as it goes: outside a
    transaction nobody waits for all of it.

    Returns:
        how many events the calendar made.

    """
    made = 0
    while count := feed.write_due(on=on, at=at, limit=CALENDAR_BATCH):
        made += count
    feed.number()
    return made


@part_of_one_effect
def say_again(*, partner_id: int, people: Sequence[tuple[int, datetime]]) -> int:
    """Append to the feed, for one partner, what it may have missed about people it has just met.

    Args:
        partner_id: who met them.
        people: our number of each, and since when, by the database's clock.

    Returns:
        the newest place before what was appended; the partner is told all that lies behind it.

    """
    return feed.say_again(partner_id=partner_id, people=people)


def forget_events(*, before: datetime) -> int:
    """Delete up to a batch of the oldest events, recorded before `before`; return how many.

    The newest stays whatever its age: places are counted on from it.
    """
    return feed.forget(before=before, limit=FORGET_BATCH)


def _refuse_if_cancelled(actions: Sequence[Action], on: date) -> None:
    """Refuse to record an endorsement that the fold would take for void."""
    status = status_on(actions, on)
    if status is not None and status.state is PermitState.CANCELLED and status.cancelled_on:
        raise EndorsementAfterCancellationError(on, status.cancelled_on)


def _actions(permit: Permit) -> list[Action]:
    rows = PermitAction.objects.filter(permit=permit).order_by("on", "pk")
    return [row.act for row in rows.only("kind", "on", "reason", "until")]


def _present(actions: Sequence[Action]) -> PermitStatus:
    """Return the dates that all actions give, looked at from the last of them."""
    status = status_on(actions, max(action.on for action in actions))
    if status is None:
        raise ValueError("A permit's first action must be its issue")
    return status
