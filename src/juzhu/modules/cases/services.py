"""Commands on cases: accept, decide, withdraw, ask for a review, ask for a reminder.

Each is one transaction with its whole effect. A case row is locked before a permit row, always.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Condition, Decision
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.vocabulary import Business, Outcome, PermitState
from juzhu.domain.wire import canonical, decision_document, facts_to_json
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases.contracts import LIVE, Application, CaseState
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.cases.models import Case
from juzhu.modules.cases.models import Decision as DecisionRow
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.evidence import services as evidence
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import services as people
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.vault.ring import ring
from juzhu.ports.departments import Answer, AnswerStatus, HukouEntry

PREFIX: Final = {Business.FIRST_ISSUE: "SL", Business.ENDORSEMENT: "QZ"}
FIRST_RESCUE_SECONDS: Final = 10
"""A case whose web process died between acceptance and decision is taken up after this long."""
STILL_THERE: Final = timedelta(minutes=10)
"""Whoever applied less than this ago still waits for the answer, also at night."""
BACK_OFF_SECONDS: Final = (30, 60, 120, 300)
"""Waiting times between attempts; the last one repeats ("每 5 分钟自动再试")."""


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
    agent = application.agent
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
    )
    if application.business is Business.ENDORSEMENT:
        permit = permit_queries.permit_of(person_id, case.accepted_on)
        if permit is not None and permit.status.state is PermitState.SUSPENDED:
            _hold(case, permit, at)
    people.reserve_phone(person_id=person_id, phone=application.phone)
    queue.defer(queue.PURSUE_CASE, after_seconds=FIRST_RESCUE_SECONDS, number=number, attempts=0)
    return number


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
    case.attempts += 1
    permit = permit_queries.permit_of(case.person_id, case.accepted_on)
    if permit is not None:
        facts = replace(facts, permit=permit.actions)
    decision = evaluate(Business(case.business), facts, on=case.accepted_on)
    evidence.keep(case_id=case.pk, attempt=case.attempts, answers=answers)
    _keep_decision(case, decision, facts, answers, at)
    audit.record(
        person_id=case.person_id,
        actor="system:decision",
        purpose=Purpose.DECIDE,
        at=at,
        fields=[answer.source for answer in answers],
        occasion=case.number,
        note=decision.outcome,
    )
    if decision.outcome is Outcome.APPROVED:
        _approve(case, permit, at)
    elif decision.outcome is Outcome.UNKNOWN:
        _wait(case, permit, answers, at)
    elif permit is not None and _hukou_obtained(case, decision):
        _end_by_hukou(case, permit, answers, at)
    else:
        _refuse(case, permit, at)


def _keep_decision(
    case: Case, decision: Decision, facts: Facts, answers: Collection[Answer], at: datetime
) -> None:
    facts_bytes = facts_to_json(facts)
    result: dict[str, Any] = dict(decision_document(decision))  # Any: a JSON document
    receipts = [[answer.source, answer.status, answer.receipt] for answer in answers]
    parts = (facts_bytes, json.dumps(receipts).encode(), canonical(result))
    DecisionRow.objects.create(
        case=case,
        attempt=case.attempts,
        decided_at=at,
        outcome=decision.outcome,
        route=decision.route or "",
        ruleset=decision.ruleset,
        findings=[
            shown | {"kind": finding.kind}
            for shown, finding in zip(result["findings"], decision.findings, strict=True)
        ],
        earliest_day=decision.earliest_day,
        facts=ring().seal_bytes(facts_bytes, label="cases_decision.facts"),
        digest=hashlib.sha256(b"\0".join(parts)).digest(),
    )


def _approve(case: Case, permit: PermitView | None, at: datetime) -> None:
    if case.business == Business.FIRST_ISSUE:
        # Approval is effect: the permit is in force from today, judged as of the acceptance day.
        granted = permits.issue(person_id=case.person_id, on=at.date(), at=at, occasion=case.number)
        occasion, values = Occasion.ISSUED, {"on": at.date().isoformat()}
    else:
        assert permit is not None, "the law endorses only an existing permit"
        granted = permits.act(
            permit_id=permit.id,
            kind=ActionKind.ENDORSED,
            on=case.accepted_on,
            at=at,
            occasion=case.number,
        )
        occasion, values = Occasion.ENDORSED, {}
    case.permit_id = granted.id
    _close(case, CaseState.APPROVED, at)
    status = granted.status
    values |= {
        "valid_through": status.valid_through.isoformat(),
        "window_opens": status.window_opens.isoformat(),
    }
    _tell(case, occasion, at, **values)


def _refuse(case: Case, permit: PermitView | None, at: datetime) -> None:
    _release(case, permit, at)
    _close(case, CaseState.REFUSED, at)
    _tell(case, Occasion.REFUSED, at)


def _hukou_obtained(case: Case, decision: Decision) -> bool:
    return case.business == Business.ENDORSEMENT and any(
        finding.condition is Condition.NOT_SHENZHEN_HUKOU and finding.met is False
        for finding in decision.findings
    )


def _end_by_hukou(
    case: Case, permit: PermitView, answers: Collection[Answer], at: datetime
) -> None:
    """End the case and cancel the permit from the day of the hukou (条例 第二十七条第二项)."""
    since = next(
        (answer.entry.since for answer in answers if isinstance(answer.entry, HukouEntry)), None
    )
    cancelled_on = max(since or case.accepted_on, permit.status.issued_on)
    _release(case, permit, at)
    if permit.status.state is not PermitState.CANCELLED:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CANCELLED,
            on=cancelled_on,
            at=at,
            occasion=case.number,
            reason=CancelReason.SHENZHEN_HUKOU,
        )
    _close(case, CaseState.ENDED, at)
    _tell(case, Occasion.CANCELLED, at, cancelled_on=cancelled_on.isoformat())


def _wait(case: Case, permit: PermitView | None, answers: Collection[Answer], at: datetime) -> None:
    """Keep the case: ask again while a department is silent, else put it before an officer."""
    if permit is not None and case.business == Business.ENDORSEMENT:
        _hold(case, permit, at)
    if all(answer.status is AnswerStatus.ANSWERED for answer in answers):
        case.state, case.next_try_at = CaseState.IN_REVIEW, None
        case.save(update_fields=("state", "next_try_at", "attempts"))
        _tell(case, Occasion.IN_REVIEW, at, answer_by=answer_by(case.accepted_on).isoformat())
        return
    first = case.state == CaseState.ACCEPTED
    pause = BACK_OFF_SECONDS[min(case.attempts, len(BACK_OFF_SECONDS)) - 1]
    case.state = CaseState.WAITING
    case.next_try_at = at + timedelta(seconds=pause)
    case.save(update_fields=("state", "next_try_at", "attempts"))
    queue.defer(queue.PURSUE_CASE, after_seconds=pause, number=case.number, attempts=case.attempts)
    if first:
        _tell(case, Occasion.WAITING, at)


def _hold(case: Case, permit: PermitView, at: datetime) -> None:
    """Keep the permit from the two-year cancellation while the case is open."""
    if not permit.status.case_open and permit.status.state is not PermitState.CANCELLED:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CASE_OPENED,
            on=case.accepted_on,
            at=at,
            occasion=case.number,
        )


def _release(case: Case, permit: PermitView | None, at: datetime) -> None:
    if permit is not None and permit.status.case_open and case.business == Business.ENDORSEMENT:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CASE_CLOSED,
            on=at.date(),
            at=at,
            occasion=case.number,
        )


def _close(case: Case, state: CaseState, at: datetime) -> None:
    case.state, case.closed_at, case.next_try_at = state, at, None
    case.save(update_fields=("state", "closed_at", "next_try_at", "permit", "attempts"))


def _tell(case: Case, occasion: Occasion, at: datetime, **values: str) -> None:
    notices.write(
        person_id=case.person_id,
        occasion=occasion,
        subject=case.number,
        values={"number": case.number, **values},
        phone=case.phone,
        at=at,
        case_number=case.number,
        at_screen=at - case.accepted_at <= STILL_THERE,
    )


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
    _release(case, permit_queries.permit_of(person_id, at.date()), at)
    _close(case, CaseState.WITHDRAWN, at)
    _tell(case, Occasion.WITHDRAWN, at)


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
    _tell(case, Occasion.IN_REVIEW, at, answer_by=answer_by(at.date()).isoformat())


@transaction.atomic
def remind(*, person_id: int, number: str, at: datetime) -> None:
    """Schedule one SMS for the earliest day a refusal named; without such a day, do nothing.

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
    notices.write(
        person_id=person_id,
        occasion=Occasion.MAY_APPLY_NOW,
        subject=case.number,
        values={},
        phone=case.phone,
        at=at,
        case_number=case.number,
        due_on=case.remind_on,
    )
