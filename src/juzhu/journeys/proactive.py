"""Acting without being asked (无感智办): looks ahead, standing consents, automatic endorsements.

Every look asks the departments as an application would and is written to the ledger; every
automatic endorsement is a case with the same decision record as a requested one.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu import wiring
from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Decision
from juzhu.domain.forecast import Forecast
from juzhu.domain.forecast import forecast as forecast_of
from juzhu.domain.vocabulary import Business, Outcome, PermitState
from juzhu.journeys.evidence import SOURCES, facts_from
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import services as case_services
from juzhu.modules.cases.contracts import Application, CaseView, Channel
from juzhu.modules.cases.services import Accepted
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.proactive import queries as watches
from juzhu.modules.proactive import services as proactive
from juzhu.modules.proactive.contracts import WatchView
from juzhu.ports.departments import Answer

BATCH: Final = 500
NOTHING_IN_SIGHT: Final = timedelta(days=7)
"""Until the next look when no day is in sight on which the conditions hold."""


def forecast(*, person_id: int, at: datetime) -> tuple[PermitView, Forecast] | None:
    """Return the permit and how its next endorsement looks; None without a permit in force."""
    permit = permits.permit_of(person_id, at.date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return None
    facts, _ = _ask(person_id, permit, at)
    ahead = forecast_of(facts, permit.status, on=at.date())
    _look_noted(person_id, ahead.decision.outcome, at)
    return permit, ahead


@transaction.atomic
def give_consent(*, person_id: int, at: datetime, hand: Hand | None = None) -> None:
    """Let the system endorse by itself from the next window on, or from now within one."""
    permit = permits.permit_of(person_id, at.date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return
    proactive.give_consent(
        person_id=person_id, at=at, look_on=max(at.date(), permit.status.window_opens)
    )
    _by_hand(hand, ActKind.CONSENT_GIVEN, person_id, at)


@transaction.atomic
def withdraw_consent(*, person_id: int, at: datetime, hand: Hand | None = None) -> None:
    """Do nothing without asking any more."""
    proactive.withdraw_consent(person_id=person_id, at=at)
    _by_hand(hand, ActKind.CONSENT_ENDED, person_id, at)


def _by_hand(hand: Hand | None, kind: ActKind, person_id: int, at: datetime) -> None:
    """Note the officer through whose hands it went, if it was one's."""
    if hand is not None:
        desk.note(hand=hand, kind=kind, person_id=person_id, at=at)
        audit.record(person_id=person_id, actor=hand.actor, purpose=hand.purpose, at=at, note=kind)


def undo(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Take back an endorsement made without asking; after seven days it stays as it is."""
    case_services.undo(person_id=person_id, number=number, at=at)
    return cases.case_of(person_id, number)


def begin_looks(*, on: date) -> int:
    """Write a job for every look that is due; return how many. Safe to repeat."""
    begun, after = 0, 0
    while due := watches.due(on=on, after=after, limit=BATCH):
        with transaction.atomic():
            for one in due:
                queue.defer(queue.LOOK_AHEAD, watch_id=one.id, day=on.isoformat())
        begun, after = begun + len(due), due[-1].id
    return begun


def look(*, watch_id: int, at: datetime) -> None:
    """Take one look; what follows is an endorsement, a message, or another day to look on."""
    watch = watches.watch(watch_id)
    if watch is None or watch.look_on > at.date():
        return
    if watch.business is Business.FIRST_ISSUE:
        _look_for_first_issue(watch, at)
    else:
        _look_for_endorsement(watch, at)


def _look_for_first_issue(watch: WatchView, at: datetime) -> None:
    person_id = watch.person_id
    permit = permits.permit_of(person_id, at.date())
    held = permit is not None and permit.status.state is not PermitState.CANCELLED
    if held or cases.live_case(person_id, watch.business) is not None:
        proactive.end_watch(person_id=person_id, business=watch.business)
        return
    facts, _ = _ask(person_id, permit, at)
    decision = evaluate(watch.business, facts, on=at.date())
    _look_noted(person_id, decision.outcome, at)
    if decision.outcome is Outcome.APPROVED:
        _tell_may_apply(watch, at)
    else:
        _look_again(watch, decision, at)


@transaction.atomic
def _tell_may_apply(watch: WatchView, at: datetime) -> None:
    notices.write(
        person_id=watch.person_id,
        occasion=Occasion.MAY_APPLY_NOW,
        subject=f"{watch.business}:{at.date()}",
        values={},
        phone=people.person(watch.person_id).phone,
        at=at,
    )
    proactive.end_watch(person_id=watch.person_id, business=watch.business)


def _look_for_endorsement(watch: WatchView, at: datetime) -> None:
    person_id = watch.person_id
    permit = permits.permit_of(person_id, at.date())
    state = None if permit is None else permit.status.state
    asked_to = watches.consent_of(person_id) is not None
    if permit is None or state in (PermitState.CANCELLED, PermitState.SUSPENDED):
        # A late endorsement begins a new continuous stay: that is for the holder to decide.
        proactive.end_watch(person_id=person_id, business=watch.business)
        return
    if state is PermitState.VALID:
        _move(watch, permit.status.window_opens)
        return
    if cases.live_case(person_id, watch.business) is not None:
        _move(watch, at.date() + ONE_DAY)
        return
    facts, answers = _ask(person_id, permit, at)
    decision = evaluate(watch.business, facts, on=at.date())
    last_day = permit.status.window_closes
    if asked_to and (decision.outcome is Outcome.APPROVED or at.date() == last_day):
        # On the last day it is asked for in any case: a silent or mistaken register then costs no
        # day, because the case keeps its acceptance day and is looked at again.
        _endorse(watch, permit, facts, answers, at)
        return
    _look_noted(person_id, decision.outcome, at)
    if decision.outcome is Outcome.APPROVED:
        _tell_may_apply(watch, at)
        return
    if decision.outcome is Outcome.REFUSED:
        _tell_not_yet(watch, permit, at)
    _look_again(watch, decision, at, last_day=last_day)


def _endorse(
    watch: WatchView, permit: PermitView, facts: Facts, answers: list[Answer], at: datetime
) -> None:
    """Accept and decide as if the holder had asked; the answers are those just given."""
    application = Application(
        business=watch.business,
        key=f"auto:{permit.number}:{permit.status.window_opens}",
        phone=people.person(watch.person_id).phone or "",
        channel=Channel.PROACTIVE,
    )
    accepted = case_services.accept(person_id=watch.person_id, application=application, at=at)
    if isinstance(accepted, Accepted) and accepted.fresh:
        case_services.decide(number=accepted.number, facts=facts, answers=answers, at=at)
    else:  # taken back in this window, or asked for by hand a moment ago
        _move(watch, permit.status.suspended_from)


@transaction.atomic
def _tell_not_yet(watch: WatchView, permit: PermitView, at: datetime) -> None:
    through = permit.status.valid_through.isoformat()
    notices.write_once(
        person_id=watch.person_id,
        occasion=Occasion.NOT_ENDORSED_YET,
        subject=f"{permit.number}:{through}",
        values={"valid_through": through},
        phone=people.person(watch.person_id).phone,
        at=at,
    )


def _look_again(
    watch: WatchView, decision: Decision, at: datetime, *, last_day: date = date.max
) -> None:
    """Look again when the conditions should hold, the next day while somebody is silent."""
    tomorrow = at.date() + ONE_DAY
    if decision.outcome is Outcome.UNKNOWN:
        _move(watch, tomorrow)
        return
    following = decision.earliest_day or at.date() + NOTHING_IN_SIGHT
    _move(watch, max(tomorrow, min(following, last_day)))


def _move(watch: WatchView, day: date) -> None:
    proactive.watch(person_id=watch.person_id, business=watch.business, look_on=day)


def _ask(person_id: int, permit: PermitView | None, at: datetime) -> tuple[Facts, list[Answer]]:
    person = people.person(person_id)
    answers = wiring.departments().ask(
        id_number=person.id_number, name=person.name, sources=SOURCES, at=at
    )
    facts = facts_from(answers, id_number=person.id_number, name=person.name)
    if permit is not None:
        facts = replace(facts, permit=permit.actions)
    return facts, [*answers.values()]


def _look_noted(person_id: int, outcome: Outcome, at: datetime) -> None:
    audit.record(
        person_id=person_id,
        actor="system:precheck",
        purpose=Purpose.FORECAST,
        at=at,
        fields=SOURCES,
        note=outcome,
    )
