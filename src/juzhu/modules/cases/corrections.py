"""Deciding a refused case anew because a department's data came late or were corrected.

Where nothing of the past changes, and all that is new is what is posted late as a matter of course,
the machine grants. Anything else takes two officers: it changes a given decision.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Decision
from juzhu.domain.permit import PermitHistoryError
from juzhu.domain.repair import changes_past, endorsing_act, only_posted_late
from juzhu.domain.vocabulary import Business, Outcome, PermitState
from juzhu.domain.wire import facts_from_json
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import effects, rechecks
from juzhu.modules.cases.contracts import LIVE, CaseState
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.cases.models import Case
from juzhu.modules.cases.models import Decision as DecisionRow
from juzhu.modules.evidence import services as evidence
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.vault.ring import ring
from juzhu.ports.departments import Answer


class Weighed(StrEnum):
    """What came of asking again."""

    SAME = "same"  # it is refused as before
    GRANTED = "granted"
    TO_OFFICERS = "to_officers"
    OVER = "over"  # there is nothing to put right any more
    LATER = "later"  # another application is under way


@transaction.atomic
def settle(*, number: str, at: datetime) -> Weighed | None:
    """Say what makes asking needless, and act on it; None when the departments are to be asked."""
    return _needless(Case.objects.select_for_update(of=("self",)).get(number=number), at)


def _needless(case: Case, at: datetime) -> Weighed | None:
    if case.state != CaseState.REFUSED or case.reviewed_at or case.corrected_at:
        rechecks.end(case)
        return Weighed.OVER
    if case.business == Business.FIRST_ISSUE:
        present = permit_queries.permit_of(case.person_id, at.date())
        if present is not None and present.status.state is not PermitState.CANCELLED:
            rechecks.end(case)
            return Weighed.OVER
    rivals = Case.objects.filter(person_id=case.person_id, business=case.business, state__in=LIVE)
    if rivals.exists():
        rechecks.move(case, at.date())
        return Weighed.LATER
    return None


@transaction.atomic
def weigh(*, number: str, facts: Facts, answers: Collection[Answer], at: datetime) -> Weighed:
    """Look at a refused case once more with what the departments say now, as of its acceptance day.

    Args:
        number: acceptance number.
        facts: built from `answers`; the permit is filled in here, under the lock.
        answers: what each department answered, whole, silences included.
        at: now.

    """
    case = Case.objects.select_for_update(of=("self",)).get(number=number)
    permit = permit_queries.permit_of(case.person_id, case.accepted_on)
    if permit is not None:
        facts = replace(facts, permit=permit.actions)
    decision = evaluate(Business(case.business), facts, on=case.accepted_on)
    _look_noted(case, answers, decision, at)
    needless = _needless(case, at)
    if needless is not None:
        return needless
    if decision.outcome is not Outcome.APPROVED:
        rechecks.move(case, at.date())
        return Weighed.SAME
    rechecks.end(case)
    if case.business == Business.ENDORSEMENT and not _mendable(case, permit):
        return Weighed.OVER
    return _put_right(case, permit, facts, decision, answers, at)


def _put_right(
    case: Case,
    permit: PermitView | None,
    facts: Facts,
    decision: Decision,
    answers: Collection[Answer],
    at: datetime,
) -> Weighed:
    by_itself = only_posted_late(_facts_then(case), facts, case.accepted_on)
    if permit is not None and case.business == Business.ENDORSEMENT:
        act = endorsing_act(permit.actions, case.accepted_on)
        by_itself = by_itself and act is not None
        by_itself = (
            by_itself and act is not None and not changes_past(permit.actions, act, at.date())
        )
    case.attempts += 1
    case.corrected_at = at
    evidence.keep(case_id=case.pk, attempt=case.attempts, answers=answers)
    effects.keep_decision(case, decision, facts, answers, at)
    if by_itself and _granted(case, permit, at):
        return Weighed.GRANTED
    case.review_asked_at = case.review_asked_at or at
    case.save(update_fields=("attempts", "corrected_at", "review_asked_at"))
    effects.tell(
        case,
        Occasion.BEING_CORRECTED,
        at,
        answer_by=answer_by(case.review_asked_at.astimezone(at.tzinfo).date()).isoformat(),
    )
    return Weighed.TO_OFFICERS


def _granted(case: Case, permit: PermitView | None, at: datetime) -> bool:
    try:
        with transaction.atomic():
            effects.approve(case, permit, at)
    except (ValueError, IntegrityError):  # the register refuses: an officer looks
        case.state, case.permit_id = CaseState.REFUSED, None
        return False
    return True


def _mendable(case: Case, permit: PermitView | None) -> bool:
    """Say whether endorsing as of then would change anything for the person."""
    try:
        return permit is not None and endorsing_act(permit.actions, case.accepted_on) is not None
    except PermitHistoryError:
        return False


def _facts_then(case: Case) -> Facts:
    row = DecisionRow.objects.filter(case=case).latest("attempt")
    return facts_from_json(ring().open_bytes(bytes(row.facts), label="cases_decision.facts"))


def _look_noted(case: Case, answers: Collection[Answer], decision: Decision, at: datetime) -> None:
    audit.record(
        person_id=case.person_id,
        actor="system:decision",
        purpose=Purpose.DECIDE,
        at=at,
        fields=[answer.source for answer in answers],
        occasion=case.number,
        note=decision.outcome,
    )
