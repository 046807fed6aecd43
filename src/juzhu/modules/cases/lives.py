"""What life events do to permits and cases (条例 第二十七条), and how a wrong one is undone.

A signal is taken in once, in one transaction with all that follows from it. Undone, it is as if it
had never been: the cancellation is annulled from its own day, cases that ended go on as of their
acceptance day, and days of a window that were lost meanwhile are given back.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.extension import extended_until
from juzhu.domain.identity import NumberError, NumberKind, parse_id_number
from juzhu.domain.parameters import EXTENSION_LAST_DAYS
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.vocabulary import PermitState
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards.contracts import VoidReason
from juzhu.modules.cases import card_orders, effects
from juzhu.modules.cases.contracts import LIVE, CaseState
from juzhu.modules.cases.models import Case
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services as signals
from juzhu.modules.lives.contracts import Outcome, SignalView
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import services as payments
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.services import NumberTakenError
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import PermitView, StandingEnd
from juzhu.ports.life_events import LifeEvent, LifeKind

_REASONS: Final = {
    LifeKind.HUKOU_GAINED: CancelReason.SHENZHEN_HUKOU,
    LifeKind.DEATH: CancelReason.DEATH,
}


_ENDED_WITH_IT: Final = (CaseState.ENDED, CaseState.WITHDRAWN)
"""How cases stand that ended with a permit: a holder's own cancellation withdraws them."""


@transaction.atomic
def take(event: LifeEvent, *, at: datetime) -> None:
    """Take one signal in with all that follows from it; a second time it changes nothing."""
    person = people.person_by_number(event.id_number)
    signal = signals.note(event, person_id=person.id if person else None, at=at)
    if signal is None or person is None:
        return
    _note(person.id, signal, event.kind.value, at)
    if event.kind is LifeKind.TAKEN_BACK:
        _take_back(signal, event.undoes, at)
    elif event.on > at.date():
        signals.conclude(signal.id, Outcome.REVIEW, why="ahead")
    elif event.kind is LifeKind.NUMBER_CORRECTED:
        _correct_number(signal, at)
    else:
        _end(signal, at)


@transaction.atomic
def leave_to_officer(event: LifeEvent, *, why: str, at: datetime) -> None:
    """Note a signal that could not be taken in, so that the feed goes on and an officer looks."""
    person = people.person_by_number(event.id_number)
    signal = signals.note(event, person_id=person.id if person else None, at=at)
    if signal is not None:
        signals.conclude(signal.id, Outcome.REVIEW, why=why)


@transaction.atomic
def found_dead(*, person_id: int, key: str, at: datetime) -> None:
    """End what a death ends that the population base told when it was asked; safe to repeat.

    It is a signal like one of the feed, so that it can be undone like one.
    """
    event = LifeEvent(
        position=lives.position(),
        key=key,
        source="population",
        kind=LifeKind.DEATH,
        id_number=people.person(person_id).id_number,
        on=at.date(),
    )
    signal = signals.note(event, person_id=person_id, at=at)
    if signal is not None:
        _note(person_id, signal, event.kind.value, at)
        _end(signal, at)


@transaction.atomic
def sign(*, signal_id: int, officer: str, at: datetime) -> None:
    """Undo a wrong signal by the second officer's signature.

    Raises:
        NotOpenError: nothing is proposed, or it is answered.
        SameOfficerError: the one who proposed it.

    """
    signal = signals.sign(signal_id=signal_id, officer=officer, at=at)
    _undo(signal, at, actor=f"officer:{officer}")


def _end(signal: SignalView, at: datetime) -> None:
    """Cancel the permit from the day of the signal and end every case."""
    assert signal.person_id is not None
    open_cases = live_cases(signal.person_id)
    permit = permit_queries.permit_of(signal.person_id, at.date())
    ended = permit is not None and _cancel(permit, signal, at)
    dead = signal.kind is LifeKind.DEATH
    numbers = [case.number for case in open_cases]
    if permit is not None and ended:
        why = VoidReason.HOLDER_DIED if dead else VoidReason.PERMIT_ENDED
        numbers += card_orders.end(permit.id, why, at)
    for case in open_cases:
        payments.call_off(case_id=case.pk, at=at)
        effects.close(case, CaseState.ENDED, at)
    if dead:
        # Nobody is told: a message about it would reach whoever holds the phone now.
        people_services.note_death(person_id=signal.person_id, on=signal.on)
        notices.silence(person_id=signal.person_id)
    elif ended or open_cases:
        _tell_hukou(signal, permit, at)
    outcome = Outcome.DONE if ended or open_cases or dead else Outcome.NOTHING
    signals.conclude(signal.id, outcome, cases=numbers)


def live_cases(person_id: int) -> list[Case]:
    """Return the person's live cases, locked."""
    rows = Case.objects.select_for_update(of=("self",)).filter(person_id=person_id)
    return list(rows.filter(state__in=LIVE).order_by("pk"))


def _cancel(permit: PermitView, signal: SignalView, at: datetime) -> bool:
    """Cancel the permit unless it had ended by then; not before its own first day."""
    on = max(signal.on, permit.status.issued_on)
    ended_on = permit.status.cancelled_on
    if permit.status.state is PermitState.CANCELLED and ended_on is not None and ended_on <= on:
        return False
    permits.act(
        permit_id=permit.id,
        kind=ActionKind.CANCELLED,
        on=on,
        at=at,
        occasion=signal.occasion,
        reason=_REASONS[signal.kind],
    )
    return True


def _tell_hukou(signal: SignalView, permit: PermitView | None, at: datetime) -> None:
    assert signal.person_id is not None
    issued_on = permit.status.issued_on if permit else signal.on
    notices.write(
        person_id=signal.person_id,
        occasion=Occasion.CANCELLED_HUKOU,
        subject=signal.occasion,
        values={"cancelled_on": max(signal.on, issued_on).isoformat()},
        phone=people.person(signal.person_id).phone,
        at=at,
    )


def _correct_number(signal: SignalView, at: datetime) -> None:
    assert signal.person_id is not None
    try:
        found = parse_id_number(signal.new_number, on=at.date())
        if found.kind is not NumberKind.CITIZEN:
            raise NumberTakenError
        changed = people_services.correct_number(
            person_id=signal.person_id, number=found.number, at=at
        )
    except NumberError:
        signals.conclude(signal.id, Outcome.REVIEW, why="number")
        return
    except NumberTakenError:
        signals.conclude(signal.id, Outcome.REVIEW, why="taken")
        return
    signals.conclude(signal.id, Outcome.DONE if changed else Outcome.NOTHING)
    if changed:
        permits.tell_number_corrected(person_id=signal.person_id, on=signal.on, at=at)
        _tell(signal, Occasion.NUMBER_CORRECTED, at)


def _take_back(signal: SignalView, undoes: str, at: datetime) -> None:
    """Undo what the source itself takes back."""
    wrong = lives.keyed(undoes)
    if wrong is None or wrong.person_id != signal.person_id:
        signals.conclude(signal.id, Outcome.REVIEW, why="undoes")
        return
    if wrong.outcome is Outcome.ANNULLED:
        return
    _undo(wrong, at, actor=f"department:{signal.source}")
    signals.conclude(signal.id, Outcome.DONE)


def _undo(wrong: SignalView, at: datetime, *, actor: str) -> None:
    """Make everything as if the signal had never come, and tell the person with an apology."""
    assert wrong.person_id is not None
    signals.annulled(wrong.id)
    _note(wrong.person_id, wrong, "annulled", at, actor=actor)
    if wrong.kind is LifeKind.NUMBER_CORRECTED:
        if people_services.correct_number(
            person_id=wrong.person_id, number=wrong.former_number, at=at
        ):
            permits.tell_number_corrected(person_id=wrong.person_id, on=at.date(), at=at)
            _tell(wrong, Occasion.NUMBER_CORRECTED, at)
        return
    if wrong.kind is LifeKind.DEATH:
        people_services.note_death(person_id=wrong.person_id, on=None)
    restored = restore(
        person_id=wrong.person_id,
        occasion=wrong.occasion,
        reason=_REASONS[wrong.kind],
        since=wrong.received_at.date(),
        at=at,
    )
    for alike in lives.alike(wrong):  # told by another register too, or asked at a counter
        signals.annulled(alike.id)
        reopen(wrong.person_id, alike.cases, at)
    reopen(wrong.person_id, wrong.cases, at)
    if restored is not None:
        values = {"valid_through": restored.status.valid_through.isoformat()}
        _tell(wrong, Occasion.RESTORED, at, values)


def restore(
    *, person_id: int, occasion: str, reason: CancelReason, since: date, at: datetime
) -> PermitView | None:
    """Annul a cancellation as of its own day; give back what was lost of the window.

    Args:
        person_id: the holder.
        occasion: under which the permit was cancelled.
        reason: why it was; cancellations for another reason stand.
        since: the day on which it was recorded, from which days of the window were lost.
        at: now.

    Returns:
        the permit that the person has now, None when none was cancelled on that occasion.

    """
    permit: PermitView | None = None
    for end in permit_queries.ends_alike(person_id, occasion, reason):
        if not _make_way(end, at):
            return permit_queries.permit_of(person_id, at.date())
        permit = permits.act(
            permit_id=end.permit_id,
            kind=ActionKind.CANCELLATION_ANNULLED,
            on=end.on,
            at=at,
            occasion=end.occasion,
            reason=reason,
        )
    if permit is None:
        return None
    newer = permit_queries.permit_of(person_id, at.date())
    if newer is not None and newer.id != permit.id:
        _owes_nothing(newer, at)
        return newer
    card_orders.restore(permit.id, at)
    last, closes = at.date(), permit.status.window_closes
    until = extended_until(closes, first=since, last=last - ONE_DAY) if last > since else None
    if until is None:
        return permit
    weighs_from = closes - timedelta(days=EXTENSION_LAST_DAYS.on(closes).value - 1)
    return permits.act(
        permit_id=permit.id,
        kind=ActionKind.EXTENDED,
        on=max(since, weighs_from),
        at=at,
        occasion=occasion,
        until=until,
    )


def _owes_nothing(newer: PermitView, at: datetime) -> None:
    """Take no fee for the card of the permit that stands in the place of the restored one."""
    waived = card_orders.waive(newer.id, newer.status.issued_on, at)
    if waived is not None:
        case, due_on = waived
        effects.tell(case, Occasion.CARD_ORDERED, at, due_on=due_on.isoformat())


def _make_way(end: StandingEnd, at: datetime) -> bool:
    """Let a permit to be restored end where its holder's next one began; False if nothing is left.

    Who applied again meanwhile keeps the newer permit; the older one fills the days before it.
    """
    ends_on = permit_queries.next_issued_on(end.permit_id)
    if ends_on is None:
        return True
    if ends_on <= end.on:
        return False
    permits.act(
        permit_id=end.permit_id,
        kind=ActionKind.CANCELLED,
        on=ends_on,
        at=at,
        occasion=f"{end.occasion}{permit_queries.SUPERSEDED}",
        reason=CancelReason.OWN_REQUEST,
    )
    return True


def reopen(person_id: int, numbers: Sequence[str], at: datetime) -> None:
    """Let cases that ended by mistake go on, judged as of their acceptance day.

    One that waited for its fee waits again, under a new order and with all its days. One about a
    permit that another has taken the place of stays ended.
    """
    present = permit_queries.permit_of(person_id, at.date())
    rows = Case.objects.select_for_update(of=("self",)).filter(person_id=person_id)
    for case in rows.filter(number__in=numbers).order_by("pk"):
        if rows.filter(business=case.business, state__in=LIVE).exists():
            continue  # another has been opened meanwhile
        if present is not None and present.status.issued_on > case.accepted_on:
            continue
        price = card_orders.charge_again(case, at)
        if price is not None:
            if case.state in _ENDED_WITH_IT:
                case.state, case.closed_at = CaseState.TO_PAY, None
                case.save(update_fields=("state", "closed_at"))
            effects.tell_fee(case, price, at, subject=price.number)
        elif case.state in _ENDED_WITH_IT:
            case.state, case.closed_at, case.next_try_at = CaseState.ACCEPTED, None, at
            case.save(update_fields=("state", "closed_at", "next_try_at"))
            queue.defer(queue.PURSUE_CASE, number=case.number, attempts=case.attempts)


def _tell(
    signal: SignalView, occasion: Occasion, at: datetime, values: dict[str, str] | None = None
) -> None:
    assert signal.person_id is not None
    notices.write_once(
        person_id=signal.person_id,
        occasion=occasion,
        subject=f"{signal.occasion}-{at:%Y%m%dT%H%M%S}",
        values=values or {},
        phone=people.person(signal.person_id).phone,
        at=at,
    )


def _note(person_id: int, signal: SignalView, note: str, at: datetime, *, actor: str = "") -> None:
    audit.record(
        person_id=person_id,
        actor=actor or f"department:{signal.source}",
        purpose=Purpose.LIFE_EVENT,
        at=at,
        occasion=signal.occasion,
        note=note,
    )
