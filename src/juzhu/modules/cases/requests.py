"""What a holder asks for besides applications: phone, agent, cancellation.

At a counter or on the phone: each is one transaction with its whole effect, and who did it is on
the record. At a counter that is the officer's hand beside the person's, in the acts of the desk and
in the person's own ledger; without a hand the holder did it alone.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from juzhu.domain.card import UNDER_WAY, CardState
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards import queries as card_queries
from juzhu.modules.cards import services as cards
from juzhu.modules.cards.contracts import VoidReason
from juzhu.modules.cases import effects, queries, services
from juzhu.modules.cases.contracts import LIVE, Agent, CardDelivery, CaseState, CaseView
from juzhu.modules.cases.models import Case
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.lives import asked
from juzhu.modules.lives.contracts import Asking
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.payments import services as payments
from juzhu.modules.people import phones
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.contracts import NewPhone, PhoneProblem
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits


@transaction.atomic
def change_phone(
    *, person_id: int, code: str, hand: Hand | None, at: datetime
) -> NewPhone | PhoneProblem:
    """Reserve the phone that a code was sent to (`people.phones.ask`); old and new are told.

    Who else had the number and may have lost it is told so in the inbox.
    """
    changed = phones.confirm(person_id=person_id, code=code, at=at)
    if isinstance(changed, PhoneProblem):
        return changed
    if changed.before is not None:
        former = people_services.keep_former_phone(person_id=person_id, phone=changed.before, at=at)
        queue.defer(queue.TELL_FORMER_PHONE, former_id=former)
    _note(hand, ActKind.PHONE_CHANGED, person_id, at)
    subject = f"phone-{secrets.token_hex(6)}"
    for other in changed.displaced:
        notices.write(
            person_id=other,
            occasion=Occasion.PHONE_DOUBTED,
            subject=subject,
            values={},
            phone=None,
            at=at,
        )
    notices.write(
        person_id=person_id,
        occasion=Occasion.PHONE_CHANGED,
        subject=subject,
        values={},
        phone=changed.phone,
        at=at,
        at_screen=True,
    )
    return changed


@transaction.atomic
def correct_name(*, person_id: int, name: str, hand: Hand, at: datetime) -> bool:
    """Correct a name that was typed wrongly at a desk; only while no permit bears it.

    Whoever has a permit is known to the population base by that name: its register is corrected.
    """
    if permit_queries.permit_of(person_id, at.date()) is not None:
        return False
    if not people_services.correct_name(person_id=person_id, name=name):
        return False
    _note(hand, ActKind.NAME_CORRECTED, person_id, at)
    return True


def to_collect(cases: Sequence[CaseView]) -> CaseView | None:
    """Return the case whose card is to be fetched at a point, the latest one."""
    open_or_granted = (*LIVE, CaseState.APPROVED)
    wanted = (c for c in cases if c.delivery is not CardDelivery.NONE)
    return next((c for c in wanted if c.state in open_or_granted and _to_be_fetched(c)), None)


@transaction.atomic
def name_agent(
    *, person_id: int, number: str, agent: Agent | None, hand: Hand | None, at: datetime
) -> None:
    """Name, change or strike out the collecting agent (代领人) of a card to be fetched.

    Raises:
        CaseNotFoundError: not this person's case, or no card of it is to be fetched.

    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(number=number, person_id=person_id, state__in=(*LIVE, CaseState.APPROVED))
        .first()
    )
    if case is None or not _to_be_fetched(case):
        raise CaseNotFoundError(number)
    case.agent = json.dumps(asdict(agent), ensure_ascii=False) if agent else None
    case.save(update_fields=("agent",))
    _note(hand, ActKind.AGENT_CHANGED, person_id, at, occasion=number)
    notices.write(
        person_id=person_id,
        occasion=Occasion.AGENT_CHANGED,
        subject=f"{number}-{secrets.token_hex(6)}",
        values={"number": number},
        phone=people.person(person_id).phone,
        at=at,
        case_number=number,
        at_screen=True,
    )


def _to_be_fetched(case: Case | CaseView) -> bool:
    """Say whether a card of this case is still to be fetched at a point."""
    card = card_queries.card_of_case(case.number)
    if card is None:
        return case.delivery == CardDelivery.POINT
    by_post = card.delivery == CardDelivery.POST
    came_back = card.state in (CardState.AT_POINT, CardState.COMING_BACK)
    return card.state in UNDER_WAY and (came_back or not by_post)


@transaction.atomic
def ask_review(*, person_id: int, number: str, hand: Hand, at: datetime) -> None:
    """Put a refusal before an officer because the person at the counter asks for it.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    before = queries.case_of(person_id, number)
    services.ask_review(person_id=person_id, number=number, at=at)
    if queries.case_of(person_id, number) != before:
        _note(hand, ActKind.REVIEW_ASKED, person_id, at, occasion=number)


@transaction.atomic
def withdraw(*, person_id: int, number: str, hand: Hand, at: datetime) -> None:
    """Withdraw a live case because the person at the counter asks for it.

    Raises:
        CaseNotFoundError: not this person's case.

    """
    before = queries.case_of(person_id, number)
    services.withdraw(person_id=person_id, number=number, at=at)
    if queries.case_of(person_id, number) != before:
        _note(hand, ActKind.WITHDRAWN, person_id, at, occasion=number)


@transaction.atomic
def cancel(
    *, person_id: int, hand: Hand | None, at: datetime, asking: Asking | None = None
) -> str | None:
    """Cancel the permit on its holder's own request (条例 第二十七条), from today.

    Live cases are withdrawn with it. The person has signed the statement before the officer, or
    agreed to it after a fresh sign-in. It cannot be taken back. How it was asked for is kept
    (`cases.objections`): `asking` tells it of the phone, the hand of a counter. Returns the number
    of the act, None when there is nothing to cancel (any more).
    """
    live = (
        Case.objects.select_for_update(of=("self",))
        .filter(person_id=person_id, state__in=LIVE)
        .exclude(business=Business.FIRST_ISSUE)
    )
    cases = list(live)
    permit = permit_queries.permit_of(person_id, at.date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return None
    _withdraw_all(cases, at)
    number = _next_number(at)
    permits.act(
        permit_id=permit.id,
        kind=ActionKind.CANCELLED,
        on=at.date(),
        at=at,
        occasion=number,
        reason=CancelReason.OWN_REQUEST,
    )
    cards.void_of_permit(permit_id=permit.id, reason=VoidReason.PERMIT_ENDED, at=at)
    asked.keep(
        occasion=number,
        person_id=person_id,
        permit_id=permit.id,
        on=at.date(),
        asked_at=at,
        asking=_asking(hand) if hand else asking or Asking(),
        cases=[case.number for case in cases],
    )
    _note(hand, ActKind.CANCELLED, person_id, at, occasion=number)
    notices.write(
        person_id=person_id,
        occasion=Occasion.CANCELLED,
        subject=number,
        values={"cancelled_on": at.date().isoformat()},
        phone=people.person(person_id).phone,
        at=at,
        at_screen=True,
    )
    return number


def _withdraw_all(cases: Sequence[Case], at: datetime) -> None:
    for case in cases:  # the cancellation itself ends what an open case holds
        payments.call_off(case_id=case.pk, at=at)
        effects.close(case, CaseState.WITHDRAWN, at)
        effects.tell(case, Occasion.WITHDRAWN, at)


def _asking(hand: Hand) -> Asking:
    return Asking(officer=hand.username, point=hand.point, identified=hand.identified)


def _note(
    hand: Hand | None, kind: ActKind, person_id: int, at: datetime, occasion: str = ""
) -> None:
    """Write down who did it: an officer for the person, or the holder (None)."""
    if hand is not None:
        desk.note(hand=hand, kind=kind, person_id=person_id, at=at, occasion=occasion)
    audit.record(
        person_id=person_id,
        actor=hand.actor if hand else "holder:self",
        purpose=hand.purpose if hand else Purpose.SELF_SERVICE,
        at=at,
        occasion=occasion,
        note=kind,
    )


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number_seq')")
        row: Any = cursor.fetchone()
    return f"ZX{at:%Y%m%d}{row[0]:06d}"
