"""Commands on cases: accept, decide, withdraw, ask for a review, ask for a reminder.

Each is one transaction with its whole effect. A case row is locked before a permit row, always.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, connection, transaction

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Decision
from juzhu.domain.permit import ActionKind
from juzhu.domain.vocabulary import Business, Outcome, PermitState
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import effects, rechecks
from juzhu.modules.cases.contracts import LIVE, Application, CaseState
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.cases.models import Case
from juzhu.modules.cases.models import Decision as DecisionRow
from juzhu.modules.cases.queries import CaseNotFoundError, undo_by
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.evidence import services as evidence
from juzhu.modules.mandates import services as mandates
from juzhu.modules.mandates.contracts import NotMandatedError, Task
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import services as payments
from juzhu.modules.people import queries as people_queries
from juzhu.modules.people import services as people
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.proactive import services as proactive
from juzhu.modules.vault.ring import ring
from juzhu.ports.departments import Answer

SAMPLE_ONE_IN: Final = 200
"""One automatic approval in so many gets a second look by an officer."""
PREFIX: Final = {
    Business.FIRST_ISSUE: "SL",
    Business.ENDORSEMENT: "QZ",
    Business.REISSUE: "BL",
    Business.REPLACEMENT: "HL",
}
FIRST_RESCUE_SECONDS: Final = 10
"""A case whose web process died between acceptance and decision is taken up after this long."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The case exists under this acceptance number; `fresh` is False for a repeated key."""

    number: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class LiveCaseExists:
    """The person has a live case of this business; nothing was written."""

    number: str


def accept(*, person_id: int, application: Application, at: datetime) -> Accepted | LiveCaseExists:
    """Accept an application (受理): its number and day are on disk before anything is asked.

    The same idempotency key gives the same case again; a second live case of one business is
    refused by the database and answered with the first one's number.
    """
    try:
        return Accepted(_insert(person_id, application, at), fresh=True)
    except IntegrityError:
        repeated = Case.objects.filter(person_id=person_id, key=application.key).first()
        if repeated is not None:
            return Accepted(repeated.number, fresh=False)
        live = Case.objects.filter(
            person_id=person_id, business=application.business, state__in=LIVE
        ).first()
        if live is None:
            raise
        return LiveCaseExists(live.number)


@transaction.atomic
def _insert(person_id: int, application: Application, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number_seq')")
        serial = cursor.fetchone()[0]
    number = f"{PREFIX[application.business]}{at:%Y%m%d}{serial:06d}"
    agent, hand = application.agent, application.hand
    case = Case.objects.create(
        number=number,
        person_id=person_id,
        business=application.business,
        channel=application.channel,
        key=application.key,
        state=CaseState.ACCEPTED,
        accepted_at=at,
        accepted_on=at.date(),
        phone=application.phone,
        delivery=application.delivery,
        point=application.point,
        agent=json.dumps(asdict(agent), ensure_ascii=False) if agent else None,
        officer=hand.username if hand else "",
        identified=hand.identified if hand else "",
        mandate_id=application.mandate_id,
        ground=application.ground or "",
    )
    if application.mandate_id is not None:
        _note_helper(case, application, application.mandate_id, at)
    if hand is not None:
        _note_hand(case, hand, at)
    if application.business is Business.ENDORSEMENT:
        permit = permit_queries.permit_of(person_id, case.accepted_on)
        if permit is not None and permit.status.state is PermitState.SUSPENDED:
            effects.hold(case, permit, at)
    if people_queries.person(person_id).good_phone is None:  # another is proven by a code first
        people.reserve_phone(person_id=person_id, phone=application.phone)
    queue.defer(queue.PURSUE_CASE, after_seconds=FIRST_RESCUE_SECONDS, number=number, attempts=0)
    return number


def _note_helper(case: Case, application: Application, mandate_id: int, at: datetime) -> None:
    """Note the act under the mandate; what a mandate never covers is refused."""
    phone = people_queries.person(case.person_id).good_phone
    if application.agent is not None or application.phone != phone:
        raise NotMandatedError("agent or phone")
    task = Task.ENDORSE if case.business == Business.ENDORSEMENT else Task.APPLY
    mandates.use(
        mandate_id=mandate_id, holder_id=case.person_id, task=task, occasion=case.number, at=at
    )


def _note_hand(case: Case, hand: Hand, at: datetime) -> None:
    """Write both identities down: the officer who acted, and the person acted for."""
    endorsed = case.business == Business.ENDORSEMENT
    kind = ActKind.ENDORSED if endorsed else ActKind.APPLIED
    desk.note(hand=hand, kind=kind, person_id=case.person_id, at=at, occasion=case.number)
    audit.record(
        person_id=case.person_id,
        actor=hand.actor,
        purpose=hand.purpose,
        at=at,
        occasion=case.number,
        note=kind,
    )


@transaction.atomic
def decide(*, number: str, facts: Facts, answers: Collection[Answer], at: datetime) -> None:
    """Decide a live case from what the departments answered; one transaction, whole effect.

    The conditions are judged as of the acceptance day. A closed case, or one before an officer,
    is left alone, so that two processes pursuing one case cannot decide it twice.

    Args:
        number: acceptance number.
        facts: built from `answers`; the permit is filled in here, under the lock.
        answers: what each department answered, whole, silences included.
        at: the instant of deciding.

    """
    case = Case.objects.select_for_update(of=("self",)).get(number=number)
    if case.state not in (CaseState.ACCEPTED, CaseState.WAITING):
        return
    permit = permit_queries.permit_of(case.person_id, case.accepted_on)
    decision = _evaluated(case, permit, facts, answers, at)
    if decision.outcome is Outcome.APPROVED:
        case.sampled = is_drawn(case.number)
        effects.approve(case, permit, at)
    elif decision.outcome is Outcome.UNKNOWN:
        effects.wait(case, permit, answers, at)
    elif permit is not None and effects.hukou_obtained(case, decision):
        effects.end_by_hukou(case, permit, answers, at)
    else:
        effects.refuse(case, permit, at)
        rechecks.begin(case, decision, at)


@transaction.atomic
def decide_afresh(*, number: str, facts: Facts, answers: Collection[Answer], at: datetime) -> None:
    """Look again at a case before the officers because a register may have been corrected.

    What is granted now is granted; anything else stays with the officer, on the fresh evidence.
    """
    case = Case.objects.select_for_update(of=("self",)).get(number=number)
    if case.state != CaseState.IN_REVIEW:
        return
    permit = permit_queries.permit_of(case.person_id, case.accepted_on)
    decision = _evaluated(case, permit, facts, answers, at)
    if decision.outcome is Outcome.APPROVED:
        effects.approve(case, permit, at)
    else:
        case.save(update_fields=("attempts",))


def _evaluated(
    case: Case,
    permit: PermitView | None,
    facts: Facts,
    answers: Collection[Answer],
    at: datetime,
) -> Decision:
    """Evaluate the case as of its acceptance day; keep evidence, decision and ledger entry."""
    case.attempts += 1
    if permit is not None:
        facts = replace(facts, permit=permit.actions)
    decision = evaluate(Business(case.business), facts, on=case.accepted_on)
    evidence.keep(case_id=case.pk, attempt=case.attempts, answers=answers)
    effects.keep_decision(case, decision, facts, answers, at)
    audit.record(
        person_id=case.person_id,
        actor="system:decision",
        purpose=Purpose.DECIDE,
        at=at,
        fields=[answer.source for answer in answers],
        occasion=case.number,
        note=decision.outcome,
    )
    return decision


def is_drawn(number: str) -> bool:
    """Say whether an automatic approval is drawn for a second look; nobody can foresee it."""
    return int.from_bytes(ring().digest(number, label="sample")[:4], "big") % SAMPLE_ONE_IN == 0


def _own(person_id: int, number: str) -> Case:
    try:
        return Case.objects.select_for_update(of=("self",)).get(number=number, person_id=person_id)
    except Case.DoesNotExist as error:
        raise CaseNotFoundError(number) from error


@transaction.atomic
def withdraw(*, person_id: int, number: str, at: datetime) -> None:
    """Withdraw a live case; a closed one is left as it is. It leaves no trace on eligibility.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    case = _own(person_id, number)
    if case.state not in LIVE:
        return
    effects.release(case, permit_queries.permit_of(person_id, at.date()), at)
    payments.call_off(case_id=case.pk, at=at)
    effects.close(case, CaseState.WITHDRAWN, at)
    effects.tell(case, Occasion.WITHDRAWN, at)


@transaction.atomic
def ask_review(*, person_id: int, number: str, at: datetime) -> None:
    """Put a refused case before an officer (个人信息保护法 第二十四条); repeating changes nothing.

    The refusal stands until the officer decides anew, and the person may apply again meanwhile.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    case = _own(person_id, number)
    if case.state != CaseState.REFUSED or case.review_asked_at is not None:
        return
    case.review_asked_at = at
    case.save(update_fields=("review_asked_at",))
    effects.tell(case, Occasion.IN_REVIEW, at, answer_by=answer_by(at.date()).isoformat())


@transaction.atomic
def remind(*, person_id: int, number: str, at: datetime) -> None:
    """Have the conditions looked at again on the earliest day a refusal named, if it named one.

    The person is told when they hold then, and only then.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    case = _own(person_id, number)
    latest = DecisionRow.objects.filter(case=case).order_by("-attempt").first()
    if case.state != CaseState.REFUSED or latest is None or case.remind_on is not None:
        return
    if latest.earliest_day is None:
        return
    case.remind_on = max(latest.earliest_day, at.date())
    case.save(update_fields=("remind_on",))
    proactive.watch(person_id=person_id, business=Business(case.business), look_on=case.remind_on)


@transaction.atomic
def undo(*, person_id: int, number: str, at: datetime) -> bool:
    """Take back an endorsement that was made without asking, within seven days; say whether it was.

    The permit is then as if it had not been endorsed, and this window is left to the holder.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    case = _own(person_id, number)
    last_day = undo_by(case)
    if last_day is None or at.date() > last_day:
        return False
    assert case.permit_id is not None, "an approved endorsement names its permit"
    permits.act(
        permit_id=case.permit_id,
        kind=ActionKind.ENDORSEMENT_UNDONE,
        on=at.date(),
        at=at,
        occasion=case.number,
    )
    case.state = CaseState.UNDONE
    case.save(update_fields=("state",))
    effects.tell(case, Occasion.ENDORSEMENT_UNDONE, at)
    return True
