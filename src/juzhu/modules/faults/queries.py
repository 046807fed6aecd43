"""Reading faults."""

from juzhu.modules.faults.contracts import FaultView, Part
from juzhu.modules.faults.models import Fault


def fault(number: int) -> FaultView:
    """Return a fault; raise Fault.DoesNotExist."""
    return _view(Fault.objects.get(pk=number))


def faults(limit: int = 50) -> list[FaultView]:
    """Return the latest faults, newest first."""
    return [_view(row) for row in Fault.objects.order_by("-first", "-pk")[:limit]]


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
