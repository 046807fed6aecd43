"""Commands of the review queue (人工复核): claim, rule, sign a second time, look a second time.

A ruling goes the same way as a machine's decision: one transaction with the decision record, the
permit's action, the message and the ledger. A ruling that changes a given decision alters the past
and takes effect only when another officer signs it, too.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from juzhu.domain.vocabulary import Business, Outcome
from juzhu.domain.wire import Json, canonical
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import effects, rulings
from juzhu.modules.cases.contracts import CaseState, Ruling, RulingReason
from juzhu.modules.cases.models import Case, Claim, ProposedRuling, SecondLook
from juzhu.modules.cases.models import Decision as DecisionRow
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.evidence import queries as evidence
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.vault.ring import ring

CLAIM_TIME: Final = timedelta(minutes=30)
"""A claim lapses when its officer has not ruled by then: a case waits for nobody's return."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """The ruling is in effect."""


@dataclass(frozen=True, slots=True)
class NeedsSecond:
    """The ruling waits for a second signature."""


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else works on it, or nobody claimed it; nothing was written."""

    by: str


@dataclass(frozen=True, slots=True)
class Over:
    """There is nothing to decide any more."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """The register refuses the effect, e.g. the person holds a permit by now."""


Result = Ruled | NeedsSecond | NotYours | Over | Impossible


@transaction.atomic
def claim(*, number: str, username: str, at: datetime) -> str:
    """Take a case up; return whose it is now: the asking officer, or whoever came first.

    Raises:
        CaseNotFoundError: there is no such case to review.

    """
    case = _to_review(number)
    held = Claim.objects.filter(case=case).first()
    if held is None:
        Claim.objects.create(case=case, username=username, at=at)
        return username
    if held.username != username and at - held.at < CLAIM_TIME:
        return held.username
    held.username, held.at = username, at
    held.save(update_fields=("username", "at"))
    return username


def hand_back(*, number: str, username: str) -> None:
    """Put a claimed case back for others; somebody else's claim is left alone."""
    Claim.objects.filter(case__number=number, username=username).delete()


@transaction.atomic
def rule(*, number: str, reason: RulingReason, words: str, hand: Hand, at: datetime) -> Result:
    """Decide a claimed case; one that was decided already needs a second signature to change.

    Args:
        number: acceptance number.
        reason: stands for an outcome (`rulings.OUTCOMES`).
        words: what the person reads.
        hand: the officer.
        at: when.

    """
    try:
        case = _to_review(number)
    except CaseNotFoundError:
        return Over()
    held = Claim.objects.filter(case=case).first()
    if held is None or held.username != hand.username:
        return NotYours(held.username if held else "")
    outcome = rulings.OUTCOMES[reason]
    if case.state == CaseState.REFUSED and outcome is Outcome.APPROVED:
        if ProposedRuling.objects.filter(case=case, answered_at__isnull=True).exists():
            return NeedsSecond()
        ProposedRuling.objects.create(
            case=case, username=hand.username, at=at, outcome=outcome, reason=reason, words=words
        )
        held.delete()
        _note(case, hand, at, "proposed")
        return NeedsSecond()
    return _effect(case, _ruling(case, reason, words, hand.username), hand, at)


@transaction.atomic
def sign(*, number: str, accept: bool, hand: Hand, at: datetime) -> Result:
    """Give or refuse the second signature; whoever proposed cannot give it."""
    try:
        case = _to_review(number)
    except CaseNotFoundError:
        return Over()
    proposed = ProposedRuling.objects.filter(case=case, answered_at__isnull=True).first()
    if proposed is None:
        return Over()
    if proposed.username == hand.username:
        return NotYours(proposed.username)
    proposed.answered_by, proposed.answered_at, proposed.accepted = hand.username, at, accept
    proposed.save(update_fields=("answered_by", "answered_at", "accepted"))
    if not accept:
        _note(case, hand, at, "not_signed")
        return Over()
    ruling = _ruling(case, RulingReason(proposed.reason), proposed.words, proposed.username)
    return _effect(case, replace(ruling, second_by=hand.username), hand, at)


@transaction.atomic
def look_again(*, number: str, in_order: bool, words: str, hand: Hand, at: datetime) -> bool:
    """Note what a second look at a sampled approval found; False when it was looked at before."""
    case = Case.objects.filter(number=number, sampled=True).first()
    if case is None:
        raise CaseNotFoundError(number)
    made = SecondLook.objects.get_or_create(
        case=case,
        defaults={
            "username": hand.username,
            "at": at,
            "in_order": in_order,
            "words": words or None,
        },
    )[1]
    if made:
        _note(case, hand, at, "in_order" if in_order else "not_in_order")
    return made


def _to_review(number: str) -> Case:
    """Lock and return a case before the officers; raise CaseNotFoundError for any other."""
    case = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
    waiting = case is not None and (
        case.state == CaseState.IN_REVIEW
        or (
            case.state == CaseState.REFUSED
            and case.review_asked_at is not None
            and case.reviewed_at is None
        )
    )
    if case is None or not waiting:
        raise CaseNotFoundError(number)
    return case


def _ruling(case: Case, reason: RulingReason, words: str, by: str) -> Ruling:
    return Ruling(
        outcome=rulings.OUTCOMES[reason],
        reason=reason,
        words=words,
        citation=rulings.citation(Business(case.business)),
        by=by,
    )


def _effect(case: Case, ruling: Ruling, hand: Hand, at: datetime) -> Result:
    """Carry a ruling out, whole, or leave everything as it was."""
    try:
        with transaction.atomic():
            _carry_out(case, ruling, hand, at)
    except (ValueError, IntegrityError):  # the register refuses: a permit by now, or cancelled
        return Impossible()
    return Ruled()


def _carry_out(case: Case, ruling: Ruling, hand: Hand, at: datetime) -> None:
    permit = permit_queries.permit_of(case.person_id, case.accepted_on)
    _keep(case, ruling, at)
    _note(case, hand, at, ruling.outcome)
    upheld = case.state == CaseState.REFUSED and ruling.outcome is Outcome.REFUSED
    case.reviewed_at = at
    if ruling.outcome is Outcome.APPROVED:
        effects.approve(case, permit, at)
    elif upheld:
        effects.close(case, CaseState.REFUSED, case.closed_at or at)
        effects.tell(case, Occasion.REFUSED, at, subject=f"{case.number}-review")
    else:
        effects.refuse(case, permit, at)
    Claim.objects.filter(case=case).delete()


def _keep(case: Case, ruling: Ruling, at: datetime) -> None:
    """Write the ruling as a decision of its own: facts, evidence and findings of the last try."""
    latest = DecisionRow.objects.filter(case=case).order_by("-attempt").first()
    assert latest is not None, "a case comes here by a decision"
    row = DecisionRow(
        case=case,
        attempt=latest.attempt + 1,
        decided_at=at,
        outcome=ruling.outcome,
        route=latest.route,
        ruleset=latest.ruleset,
        findings=latest.findings,
        earliest_day=latest.earliest_day if ruling.outcome is Outcome.REFUSED else None,
        facts=latest.facts,
        decided_by=ruling.by,
        second_by=ruling.second_by,
        reason=ruling.reason,
        words=ruling.words,
        evidence_attempt=latest.evidence_attempt or latest.attempt,
    )
    row.digest = digest_of(row)
    row.save()
    case.attempts = row.attempt


def digest_of(row: DecisionRow) -> bytes:
    """Return the digest of a ruling's record: facts, the answers as received, findings, ruling.

    Computed again at any time it must equal the one kept: nothing was changed since.
    """
    facts = ring().open_bytes(bytes(row.facts), label="cases_decision.facts")
    attempt = row.evidence_attempt or row.attempt
    answers = evidence.answers(case_id=row.case_id, attempt=attempt)
    receipts: list[Json] = []
    for answer in answers:
        body = evidence.body(case_id=row.case_id, attempt=attempt, source=answer.source)
        digest = hashlib.sha256(body).hexdigest()
        receipts.append([answer.source.value, answer.status.value, answer.receipt, digest])
    ruling: dict[str, Any] = {  # Any: a JSON document
        "outcome": row.outcome,
        "reason": row.reason,
        "words": row.words,
        "by": row.decided_by,
        "second_by": row.second_by,
        "citation": rulings.citation(Business(row.case.business)),
        "ruleset": row.ruleset,
        "findings": row.findings,
    }
    parts = (facts, json.dumps(receipts).encode(), canonical(ruling))
    return hashlib.sha256(b"\0".join(parts)).digest()


def _note(case: Case, hand: Hand, at: datetime, note: str) -> None:
    """Write the act down, at the desk and in the person's own ledger."""
    desk.note(
        hand=hand,
        kind=ActKind.DECIDED,
        person_id=case.person_id,
        at=at,
        occasion=case.number,
        outcome=note,
    )
    audit.record(
        person_id=case.person_id,
        actor=hand.actor,
        purpose=Purpose.REVIEW,
        at=at,
        occasion=case.number,
        note=note,
    )
