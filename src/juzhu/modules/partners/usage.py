"""How much each partner calls: counted in memory, written down together. No bill hangs on it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from juzhu.modules.partners.models import Usage


@dataclass(frozen=True, slots=True)
class Called:
    """What is counted: partner, day, operation, and how it was answered."""

    partner_id: int
    day: date
    operation: str
    status: int


@dataclass(frozen=True, slots=True)
class UsageView:
    """One line of a partner's usage."""

    day: date
    operation: str
    status: int
    calls: int


def add(counted: Mapping[Called, int]) -> None:
    """Add calls to what is written, in one statement and in one order, so that none waits."""
    rows = sorted(
        (key.partner_id, key.day, key.operation, key.status, calls)
        for key, calls in Counter(counted).items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_usage (partner_id, day, operation, status, calls) "
            "SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[], %s::bigint[]) "
            "ON CONFLICT (partner_id, day, operation, status) "
            "DO UPDATE SET calls = partners_usage.calls + excluded.calls",
            [list(column) for column in zip(*rows, strict=True)],
        )


def usage(partner_id: int, *, first: date, last: date) -> list[UsageView]:
    """Return what a partner called between two days, both included, by day and operation."""
    rows = Usage.objects.filter(partner_id=partner_id, day__range=(first, last))
    ordered = rows.order_by("day", "operation", "status")
    return [UsageView(row.day, row.operation, row.status, row.calls) for row in ordered]


def last_day(partner_id: int, operation: str) -> date | None:
    """Return the day on which the partner's last call of this operation was answered."""
    rows = Usage.objects.filter(partner_id=partner_id, operation=operation, status=200)
    return rows.order_by("-day").values_list("day", flat=True).first()
