"""Reading targets and deliveries."""

from datetime import datetime
from uuid import UUID

from juzhu.modules.webhooks.contracts import (
    AlertKind,
    AlertView,
    Behind,
    DeliveryState,
    DeliveryView,
    TargetState,
    TargetView,
    Told,
)
from juzhu.modules.webhooks.models import Alert, Delivery, Target


class TargetNotFoundError(LookupError):
    """The partner has no such target."""


def targets(partner_id: int, *, at: datetime) -> list[TargetView]:
    """Return the partner's targets, oldest first."""
    rows = Target.objects.filter(partner_id=partner_id).prefetch_related("keys")
    return [view(row, at) for row in rows.order_by("created_at", "pk")]


def target(partner_id: int, target_id: UUID, *, at: datetime) -> TargetView:
    """Return one target; raise TargetNotFoundError when it is not the partner's."""
    row = Target.objects.filter(partner_id=partner_id, pk=target_id).first()
    if row is None:
        raise TargetNotFoundError(str(target_id))
    return view(row, at)


def deliveries(target_id: UUID, *, before: datetime | None, limit: int) -> list[DeliveryView]:
    """Return what was sent to a target, newest first, made before an instant."""
    rows = Delivery.objects.filter(target_id=target_id)
    if before is not None:
        rows = rows.filter(made_at__lt=before)
    return [
        DeliveryView(
            row.pk,
            DeliveryState(row.state),
            row.made_at,
            row.tries,
            row.next_try_at,
            row.outcome,
            row.delivered_at,
        )
        for row in rows.order_by("-made_at", "-pk")[:limit]
    ]


def alerts(partner_id: int, *, limit: int) -> list[AlertView]:
    """Return what the partner's contact was to be told, newest first."""
    rows = Alert.objects.filter(target__partner_id=partner_id).select_related("target")
    return [_alert(row) for row in rows.order_by("-at", "-pk")[:limit]]


def open_alerts(*, limit: int) -> list[AlertView]:
    """Return what nobody has been told yet, oldest first."""
    rows = Alert.objects.filter(told=Told.OPEN).select_related("target")
    return [_alert(row) for row in rows.order_by("at", "pk")[:limit]]


def _alert(row: Alert) -> AlertView:
    return AlertView(
        id=row.pk,
        at=row.at,
        target=row.target_id,
        partner_id=row.target.partner_id,
        kind=AlertKind(row.kind),
        url=row.target.url,
        outcome=row.outcome,
        told=Told(row.told),
    )


def behind(head: int) -> list[Behind]:
    """Return the targets that are to be nudged if the feed holds anything for them up to `head`."""
    rows = Target.objects.exclude(state=TargetState.DISABLED).filter(told_through__lt=head)
    waiting = rows.exclude(deliveries__state=DeliveryState.PENDING)
    return [
        Behind(row.pk, row.partner_id, row.told_through)
        for row in waiting.order_by("partner_id", "pk")
    ]


def any_targets() -> bool:
    """Say whether there is anybody to be nudged."""
    return Target.objects.exclude(state=TargetState.DISABLED).exists()


def view(row: Target, at: datetime) -> TargetView:
    """Return a target with the keys that sign for it now."""
    keys = [key for key in row.keys.all() if key.ends_at is None or at < key.ends_at]
    keys.sort(key=lambda key: key.pk, reverse=True)
    return TargetView(
        id=row.pk,
        partner_id=row.partner_id,
        url=row.url,
        state=TargetState(row.state),
        why=row.why,
        failures=row.failures,
        created_at=row.created_at,
        public_keys=tuple(bytes(key.public) for key in keys),
    )
