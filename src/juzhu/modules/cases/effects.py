"""What a decision does to permit, case and messages; called while the case is locked."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from juzhu.domain.card import CardGround
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Condition, Decision
from juzhu.domain.permit import Action, ActionKind, CancelReason
from juzhu.domain.repair import endorsing_act
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.domain.wire import canonical, decision_document, facts_to_json
from juzhu.modules import queue
from juzhu.modules.cards import services as cards
from juzhu.modules.cards.contracts import VoidReason
from juzhu.modules.cases import card_orders, queries
from juzhu.modules.cases.contracts import CaseState, Channel
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.cases.models import Case
from juzhu.modules.cases.models import Decision as DecisionRow
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments.contracts import OrderView
from juzhu.modules.payments.refunds import yuan
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.proactive import services as proactive
from juzhu.modules.vault.ring import ring
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.departments import Answer, AnswerStatus, HukouEntry

BACK_OFF_SECONDS: Final = (30, 60, 120, 300)
"""Waiting times between attempts; the last one repeats ("每 5 分钟自动再试")."""
STILL_THERE: Final = timedelta(minutes=10)
"""Whoever applied less than this ago still waits for the answer, also at night."""


def keep_decision(
    case: Case, decision: Decision, facts: Facts, answers: Collection[Answer], at: datetime
) -> None:
    """Write the machine's decision with all it rests on, in one row."""
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


def approve(case: Case, permit: PermitView | None, at: datetime) -> None:
    """Issue or endorse, close the case, tell the person."""
    if case.business in card_orders.BUSINESSES:
        assert permit is not None, "the law makes a card only for an existing permit"
        approve_card(case, permit, at)
        return
    if case.business == Business.FIRST_ISSUE:
        # Approval is effect: the permit is in force from today, judged as of the acceptance day.
        granted = permits.issue(person_id=case.person_id, on=at.date(), at=at, occasion=case.number)
        price = card_orders.after_issue(case, granted, reapplied=permit is not None, at=at)
        occasion, values = Occasion.ISSUED, {"on": at.date().isoformat()}
    else:
        assert permit is not None, "the law endorses only an existing permit"
        granted = _endorse(case, permit, at)
        asked = case.channel != Channel.PROACTIVE
        occasion, values = Occasion.ENDORSED if asked else Occasion.ENDORSED_FOR_YOU, {}
        proactive.endorsed(person_id=case.person_id, window_opens=granted.status.window_opens)
    if case.corrected_at is not None:
        occasion = Occasion.CORRECTED
    case.permit_id = granted.id
    close(case, CaseState.APPROVED, at)
    status = granted.status
    values |= {
        "valid_through": status.valid_through.isoformat(),
        "window_opens": status.window_opens.isoformat(),
    }
    tell(case, occasion, at, **values)
    if case.business == Business.FIRST_ISSUE and price is not None:
        tell_fee(case, price, at)


def _endorse(case: Case, permit: PermitView, at: datetime) -> PermitView:
    """Endorse as of the acceptance day; of a refused case, whatever makes that good by now.

    Raises:
        ValueError: the law does not allow it, or nothing is left to make good.

    """
    act: Action | None = Action(ActionKind.ENDORSED, case.accepted_on)
    if case.state == CaseState.REFUSED:
        act = endorsing_act(permit.actions, case.accepted_on)
    if act is None:
        raise ValueError(f"{case.number}: the permit is endorsed by now")
    return permits.act(
        permit_id=permit.id, kind=act.kind, on=act.on, until=act.until, at=at, occasion=case.number
    )


def approve_card(case: Case, permit: PermitView, at: datetime) -> None:
    """Grant a card: made at once where it is free, else once its fee is paid.

    A card reported lost is void from now on, whoever finds it and whether or not the new one is
    paid for (docs/decisions/0064).
    """
    case.permit_id = permit.id
    if case.ground == CardGround.LOST:
        cards.void_of_permit(permit_id=permit.id, reason=VoidReason.REPORTED_LOST, at=at)
    price = card_orders.charge(
        case, queries.charged_as(case.person_id, permit.id, CardGround(case.ground)), at
    )
    if price is None:
        reissue(case, permit, at)
        return
    case.state, case.next_try_at = CaseState.TO_PAY, None
    case.save(
        update_fields=("state", "next_try_at", "permit", "attempts", "sampled", "reviewed_at")
    )
    tell_fee(case, price, at)


def tell_fee(case: Case, price: OrderView, at: datetime, *, subject: str = "") -> None:
    """Tell what is to be paid, and until when."""
    pay_by = price.pay_by.astimezone(SHENZHEN).date().isoformat()
    fen = yuan(price.amount_fen)
    tell(case, Occasion.FEE_DUE, at, subject=subject, pay_by=pay_by, yuan=fen)


def reissue(
    case: Case, permit: PermitView, at: datetime, *, paid_at: datetime | None = None
) -> None:
    """Make the card anew (补领、换领): no date of the permit changes, the card shows today's."""
    permits.act(
        permit_id=permit.id,
        kind=ActionKind.REISSUED,
        on=at.date(),
        at=at,
        occasion=case.number,
    )
    due_on = card_orders.order(
        case, permit.id, CardGround(case.ground), at.date(), at, paid_at=paid_at
    )
    close(case, CaseState.APPROVED, at)
    tell(case, Occasion.CARD_ORDERED, at, due_on=due_on.isoformat())


def refuse(case: Case, permit: PermitView | None, at: datetime) -> None:
    """Close the case without effect and tell the person."""
    release(case, permit, at)
    close(case, CaseState.REFUSED, at)
    tell(case, Occasion.REFUSED, at)


def hukou_obtained(case: Case, decision: Decision) -> bool:
    """Say whether the person has become a resident of Shenzhen meanwhile."""
    return case.business != Business.FIRST_ISSUE and any(
        finding.condition is Condition.NOT_SHENZHEN_HUKOU and finding.met is False
        for finding in decision.findings
    )


def end_by_hukou(case: Case, permit: PermitView, answers: Collection[Answer], at: datetime) -> None:
    """End the case and cancel the permit from the day of the hukou (条例 第二十七条第二项)."""
    since = next(
        (answer.entry.since for answer in answers if isinstance(answer.entry, HukouEntry)), None
    )
    cancelled_on = max(since or case.accepted_on, permit.status.issued_on)
    release(case, permit, at)
    if permit.status.state is not PermitState.CANCELLED:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CANCELLED,
            on=cancelled_on,
            at=at,
            occasion=case.number,
            reason=CancelReason.SHENZHEN_HUKOU,
        )
    card_orders.end(permit.id, VoidReason.PERMIT_ENDED, at)
    close(case, CaseState.ENDED, at)
    tell(case, Occasion.CANCELLED, at, cancelled_on=cancelled_on.isoformat())


def wait(case: Case, permit: PermitView | None, answers: Collection[Answer], at: datetime) -> None:
    """Keep the case: ask again while a department is silent, else put it before an officer."""
    if permit is not None and case.business == Business.ENDORSEMENT:
        hold(case, permit, at)
    if all(answer.status is AnswerStatus.ANSWERED for answer in answers):
        case.state, case.next_try_at = CaseState.IN_REVIEW, None
        case.save(update_fields=("state", "next_try_at", "attempts"))
        tell(case, Occasion.IN_REVIEW, at, answer_by=answer_by(case.accepted_on).isoformat())
        return
    first = case.state == CaseState.ACCEPTED
    pause = BACK_OFF_SECONDS[min(case.attempts, len(BACK_OFF_SECONDS)) - 1]
    case.state = CaseState.WAITING
    case.next_try_at = at + timedelta(seconds=pause)
    case.save(update_fields=("state", "next_try_at", "attempts"))
    queue.defer(queue.PURSUE_CASE, after_seconds=pause, number=case.number, attempts=case.attempts)
    if first:
        tell(case, Occasion.WAITING, at)


def hold(case: Case, permit: PermitView, at: datetime) -> None:
    """Keep the permit from the two-year cancellation while the case is open."""
    if not permit.status.case_open and permit.status.state is not PermitState.CANCELLED:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CASE_OPENED,
            on=case.accepted_on,
            at=at,
            occasion=case.number,
        )


def release(case: Case, permit: PermitView | None, at: datetime) -> None:
    """Let the two-year cancellation come that the open case held."""
    if permit is not None and permit.status.case_open and case.business == Business.ENDORSEMENT:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CASE_CLOSED,
            on=at.date(),
            at=at,
            occasion=case.number,
        )


def close(case: Case, state: CaseState, at: datetime) -> None:
    """Close the case; `state` is its end."""
    case.state, case.closed_at, case.next_try_at = state, at, None
    case.save(
        update_fields=(
            "state",
            "closed_at",
            "next_try_at",
            "permit",
            "attempts",
            "sampled",
            "reviewed_at",
            "corrected_at",
        )
    )


def tell(case: Case, occasion: Occasion, at: datetime, *, subject: str = "", **values: str) -> None:
    """Write the message about the case."""
    notices.write(
        person_id=case.person_id,
        occasion=occasion,
        subject=subject or case.number,
        values={"number": case.number, **values},
        phone=case.phone,
        at=at,
        case_number=case.number,
        at_screen=at - case.accepted_at <= STILL_THERE,
    )
