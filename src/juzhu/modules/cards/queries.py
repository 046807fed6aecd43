"""Reading cards."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from juzhu.domain.card import CardEvent, CardGround, CardState
from juzhu.modules.cards.contracts import BatchView, CardNotFoundError, CardView, EventView
from juzhu.modules.cards.models import NOT_READY, Batch, Card, Event, FactoryCursor
from juzhu.modules.vault.ring import ring

UNANSWERED_AFTER: Final = timedelta(minutes=30)
"""A line that the factory has not acknowledged by then goes into another file, under its name."""
NEVER_SEEN: Final = "cards_batch.file"


def card_of_case(case_number: str) -> CardView | None:
    """Return the card that a case ordered, with its history."""
    row = Card.objects.filter(case_number=case_number).first()
    return None if row is None else view(row)


def card(number: str) -> CardView:
    """Return a card with its history; raise CardNotFoundError."""
    row = Card.objects.filter(number=number).first()
    if row is None:
        raise CardNotFoundError(number)
    return view(row)


def cards_of(person_id: int, limit: int = 20) -> list[CardView]:
    """Return the person's cards, newest first, with their history."""
    return [view(row) for row in Card.objects.filter(person_id=person_id).order_by("-pk")[:limit]]


def good_card(permit_id: int) -> CardView | None:
    """Return the card of a permit that is under way or with its holder; None when there is none.

    Cards issued before this system are not known here.
    """
    row = _good().filter(permit_id=permit_id).first()
    return None if row is None else view(row)


def ever_made(permit_id: int) -> bool:
    """Say whether a card was ever ordered for this permit."""
    return Card.objects.filter(permit_id=permit_id).exists()


def to_make(limit: int) -> list[CardView]:
    """Return cards that wait for a production file, the nearest limit of the law first."""
    rows = Card.objects.filter(state=CardState.ORDERED, making__lte=F("patience"))
    return [view(row, with_events=False) for row in rows.order_by("due_on", "pk")[:limit]]


def stuck(limit: int = 100) -> list[CardView]:
    """Return the cards that failed so often that a person has to look first."""
    rows = Card.objects.filter(state=CardState.ORDERED, making__gt=F("patience"))
    return [view(row) for row in rows.order_by("due_on", "pk")[:limit]]


def unanswered(*, at: datetime) -> list[str]:
    """Return the numbers of cards whose line the factory has not acknowledged in time."""
    rows = Card.objects.filter(
        state=CardState.IN_PRODUCTION, taken=False, state_at__lte=at - UNANSWERED_AFTER
    )
    return list(rows.order_by("pk").values_list("number", flat=True))


def stock(point: str, limit: int = 200) -> list[CardView]:
    """Return the cards that lie at a point or are on their way to it, the oldest first."""
    rows = Card.objects.filter(state__in=(CardState.AT_POINT, CardState.ON_WAY), point=point)
    return [view(row) for row in rows.order_by("state_at", "pk")[:limit]]


def coming_back(limit: int = 100) -> list[CardView]:
    """Return the cards that the post brings back, for whichever point receives them."""
    rows = Card.objects.filter(state=CardState.COMING_BACK).order_by("state_at", "pk")
    return [view(row) for row in rows[:limit]]


def late(*, before: date, limit: int = 200) -> list[CardView]:
    """Return the cards not ready yet whose limit of the law lies before a day, nearest first."""
    return [view(row) for row in _late(before).order_by("due_on", "pk")[:limit]]


def count_late(*, before: date) -> int:
    """Return how many cards are not ready yet whose limit of the law lies before a day."""
    return _late(before).count()


def lying_since(moment: datetime, limit: int = 500) -> list[CardView]:
    """Return the cards that have lain at a point since before `moment`."""
    rows = Card.objects.filter(state=CardState.AT_POINT, state_at__lte=moment)
    return [view(row) for row in rows.order_by("state_at", "pk")[:limit]]


def find(text: str) -> CardView | None:
    """Return a card by its production number, chip number or tracking number."""
    wanted = text.strip().upper()
    if not wanted:
        return None
    row = Card.objects.filter(Q(number=wanted) | Q(serial=wanted) | Q(tracking=wanted)).first()
    return None if row is None else view(row)


def open_batches() -> list[BatchView]:
    """Return the production files that are not acknowledged whole, oldest first."""
    return batches(done=False)


def batches(*, done: bool | None = None, limit: int = 100) -> list[BatchView]:
    """Return production files, oldest first; `done` picks those acknowledged whole or not."""
    rows = Batch.objects.all() if done is None else Batch.objects.filter(done_at__isnull=not done)
    found = list(rows.order_by("made_at", "pk")[:limit])
    open_lines = _open_lines([row.pk for row in found])
    return [
        BatchView(
            id=row.pk,
            number=row.number,
            made_at=row.made_at,
            lines=row.lines,
            open_lines=open_lines.get(row.pk, 0),
            sha256=row.sha256,
            receipt=row.receipt,
            tries=row.tries,
        )
        for row in found
    ]


def file_of(batch_id: int) -> bytes | None:
    """Return a production file to be sent; None when it was acknowledged and forgotten."""
    sealed = Batch.objects.filter(pk=batch_id).values_list("file", flat=True).first()
    return None if sealed is None else ring().open_bytes(bytes(sealed), label=NEVER_SEEN)


def cursor() -> int:
    """Return up to which line the factory's news have been taken in."""
    return FactoryCursor.objects.values_list("taken", flat=True).first() or 0


def _open_lines(batch_ids: Collection[int]) -> dict[int, int]:
    rows = (
        Card.objects.filter(batch_id__in=batch_ids, state=CardState.IN_PRODUCTION, taken=False)
        .values("batch_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return {row["batch_id"]: row["n"] for row in rows}


def _late(before: date) -> "QuerySet[Card]":
    return Card.objects.filter(state__in=NOT_READY, due_on__lt=before)


def _good() -> "QuerySet[Card]":
    return Card.objects.exclude(state__in=(CardState.VOID, CardState.DESTROYED))


def view(row: Card, *, with_events: bool = True) -> CardView:
    """Return a card as it stands, for this module and its readers."""
    events: tuple[EventView, ...] = ()
    if with_events:
        events = tuple(
            EventView(CardEvent(e.kind), e.at, e.making, e.actor, dict(e.detail))
            for e in Event.objects.filter(card=row).order_by("pk")
        )
    return CardView(
        id=row.pk,
        number=row.number,
        person_id=row.person_id,
        permit_id=row.permit_id,
        case_number=row.case_number,
        ground=CardGround(row.ground),
        state=CardState(row.state),
        state_at=row.state_at,
        ordered_at=row.ordered_at,
        due_on=row.due_on,
        printed_on=row.printed_on,
        delivery=row.delivery,
        point=row.point,
        making=row.making,
        serial=row.serial,
        tracking=row.tracking,
        pickup_code=row.pickup_code or "",
        events=events,
    )
