"""Reading the review queue: what waits, until when, in whose hands, on what evidence."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from juzhu.domain.facts import Facts
from juzhu.domain.vocabulary import Business, Outcome, Source
from juzhu.domain.wire import facts_from_json
from juzhu.modules.cases import queries, rulings
from juzhu.modules.cases.contracts import (
    CaseState,
    CaseView,
    Proposal,
    ReviewItem,
    Ruling,
    RulingReason,
)
from juzhu.modules.cases.deadlines import answer_by, issue_by
from juzhu.modules.cases.models import Case, Claim, Decision, ProposedRuling
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.cases.reviews import CLAIM_TIME
from juzhu.modules.evidence import queries as evidence
from juzhu.modules.lives import asked
from juzhu.modules.vault.ring import ring
from juzhu.modules.workdays import working_days_between
from juzhu.ports.clock import SHENZHEN

SOON_WORKING_DAYS = 2
"""With so few working days left a case is marked before its limit runs out."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits: all, those soon due, those past their day."""

    waiting: int
    soon: int
    over: int


def waiting(*, at: datetime, limit: int = 200) -> list[ReviewItem]:
    """Return what waits for an officer, the nearest limit first, then the oldest."""
    rows = queries.to_review().select_related("permit").order_by("accepted_at", "pk")[:limit]
    items = [_item(row, at) for row in rows]
    return sorted(items, key=lambda item: (item.due, item.case.accepted_at))


def load(on: date) -> Load:
    """Return how much waits, for the menu: cases, and cancellations that nobody asked for."""
    waiting_since = Counter(
        _from(accepted_on, asked_at)
        for accepted_on, asked_at in queries.to_review().values_list(
            "accepted_on", "review_asked_at"
        )
    )
    due = asked.due()
    for day, n in waiting_since.items():
        due[answer_by(day)] += n
    lefts = {day: working_days_between(on, day) for day in due}
    soon = sum(n for day, n in due.items() if 0 <= lefts[day] <= SOON_WORKING_DAYS)
    over = sum(n for day, n in due.items() if lefts[day] < 0)
    return Load(due.total(), soon, over)


def oldest() -> datetime | None:
    """Return when the case that has waited longest came, None when nothing waits."""
    return queries.to_review().order_by("accepted_at").values_list("accepted_at", flat=True).first()


def item(number: str, *, at: datetime) -> ReviewItem:
    """Return one case before the officers; raise CaseNotFoundError for any other."""
    row = queries.to_review().select_related("permit").filter(number=number).first()
    if row is None:
        raise CaseNotFoundError(number)
    return _item(row, at)


def facts_of(number: str) -> Facts:
    """Return the facts that the latest decision rests on."""
    row = Decision.objects.filter(case__number=number).order_by("-attempt").first()
    if row is None:
        raise CaseNotFoundError(number)
    return facts_from_json(ring().open_bytes(bytes(row.facts), label="cases_decision.facts"))


def said(number: str) -> Mapping[Source, Any]:
    """Return what each department answered, as received: the content of its JSON, None if silent.

    Whoever calls it writes the look into the ledger first.
    """
    case = Case.objects.get(number=number)
    latest = Decision.objects.filter(case=case).order_by("-attempt").defer("facts").first()
    attempt = (latest.evidence_attempt if latest else None) or case.attempts
    found: dict[Source, Any] = {}
    for answer in evidence.answers(case_id=case.pk, attempt=attempt):
        body = evidence.body(case_id=case.pk, attempt=attempt, source=answer.source)
        found[answer.source] = _content(body)
    return found


def sampled(*, since: datetime, limit: int = 50) -> list[CaseView]:
    """Return automatic approvals drawn for a second look and not looked at yet, oldest first."""
    rows = Case.objects.filter(
        sampled=True,
        state=CaseState.APPROVED,
        closed_at__gte=since,
        second_look__isnull=True,
        reviewed_at__isnull=True,
    )
    return _views(rows.order_by("closed_at"), limit)


def drawn(number: str) -> CaseView:
    """Return a sampled approval that waits for its second look; raise CaseNotFoundError."""
    rows = Case.objects.filter(number=number, sampled=True, second_look__isnull=True)
    found = _views(rows, 1)
    if not found:
        raise CaseNotFoundError(number)
    return found[0]


def _views(rows: "QuerySet[Case]", limit: int) -> list[CaseView]:
    return [queries.case_of(row.person_id, row.number) for row in rows[:limit]]


def _content(body: bytes) -> Any:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document.get("content", document) if isinstance(document, dict) else document


def _from(accepted_on: date, asked_at: datetime | None) -> date:
    """Return the day from which the limit for an answer runs."""
    return asked_at.astimezone(SHENZHEN).date() if asked_at else accepted_on


def _item(row: Case, at: datetime) -> ReviewItem:
    asked = row.state == CaseState.REFUSED
    due = answer_by(_from(row.accepted_on, row.review_asked_at if asked else None))
    claim = Claim.objects.filter(case=row, at__gt=at - CLAIM_TIME).first()
    return ReviewItem(
        case=queries.case_of(row.person_id, row.number),
        asked=asked,
        due=due,
        issue_by=None if asked else issue_by(row.accepted_on),
        days_left=working_days_between(at.date(), due),
        claimed_by=claim.username if claim else "",
        claimed_at=claim.at if claim else None,
        proposal=_proposal(row),
    )


def _proposal(row: Case) -> Proposal | None:
    found = ProposedRuling.objects.filter(case=row, answered_at__isnull=True).first()
    if found is None:
        return None
    ruling = Ruling(
        outcome=Outcome(found.outcome),
        reason=RulingReason(found.reason),
        words=found.words,
        citation=rulings.citation(Business(row.business)),
        by=found.username,
    )
    return Proposal(ruling=ruling, at=found.at)
