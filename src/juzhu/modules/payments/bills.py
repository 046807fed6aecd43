"""The gateways' bills, compared with what is on record; every difference waits for an officer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from juzhu.domain.calendar import ONE_DAY
from juzhu.modules.payments.contracts import DifferenceKind, DifferenceView
from juzhu.modules.payments.models import (
    Bill,
    BillLine,
    Difference,
    Refund,
    Settlement,
)
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.payments import BillLine as Line

KEEP_LOOKING_DAYS = 7
"""How far back a bill that was missed is still asked for."""


class DifferenceNotFoundError(LookupError):
    """There is no such difference, or it has been answered."""


def days_to_read(gateway: str, *, on: date) -> list[date]:
    """Return the past days whose bill has not been read, oldest first; none before it was used."""
    first = Settlement.objects.filter(gateway=gateway).order_by("paid_at").first()
    if first is None:
        return []
    earliest = max(first.paid_at.astimezone(SHENZHEN).date(), on - KEEP_LOOKING_DAYS * ONE_DAY)
    read = set(
        Bill.objects.filter(gateway=gateway, day__gte=earliest).values_list("day", flat=True)
    )
    days = ((earliest + n * ONE_DAY) for n in range((on - earliest).days))
    return [day for day in days if day not in read]


def moved_on(gateway: str, day: date) -> bool:
    """Say whether money came or went by this gateway on that day, as far as is on record."""
    start, end = _span(day)
    came = Settlement.objects.filter(gateway=gateway, paid_at__gte=start, paid_at__lt=end)
    went = Refund.objects.filter(settlement__gateway=gateway, asked_at__gte=start, asked_at__lt=end)
    return came.exists() or went.exists()


@transaction.atomic
def keep(*, gateway: str, day: date, lines: Sequence[Line], at: datetime) -> int:
    """Keep a day's bill and list where it differs from the record; return how many are new.

    What is on record and not in the bill is looked for once the next day's bill is there too: near
    midnight the two sides may count a payment on different days. A bill that was read is left
    alone.
    """
    bill, fresh = Bill.objects.get_or_create(
        gateway=gateway, day=day, defaults={"read_at": at, **_sums(lines)}
    )
    if not fresh:
        return 0
    BillLine.objects.bulk_create(
        BillLine(
            bill=bill,
            number=line.number,
            transaction=line.transaction,
            amount_fen=line.amount_fen,
            is_refund=line.is_refund,
        )
        for line in lines
    )
    found = [*_of_lines(gateway, lines), *_missing(gateway, day), *_missing(gateway, day - ONE_DAY)]
    new = 0
    for kind, number, transaction_number, ours, theirs in found:
        _, made = Difference.objects.get_or_create(
            gateway=gateway,
            kind=kind,
            number=number,
            defaults={
                "day": day,
                "transaction": transaction_number,
                "ours_fen": ours,
                "theirs_fen": theirs,
                "found_at": at,
            },
        )
        new += made
    return new


_Found = tuple[DifferenceKind, str, str, int | None, int | None]


def _of_lines(gateway: str, lines: Sequence[Line]) -> Iterator[_Found]:
    came = _settled(gateway, (line.number for line in lines if not line.is_refund))
    went = _refunded(gateway, (line.number for line in lines if line.is_refund))
    for line in lines:
        ours = (went if line.is_refund else came).get(line.number)
        if ours == line.amount_fen:
            continue
        kind = _KINDS[line.is_refund, ours is None]
        yield kind, line.number, line.transaction, ours, line.amount_fen


_KINDS = {
    (False, True): DifferenceKind.ONLY_THEIRS,
    (False, False): DifferenceKind.AMOUNT,
    (True, True): DifferenceKind.REFUND_ONLY_THEIRS,
    (True, False): DifferenceKind.REFUND_AMOUNT,
}


def _missing(gateway: str, day: date) -> Iterator[_Found]:
    """Yield what is on record for a day and in no bill, once its neighbours' bills are read."""
    around = {day, day + ONE_DAY}
    read = Bill.objects.filter(gateway=gateway, day__in=around).values_list("day", flat=True)
    if set(read) != around:
        return
    start, end = _span(day)
    came = Settlement.objects.filter(gateway=gateway, paid_at__gte=start, paid_at__lt=end)
    billed = _billed(gateway, is_refund=False)
    for row in came.exclude(attempt__number__in=billed).select_related("attempt"):
        number = row.attempt.number
        yield DifferenceKind.ONLY_OURS, number, row.transaction, row.amount_fen, None
    went = Refund.objects.filter(
        settlement__gateway=gateway, steps__kind="done", steps__at__gte=start, steps__at__lt=end
    )
    billed = _billed(gateway, is_refund=True)
    for back in went.exclude(number__in=billed).select_related("settlement"):
        transaction_number = back.settlement.transaction
        yield (
            DifferenceKind.REFUND_ONLY_OURS,
            back.number,
            transaction_number,
            back.amount_fen,
            None,
        )


def _billed(gateway: str, *, is_refund: bool) -> "QuerySet[BillLine, str]":
    rows = BillLine.objects.filter(bill__gateway=gateway, is_refund=is_refund)
    return rows.values_list("number", flat=True)


def _settled(gateway: str, numbers: Iterable[str]) -> Mapping[str, int]:
    rows = Settlement.objects.filter(gateway=gateway, attempt__number__in=list(numbers))
    return dict(rows.values_list("attempt__number", "amount_fen"))


def _refunded(gateway: str, numbers: Iterable[str]) -> Mapping[str, int]:
    rows = Refund.objects.filter(settlement__gateway=gateway, number__in=list(numbers))
    return dict(rows.values_list("number", "amount_fen"))


def _sums(lines: Sequence[Line]) -> dict[str, int]:
    came = [line.amount_fen for line in lines if not line.is_refund]
    went = [line.amount_fen for line in lines if line.is_refund]
    return {
        "payments": len(came),
        "payments_fen": sum(came),
        "refunds": len(went),
        "refunds_fen": sum(went),
    }


def _span(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), SHENZHEN)
    return start, start + timedelta(days=1)


@transaction.atomic
def answer(*, number: int, words: str, officer: str, at: datetime) -> None:
    """Answer a difference, for good: what it was and what was done about it.

    Raises:
        DifferenceNotFoundError: there is none, or it is answered.
        ValueError: no words.

    """
    if not words.strip():
        raise ValueError("an answer needs words")
    row = Difference.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if row is None or row.answered_at is not None:
        raise DifferenceNotFoundError(number)
    row.answered_by, row.answered_at, row.words = officer, at, words.strip()
    row.save(update_fields=("answered_by", "answered_at", "words"))


def open_differences(limit: int = 100) -> list[DifferenceView]:
    """Return what waits for an officer, oldest first."""
    rows = Difference.objects.filter(answered_at__isnull=True).order_by("day", "pk")[:limit]
    return [
        DifferenceView(
            number=row.pk,
            gateway=row.gateway,
            day=row.day,
            kind=DifferenceKind(row.kind),
            ours=row.number,
            transaction=row.transaction,
            ours_fen=row.ours_fen,
            theirs_fen=row.theirs_fen,
            found_at=row.found_at,
        )
        for row in rows
    ]
