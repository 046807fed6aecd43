"""Reading faults."""

from datetime import date

from django.db.models import Sum

from juzhu.domain.extension import fresh_spans
from juzhu.modules.faults import contracts
from juzhu.modules.faults.contracts import FaultView, Part
from juzhu.modules.faults.models import Fault, Heartbeat, Proposal, ServiceDay


def fault(number: int) -> FaultView:
    """Return a fault; raise Fault.DoesNotExist."""
    return _view(Fault.objects.get(pk=number))


def faults(limit: int = 50) -> list[FaultView]:
    """Return the latest faults, newest first."""
    return [_view(row) for row in Fault.objects.order_by("-first", "-pk")[:limit]]


def days_of(number: int) -> list[tuple[date, date]]:
    """Return the days that this fault gives back: those that no fault before it covers."""
    row = Fault.objects.get(pk=number)
    before = Fault.objects.filter(pk__lt=number, first__lte=row.last, last__gte=row.first)
    return fresh_spans(row.first, row.last, before.values_list("first", "last"))


def proposals() -> list[contracts.Proposal]:
    """Return the days that wait for somebody to say whether they were lost, oldest first."""
    rows = Proposal.objects.filter(answered_at__isnull=True).order_by("day", "pk")
    return [
        contracts.Proposal(row.pk, Part(row.part), row.day, row.minutes, row.questions)
        for row in rows
    ]


def by_occasion(occasion: str) -> FaultView | None:
    """Return the fault that an act names as its occasion, None when it names another thing."""
    kind, _, number = occasion.partition(":")
    if kind != "fault" or not number.isdecimal():
        return None
    row = Fault.objects.filter(pk=int(number)).first()
    return None if row is None else _view(row)


def _view(row: Fault) -> FaultView:
    return FaultView(
        row.pk, Part(row.part), row.first, row.last, row.reason, row.recorded_by, row.recorded_at
    )


def record_of(first: date, last: date) -> tuple[int, int]:
    """Return the minutes of our own silence and the failed pages of some days."""
    sums = ServiceDay.objects.filter(day__range=(first, last)).aggregate(
        silent=Sum("silent_minutes", default=0), errors=Sum("errors", default=0)
    )
    return sums["silent"], sums["errors"]


def beats() -> bool:
    """Say whether signs of life are noted at all: not in a trial."""
    return Heartbeat.objects.exists()
