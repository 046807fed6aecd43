"""Permits obtained by false statements (弄虚作假): two officers decide, and only after a hearing.

The holder is told first what is held against the permit and may answer (行政处罚法 第四十四条 and
第四十五条, applied here to the cancellation of 条例 第二十七条). Who opened it does not decide.
"""

from datetime import datetime

from django.db import transaction

from juzhu.domain.parameters import HEARING_WORKING_DAYS
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards.contracts import VoidReason
from juzhu.modules.cases import card_orders, effects, lives
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.lives import services as proceedings
from juzhu.modules.lives.contracts import ProceedingView
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import services as payments
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.modules.workdays import working_day_after


@transaction.atomic
def open_proceeding(*, permit_number: str, officer: str, ground: str, at: datetime) -> int | None:
    """Open a proceeding and tell the holder; None when no such permit is in force.

    A second one on the same permit is the first.
    """
    holder = permit_queries.holder_of(permit_number)
    permit = None if holder is None else permit_queries.permit_of(holder, at.date())
    if permit is None or permit.number != permit_number:
        return None
    if permit.status.state is PermitState.CANCELLED:
        return None
    days = HEARING_WORKING_DAYS.on(at.date()).value
    found, fresh = proceedings.open_proceeding(
        person_id=permit.person_id,
        permit_id=permit.id,
        officer=officer,
        ground=ground,
        hear_by=working_day_after(at.date(), days),
        at=at,
    )
    if fresh:
        _note(found, officer, "opened", at)
        _tell(found, Occasion.FRAUD_NOTICE, at, hear_by=found.hear_by.isoformat())
    return found.id


@transaction.atomic
def decide(*, proceeding_id: int, officer: str, cancel: bool, words: str, at: datetime) -> bool:
    """Cancel the permit from today, or drop the matter; say whether it was decided.

    Not by who opened it, and not before the holder has answered or the day for that has passed.
    """
    found = proceedings.locked_proceeding(proceeding_id)
    if found is None or found.opened_by == officer or not found.may_be_decided(at.date()):
        return False
    ended: list[str] = []
    if cancel:
        ended = _cancel(found, at)
    proceedings.close_proceeding(
        proceeding_id=found.id,
        outcome="cancelled" if cancel else "dropped",
        officer=officer,
        words=words,
        at=at,
        cases=ended,
    )
    _note(found, officer, "cancelled" if cancel else "dropped", at)
    if cancel:
        _tell(found, Occasion.FRAUD_CANCELLED, at, cancelled_on=at.date().isoformat())
    else:
        _tell(found, Occasion.FRAUD_DROPPED, at)
    return True


def _cancel(found: ProceedingView, at: datetime) -> list[str]:
    open_cases = lives.live_cases(found.person_id)
    numbers = [case.number for case in open_cases]
    permit = permit_queries.permit_by_id(found.permit_id, at.date())
    if permit.status.state is not PermitState.CANCELLED:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.CANCELLED,
            on=at.date(),
            at=at,
            occasion=found.occasion,
            reason=CancelReason.FRAUD,
        )
        numbers += card_orders.end(permit.id, VoidReason.PERMIT_ENDED, at)
    for case in open_cases:
        payments.call_off(case_id=case.pk, at=at)
        effects.close(case, CaseState.ENDED, at)
    return numbers


@transaction.atomic
def reverse(*, proceeding_id: int, officer: str, words: str, at: datetime) -> bool:
    """Reverse a cancellation that was wrong, by another officer than decided it; all is as before.

    Such as after a review (行政复议) or a suit; the person gets an apology.
    """
    found = proceedings.locked_proceeding(proceeding_id)
    if found is None or found.outcome != "cancelled" or found.decided_by == officer:
        return False
    decided_at = found.decided_at or at
    restored = lives.restore(
        person_id=found.person_id,
        occasion=found.occasion,
        reason=CancelReason.FRAUD,
        since=decided_at.date(),
        at=at,
    )
    lives.reopen(found.person_id, found.cases, at)
    proceedings.close_proceeding(
        proceeding_id=found.id,
        outcome="reversed",
        officer=found.decided_by,
        words=f"{found.words}\n{words}",
        at=decided_at,
        cases=found.cases,
    )
    _note(found, officer, "reversed", at)
    if restored is not None:
        through = restored.status.valid_through.isoformat()
        _tell(found, Occasion.RESTORED, at, valid_through=through)
    return True


def _note(found: ProceedingView, officer: str, note: str, at: datetime) -> None:
    audit.record(
        person_id=found.person_id,
        actor=f"officer:{officer}",
        purpose=Purpose.FRAUD,
        at=at,
        occasion=found.occasion,
        note=note,
    )


def _tell(found: ProceedingView, occasion: Occasion, at: datetime, **values: str) -> None:
    notices.write(
        person_id=found.person_id,
        occasion=occasion,
        subject=found.occasion,
        values=values,
        phone=people.person(found.person_id).phone,
        at=at,
    )
