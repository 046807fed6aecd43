"""Handing a card over (领卡): to the holder, to the named agent, or to nobody.

The case is locked first, so an agent cannot be changed while the card is handed over.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from juzhu.domain.card import CardEvent, CardState
from juzhu.domain.collection import Named, Read, Refusal, refusal
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards import queries as card_queries
from juzhu.modules.cards import services as cards
from juzhu.modules.cards.contracts import By, CardNotFoundError, CardView
from juzhu.modules.cases import lives
from juzhu.modules.cases.models import Case
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.permits import queries as permit_queries


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The card is with the holder or the agent; both identities are on the record."""

    card: CardView


@dataclass(frozen=True, slots=True)
class Refused:
    """The card stays here. It is on the record, and the holder is told."""

    card: CardView
    why: Refusal


@transaction.atomic
def hand_over(
    *,
    person_id: int,
    card_number: str,
    holder_read: bool,
    came: Read | None,
    alive: bool | None,
    old_card: str,
    hand: Hand,
    at: datetime,
) -> HandedOver | Refused:
    """Hand a card over, or refuse it with the reason; either way it is written down.

    Args:
        person_id: the holder.
        card_number: production number of the card on the counter.
        holder_read: the holder's identity card was read.
        came: the identity card of whoever came for the holder, read; None when the holder came.
        alive: what the population base says of the holder just now; None for unknown.
        old_card: what became of the card before: `handed_back`, `lost` or "" for none.
        hand: the officer.
        at: when.

    Raises:
        CardNotFoundError: no card of this person lies here.

    """
    card, case = _here(person_id, card_number)
    permit = permit_queries.permit_of(person_id, at.date())
    assert permit is not None, "a card belongs to a permit"
    if card.point != hand.point:
        return Refused(card, Refusal.WRONG_POINT)
    why = refusal(
        status=permit.status,
        alive=alive,
        holder_read=holder_read,
        agent=_agent(case),
        came=came,
    )
    by = By.HOLDER if came is None else By.AGENT
    if why is not None:
        return _refused(card, why, by, hand, at)
    detail = {"by": by.value, "point": hand.point}
    handed = cards.happen(
        number=card.number, kind=CardEvent.HANDED_OVER, actor=hand.actor, at=at, detail=detail
    )
    if old_card:
        _take_back(card, old_card, hand, at)
    _note(hand, ActKind.CARD_HANDED_OVER, card, by, at)
    return HandedOver(handed)


@transaction.atomic
def refuse(*, person_id: int, card_number: str, why: Refusal, hand: Hand, at: datetime) -> Refused:
    """Refuse a card because the officer sees a reason; written down, and the holder is told.

    Raises:
        CardNotFoundError: no card of this person lies here.

    """
    card, _ = _here(person_id, card_number)
    return _refused(card, why, By.AGENT, hand, at)


def _here(person_id: int, card_number: str) -> tuple[CardView, Case]:
    """Return the card in stock and its case, locked."""
    card = card_queries.card(card_number)
    case = (
        Case.objects.select_for_update(of=("self",))
        .filter(number=card.case_number, person_id=person_id)
        .first()
    )
    card = card_queries.card(card_number)  # as it is under the lock
    if case is None or card.state is not CardState.AT_POINT:
        raise CardNotFoundError(card_number)
    return card, case


def _refused(card: CardView, why: Refusal, by: By, hand: Hand, at: datetime) -> Refused:
    if why is Refusal.HOLDER_DIED:
        holder_died(person_id=card.person_id, occasion=card.case_number, at=at)
    else:
        detail = {"reason": why.value, "by": by.value, "point": hand.point}
        cards.happen(
            number=card.number, kind=CardEvent.REFUSED, actor=hand.actor, at=at, detail=detail
        )
    _note(hand, ActKind.CARD_REFUSED, card, why, at)
    return Refused(card_queries.card(card.number), why)


def _take_back(card: CardView, old_card: str, hand: Hand, at: datetime) -> None:
    """Note that the card before was handed back; one of before this system leaves no trace here."""
    for old in card_queries.cards_of(card.person_id):
        if old.permit_id == card.permit_id and old.state is CardState.VOID:
            if old_card == "handed_back" and old.happened(CardEvent.HANDED_BACK) is None:
                cards.happen(number=old.number, kind=CardEvent.HANDED_BACK, actor=hand.actor, at=at)
            return


def _agent(case: Case) -> Named | None:
    if not case.agent:
        return None
    named = json.loads(case.agent)
    return Named(named["id_number"], named["name"])


def _note(hand: Hand, kind: ActKind, card: CardView, outcome: str, at: datetime) -> None:
    desk.note(
        hand=hand,
        kind=kind,
        person_id=card.person_id,
        at=at,
        occasion=card.case_number,
        outcome=outcome,
    )
    audit.record(
        person_id=card.person_id,
        actor=hand.actor,
        purpose=Purpose.DESK_VISIT,
        at=at,
        fields=("card",),
        occasion=card.case_number,
        note=kind,
    )


@transaction.atomic
def holder_died(*, person_id: int, occasion: str, at: datetime) -> None:
    """End what a death ends: the permit (第二十七条), its card, the open cases. Nobody is messaged.

    Safe to repeat. A death that turns out wrong is undone like one that the feed told.
    """
    lives.found_dead(person_id=person_id, key=f"desk-{occasion}", at=at)
