"""Reading cases."""

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from juzhu.domain.card import CardGround
from juzhu.domain.findings import Condition, Finding, Unit
from juzhu.domain.vocabulary import Business, Insurance, Outcome, Route, Source
from juzhu.modules.cases import rulings
from juzhu.modules.cases.contracts import (
    LIVE,
    CardDelivery,
    CaseState,
    CaseView,
    Channel,
    Ruling,
    RulingReason,
)
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.cases.models import Case, Decision
from juzhu.modules.evidence import queries as evidence
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.permits.queries import has_earlier_permit
from juzhu.ports.departments import AnswerStatus

UNDO_DAYS: Final = timedelta(days=7)
"""How long an endorsement made without asking can be taken back."""


class CaseNotFoundError(LookupError):
    """This person has no case of this number."""


def case_of(person_id: int, number: str) -> CaseView:
    """Return the person's own case; raise CaseNotFoundError for anybody else's."""
    row = Case.objects.select_related("permit").filter(number=number, person_id=person_id).first()
    if row is None:
        raise CaseNotFoundError(number)
    return _view(row)


def cases_of(person_id: int, limit: int = 50) -> list[CaseView]:
    """Return the person's cases, newest first."""
    rows = Case.objects.select_related("permit").filter(person_id=person_id).order_by("-pk")
    return [_view(row) for row in rows[:limit]]


def live_case(person_id: int, business: Business) -> CaseView | None:
    """Return the person's live case of this business, if there is one."""
    row = (
        Case.objects.select_related("permit")
        .filter(person_id=person_id, business=business, state__in=LIVE)
        .first()
    )
    return None if row is None else _view(row)


def with_live_case(person_ids: Collection[int], business: Business) -> set[int]:
    """Return which of these persons have a live case of this business."""
    rows = Case.objects.filter(person_id__in=person_ids, business=business, state__in=LIVE)
    return set(rows.values_list("person_id", flat=True))


def still_waiting(numbers: Collection[str]) -> set[str]:
    """Return which of these cases still wait for a silent department."""
    rows = Case.objects.filter(number__in=numbers, state=CaseState.WAITING)
    return set(rows.values_list("number", flat=True))


def to_pursue(number: str) -> tuple[int, int, str] | None:
    """Return (person, attempts so far, business) of a case the machine may decide, else None."""
    return (
        Case.objects.filter(number=number, state__in=(CaseState.ACCEPTED, CaseState.WAITING))
        .values_list("person_id", "attempts", "business")
        .first()
    )


def review_queue(limit: int = 100) -> list[CaseView]:
    """Return what waits for an officer, oldest first: undecidable cases and asked reviews."""
    rows = to_review().select_related("permit").order_by("accepted_at", "pk")[:limit]
    return [_view(row) for row in rows]


def to_review() -> "QuerySet[Case]":
    """Return the cases before the officers, for this module's own use."""
    return Case.objects.filter(
        Q(state=CaseState.IN_REVIEW)
        | Q(state=CaseState.REFUSED, review_asked_at__isnull=False, reviewed_at__isnull=True)
    )


def open_of(officer: str, limit: int = 50) -> list[CaseView]:
    """Return the live cases that an officer accepted for people, oldest first."""
    rows = Case.objects.select_related("permit").filter(officer=officer, state__in=LIVE)
    return [_view(row) for row in rows.order_by("accepted_at")[:limit]]


def wanted_no_card(permit_id: int) -> bool:
    """Say whether the permit was issued here to somebody who wanted no card then."""
    return Case.objects.filter(
        permit_id=permit_id,
        business=Business.FIRST_ISSUE,
        state=CaseState.APPROVED,
        delivery=CardDelivery.NONE,
    ).exists()


def charged_as(person_id: int, permit_id: int, ground: CardGround) -> CardGround:
    """Return as what a card is charged: the first card of a re-application is not free.

    Somebody issued a permit here after an earlier one of theirs had applied again (再次申领).
    """
    if ground is not CardGround.FIRST:
        return ground
    again = has_earlier_permit(person_id, permit_id)
    return CardGround.REAPPLIED if again else CardGround.FIRST


def id_of(number: str) -> int | None:
    """Return our own number of a case, which its payment order goes by."""
    return Case.objects.filter(number=number).values_list("pk", flat=True).first()


def owner_of(number: str) -> int | None:
    """Return whose case has this acceptance number, None when there is none."""
    return Case.objects.filter(number=number).values_list("person_id", flat=True).first()


def _view(row: Case) -> CaseView:
    latest = Decision.objects.filter(case=row).order_by("-attempt").defer("facts").first()
    attempt = (latest.evidence_attempt if latest else None) or row.attempts
    answers = evidence.answers(case_id=row.pk, attempt=attempt) if attempt else ()
    took = row.closed_at - row.accepted_at if row.closed_at else None
    return CaseView(
        number=row.number,
        person_id=row.person_id,
        business=Business(row.business),
        state=CaseState(row.state),
        accepted_at=row.accepted_at,
        accepted_on=row.accepted_on,
        decided_at=row.closed_at,
        took_ms=None if took is None else round(took.total_seconds() * 1000),
        route=Route(latest.route) if latest and latest.route else None,
        findings=tuple(map(_finding, latest.findings)) if latest else (),
        earliest_day=latest.earliest_day if latest else None,
        answers=answers,
        silent=tuple(a.source for a in answers if a.status is not AnswerStatus.ANSWERED),
        next_try_at=row.next_try_at,
        answer_by=answer_by(row.accepted_on),
        phone_tail=row.phone[-4:],
        delivery=CardDelivery(row.delivery),
        point=row.point,
        agent_name=json.loads(row.agent)["name"] if row.agent else "",
        permit_number=row.permit.number if row.permit else "",
        review_asked_at=row.review_asked_at,
        remind_on=row.remind_on,
        reviewed_at=row.reviewed_at,
        corrected_at=row.corrected_at,
        officer=row.officer,
        helper=mandates.helper_name(row.mandate_id) if row.mandate_id else "",
        ruling=_ruling(row, latest) if latest and latest.reason else None,
        channel=Channel(row.channel),
        ground=CardGround(row.ground) if row.ground else None,
        undo_by=undo_by(row),
    )


def _ruling(row: Case, decision: Decision) -> Ruling:
    reason = RulingReason(decision.reason)
    return Ruling(
        outcome=Outcome(decision.outcome),
        reason=reason,
        words=decision.words or "",
        citation=rulings.citation(Business(row.business)),
        by=decision.decided_by,
        second_by=decision.second_by,
    )


def undo_by(row: Case) -> date | None:
    """Return the last day on which an endorsement made without asking can be taken back."""
    if row.channel != Channel.PROACTIVE or row.state != CaseState.APPROVED or not row.closed_at:
        return None
    return localtime(row.closed_at).date() + UNDO_DAYS


def _finding(raw: dict[str, Any]) -> Finding:
    """Read a finding back from the decision record's JSON."""
    day, unit = raw["passes_on"], raw["unit"]
    return Finding(
        condition=Condition(raw["condition"]),
        met=raw["met"],
        needed=raw["needed"],
        found=raw["found"],
        unit=Unit(unit) if unit else None,
        source=Source(raw["source"]),
        citation=raw["citation"],
        passes_on=date.fromisoformat(day) if day else None,
        kind=Insurance(raw["kind"]) if raw["kind"] else None,
    )
