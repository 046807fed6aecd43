"""Commands on cards. Each is one transaction with its whole effect; the card is locked first."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction

from juzhu.domain.card import CardEvent, CardHistoryError, CardState, state_after, state_of
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards import messages
from juzhu.modules.cards.contracts import CardNotFoundError, CardView, NewCard, News, VoidReason
from juzhu.modules.cards.models import GONE, Batch, Card, Event, FactoryCursor
from juzhu.modules.cards.queries import NEVER_SEEN, view
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.vault.ring import ring

log = structlog.get_logger()

FACTORY: Final = "factory"
PATIENCE: Final = 5
"""A card that failed so often is looked at by a person before it is made again."""
BEGINS_AGAIN: Final = (
    CardEvent.SPOILED,
    CardEvent.LOST,
    CardEvent.TURNED_DOWN,
    CardEvent.REORDERED,
)
"""After these the card is made again, under a new line: at nobody's cost."""

part_of_one_effect = transaction.atomic(savepoint=False)


@part_of_one_effect
def order(new: NewCard, *, at: datetime) -> str:
    """Order a card; return its number. The card before it, if any, is void from now.

    Raises:
        IntegrityError: the case has ordered its card already.

    """
    void_of_permit(permit_id=new.permit_id, reason=VoidReason.REPLACED, at=at)
    row = Card.objects.create(
        number=_number("KP", "cards_number_seq", at),
        person_id=new.person_id,
        permit_id=new.permit_id,
        case_number=new.case_number,
        ground=new.ground,
        delivery=new.delivery,
        point=new.point,
        printed_on=new.printed_on,
        due_on=new.due_on,
        ordered_at=at,
        state=CardState.ORDERED,
        state_at=at,
    )
    _write(row, CardEvent.ORDERED, at, "system:decision", {"ground": new.ground.value})
    return row.number


@part_of_one_effect
def void_of_permit(*, permit_id: int, reason: VoidReason, at: datetime) -> None:
    """Void the good card of a permit, chip and all, from this instant; none is nothing to void."""
    rows = Card.objects.select_for_update(of=("self",)).filter(permit_id=permit_id)
    for row in rows.exclude(state__in=GONE):
        _happen(row, CardEvent.VOIDED, at, "system:decision", {"reason": reason.value})


@part_of_one_effect
def restore(*, permit_id: int, due_on: date, at: datetime) -> None:
    """Give back the card that was voided because its permit was ended by mistake.

    A card that was with its holder is good again; one that was under way is made again at nobody's
    cost, by `due_on`. A card replaced or reported lost stays void.
    """
    row = Card.objects.select_for_update(of=("self",)).filter(permit_id=permit_id).last()
    if row is None or row.state != CardState.VOID:
        return
    events = list(Event.objects.filter(card=row).order_by("pk"))
    voided = [event for event in events if event.kind == CardEvent.VOIDED][-1]
    if voided.detail["reason"] not in (VoidReason.PERMIT_ENDED, VoidReason.HOLDER_DIED):
        return
    before = state_of(CardEvent(event.kind) for event in events if event.pk < voided.pk)
    held = before is CardState.WITH_HOLDER
    kind = CardEvent.REVIVED if held else CardEvent.REORDERED
    row.due_on = row.due_on if held else max(row.due_on, due_on)
    _happen(row, kind, at, "system:decision", {})


@transaction.atomic
def make_file(
    cards: Sequence[CardView], *, at: datetime, written: Callable[[str, Sequence[str]], bytes]
) -> int | None:
    """Put cards into one production file and keep it; return its id, None for no card.

    A card that is no longer where it was when its face was gathered is left out.

    Args:
        cards: those whose faces are gathered.
        at: when.
        written: makes the file from its number and the lines that are in it.

    """
    rows = {
        row.pk: row
        for row in Card.objects.select_for_update(of=("self",))
        .filter(pk__in=[card.id for card in cards])
        .order_by("pk")
    }
    still = [c for c in cards if c.id in rows and _unchanged(rows[c.id], c)]
    if not still:
        return None
    number = _number("PC", "cards_batch_seq", at)
    content = written(number, [card.line for card in still])
    batch = Batch.objects.create(
        number=number,
        made_at=at,
        lines=len(still),
        sha256=hashlib.sha256(content).hexdigest(),
        file=ring().seal_bytes(content, label=NEVER_SEEN),
    )
    for card in still:
        row = rows[card.id]
        row.batch, row.taken = batch, False
        _happen(row, CardEvent.SENT, at, "system:cards", {"file": number})
    return batch.pk


def _unchanged(row: Card, seen: CardView) -> bool:
    open_line = row.state in (CardState.ORDERED, CardState.IN_PRODUCTION) and not row.taken
    return open_line and row.making == seen.making


@transaction.atomic
def file_sent(*, batch_id: int, receipt: str) -> None:
    """Note that the factory has received a file."""
    Batch.objects.filter(pk=batch_id, receipt="").update(receipt=receipt)


def file_tried(*, batch_id: int) -> None:
    """Note an attempt to hand a file over."""
    row = Batch.objects.get(pk=batch_id)
    row.tries += 1
    row.save(update_fields=("tries",))


@transaction.atomic
def close_files(*, at: datetime) -> int:
    """Forget the files of which no line is open any more; return how many."""
    waiting = Card.objects.filter(state=CardState.IN_PRODUCTION, taken=False, batch__isnull=False)
    done = Batch.objects.filter(done_at__isnull=True).exclude(pk__in=waiting.values("batch_id"))
    return done.update(done_at=at, file=None)


@transaction.atomic
def take_news(news: Sequence[News]) -> int:
    """Take in what the factory tells, each line once and in order; return how many were new.

    News about a making that is over, or that cannot follow what happened, change nothing: they
    are logged, and the factory's list goes on.
    """
    FactoryCursor.objects.get_or_create(pk=1)
    cursor = FactoryCursor.objects.select_for_update().get(pk=1)
    fresh = [one for one in news if one.number > cursor.taken]
    for one in fresh:
        _take(one)
    if fresh:
        cursor.taken = fresh[-1].number
        cursor.save(update_fields=("taken",))
    return len(fresh)


def _take(news: News) -> None:
    number, _, making = news.line.rpartition("-")
    row = Card.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None or str(row.making) != making:
        log.warning("cards.news_of_no_card", line=news.line, kind=news.kind)
        return
    detail = {"reason": news.reason, "serial": news.serial, "tracking": news.tracking}
    if news.kind is CardEvent.ARRIVED:
        detail["point"] = row.point
    try:
        _happen(row, news.kind, news.at, FACTORY, {k: v for k, v in detail.items() if v}, news.code)
    except CardHistoryError as error:
        log.warning("cards.news_out_of_turn", line=news.line, reason=str(error))


@transaction.atomic
def happen(
    *,
    number: str,
    kind: CardEvent,
    actor: str,
    at: datetime,
    detail: Mapping[str, str] | None = None,
) -> CardView:
    """Write what happened to a card.

    Raises:
        CardNotFoundError: there is no such card.
        CardHistoryError: it cannot have happened now.

    """
    return _happen(_locked(number), kind, at, actor, dict(detail or {}))


@transaction.atomic
def at_desk(
    *,
    number: str,
    kind: CardEvent,
    act: ActKind,
    hand: Hand,
    at: datetime,
    detail: Mapping[str, str],
) -> CardView:
    """Write what an officer did with a card in stock, here, at the desk and in the ledger.

    Raises:
        CardNotFoundError: there is no such card.
        CardHistoryError: it cannot be done with the card as it is.

    """
    row = _locked(number)
    row.point = detail["point"] if kind is CardEvent.ARRIVED else row.point
    found = _happen(row, kind, at, hand.actor, dict(detail))
    desk.note(
        hand=hand, kind=act, person_id=row.person_id, at=at, occasion=row.case_number, outcome=kind
    )
    audit.record(
        person_id=row.person_id,
        actor=hand.actor,
        purpose=Purpose.CARD,
        at=at,
        fields=("card",),
        occasion=row.case_number,
        note=act,
    )
    return found


@transaction.atomic
def try_again(*, number: str, actor: str, at: datetime) -> bool:
    """Let a card be made again that failed too often; False when it waits for nobody.

    Raises:
        CardNotFoundError: there is no such card.

    """
    row = _locked(number)
    if row.state != CardState.ORDERED or row.making <= row.patience:
        return False
    row.patience = row.making + PATIENCE - 1
    _happen(row, CardEvent.TRIED_AGAIN, at, actor, {})
    return True


@transaction.atomic
def tell_waiting(*, card: CardView, until: date, step: str, at: datetime) -> bool:
    """Remind the holder of a card that lies at a point; say whether it was new."""
    return notices.write_once(
        person_id=card.person_id,
        occasion=Occasion.CARD_WAITS,
        subject=f"{card.number}-{card.making}-{step}",
        values={"number": card.case_number, "until": until.isoformat()},
        phone=people.person(card.person_id).phone,
        at=at,
    )


def _locked(number: str) -> Card:
    row = Card.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None:
        raise CardNotFoundError(number)
    return row


def _happen(
    row: Card,
    kind: CardEvent,
    at: datetime,
    actor: str,
    detail: dict[str, str],
    code: str = "",
) -> CardView:
    """Write the event, what follows from it for the card, and the message to its holder."""
    before = CardState(row.state)
    after = state_after(before, kind)
    came_back = before is CardState.COMING_BACK
    _write(row, kind, at, actor, detail)
    if after is not before:
        row.state, row.state_at = after, at
    if kind in BEGINS_AGAIN:
        row.making += 1
        row.taken, row.batch, row.serial, row.tracking = False, None, "", ""
    row.taken = row.taken or kind in (CardEvent.TAKEN, CardEvent.MADE)
    row.serial = detail.get("serial", row.serial)
    row.tracking = detail.get("tracking", row.tracking)
    row.pickup_code = code or (row.pickup_code if after is CardState.IN_POST else None)
    row.save()
    messages.tell(row, kind, at, detail, came_back=came_back)
    return view(row)


def _write(row: Card, kind: CardEvent, at: datetime, actor: str, detail: dict[str, str]) -> None:
    Event.objects.create(card=row, kind=kind, at=at, making=row.making, actor=actor, detail=detail)


def _number(prefix: str, sequence: str, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        found: Any = cursor.fetchone()
    return f"{prefix}{at:%Y%m%d}{found[0]:06d}"
