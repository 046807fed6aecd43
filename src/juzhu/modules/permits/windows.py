"""Windows that a fault touched: those about to close, and those missed meanwhile."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from juzhu.domain.permit import ActionKind, held_periods
from juzhu.modules.permits.models import Permit, PermitAction


def closing(
    *, first: date, last: date, occasion: str, after: int, limit: int
) -> list[tuple[int, date]]:
    """Return permits whose running window closes within these days, and its last day.

    Args:
        first: earliest last day of a window.
        last: latest.
        occasion: permits already extended on it are left out.
        after: number of the permit after which to go on.
        limit: how many at most.

    """
    rows = _not_extended(occasion).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=first),
        suspended_from__gt=first,
        suspended_from__lte=last + timedelta(days=1),
        pk__gt=after,
    )
    return [(row.pk, row.suspended_from - timedelta(days=1)) for row in rows.order_by("pk")[:limit]]


def missed(
    *, first: date, last: date, occasion: str, after: int, limit: int
) -> list[tuple[int, date | None]]:
    """Return permits restored by a late endorsement after `first`, and the window it missed.

    The window's last day is None unless it lies between `first` and `last`; the other arguments
    are those of `closing`.
    """
    late = PermitAction.objects.filter(
        permit=OuterRef("pk"),
        kind=ActionKind.ENDORSED,
        on__gt=first,
        on=OuterRef("suspended_from") - timedelta(days=365),
    ) | PermitAction.objects.filter(
        permit=OuterRef("pk"),
        kind=ActionKind.ENDORSED,
        on__gt=first,
        on=OuterRef("suspended_from") - timedelta(days=366),
    )
    rows = _not_extended(occasion).filter(Exists(late), pk__gt=after).order_by("pk")[:limit]
    return [(row.pk, _missed(row, first, last)) for row in rows]


def _not_extended(occasion: str) -> "QuerySet[Permit]":
    done = PermitAction.objects.filter(
        permit=OuterRef("pk"), kind=ActionKind.EXTENDED, occasion=occasion
    )
    return Permit.objects.filter(~Exists(done))


def _missed(permit: Permit, first: date, last: date) -> date | None:
    rows = PermitAction.objects.filter(permit=permit).order_by("on", "pk")
    actions = [row.act for row in rows]
    spans = held_periods(actions, date.max)[:-1]  # each but the last ended in a missed window
    return next((through for _, through in spans if first <= through <= last), None)
