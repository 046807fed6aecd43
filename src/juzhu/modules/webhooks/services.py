"""Commands on targets and deliveries. Nothing here calls out."""

import random
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from juzhu.modules.partners import services as partners
from juzhu.modules.webhooks import signing
from juzhu.modules.webhooks.contracts import (
    JITTER,
    KEPT,
    LEASE,
    LONGEST_RETRY_AFTER,
    MOST_REPLAYED,
    MOST_TARGETS,
    OVERLAP,
    TRIES,
    TRIPS_AFTER,
    WAITS,
    AlertKind,
    Attempt,
    DeliveryState,
    TargetState,
    TargetView,
    Told,
)
from juzhu.modules.webhooks.models import Alert, Delivery, Target, TargetKey
from juzhu.modules.webhooks.queries import TargetNotFoundError, view

GONE: Final = 410
_CHANCE: Final = random.SystemRandom()

# To a resting target only its oldest delivery goes: a trial, not a queue.
_CLAIM: Final = """
    UPDATE webhooks_delivery SET tries = tries + 1, next_try_at = %(until)s
    WHERE id IN (
        SELECT delivery.id FROM webhooks_delivery AS delivery
        JOIN webhooks_target AS target ON target.id = delivery.target_id
        WHERE delivery.state = 'pending' AND delivery.next_try_at <= %(at)s
            AND (target.state = 'active' OR target.state = 'resting' AND NOT EXISTS (
                SELECT FROM webhooks_delivery AS earlier
                WHERE earlier.target_id = target.id AND earlier.state = 'pending'
                    AND (earlier.made_at, earlier.id) < (delivery.made_at, delivery.id)))
        ORDER BY delivery.next_try_at LIMIT %(limit)s
        FOR NO KEY UPDATE OF delivery SKIP LOCKED
    ) RETURNING id
"""


class TooManyTargetsError(Exception):
    """The partner has as many targets as it may have."""


class TargetExistsError(Exception):
    """The partner has a target of this address."""


@transaction.atomic
def add(*, partner_id: int, url: str, head: int, body: bytes, at: datetime) -> TargetView:
    """Add a target with a key of its own and nudge it at once, so that its owner sees it work.

    Args:
        partner_id: whose.
        url: where; checked by the caller.
        head: the newest place in the feed.
        body: of the first nudge.
        at: when.

    Raises:
        TooManyTargetsError: MOST_TARGETS are there.
        TargetExistsError: this address is there.

    """
    urls = list(Target.objects.filter(partner_id=partner_id).values_list("url", flat=True))
    if url in urls:
        raise TargetExistsError(url)
    if len(urls) >= MOST_TARGETS:
        raise TooManyTargetsError
    try:
        with transaction.atomic():
            row = Target.objects.create(
                partner_id=partner_id,
                url=url,
                created_at=at,
                state=TargetState.ACTIVE,
                told_through=head,
            )
    except IntegrityError as error:  # added by another request at the same moment
        raise TargetExistsError(url) from error
    _add_key(row, at)
    _deliver(row, body, at)
    return view(row, at)


@transaction.atomic
def remove(*, partner_id: int, target_id: UUID) -> None:
    """Forget a target and all that was sent to it; raise TargetNotFoundError."""
    _locked(partner_id, target_id).delete()


@transaction.atomic
def change_key(*, partner_id: int, target_id: UUID, at: datetime) -> TargetView:
    """Add a key; those there were sign beside it for OVERLAP and no longer.

    Raises:
        TargetNotFoundError: the partner has no such target.

    """
    row = _locked(partner_id, target_id)
    row.keys.filter(ends_at=None).update(ends_at=at + OVERLAP)
    _add_key(row, at)
    return view(row, at)


@transaction.atomic
def resume(*, partner_id: int, target_id: UUID, head: int, body: bytes, at: datetime) -> TargetView:
    """Let a target be nudged again, at once; raise TargetNotFoundError."""
    row = _locked(partner_id, target_id)
    row.state, row.why, row.failures, row.told_through = TargetState.ACTIVE, "", 0, head
    row.save(update_fields=("state", "why", "failures", "told_through"))
    on_its_way = row.deliveries.filter(state=DeliveryState.PENDING)
    on_its_way.update(next_try_at=at, tries=0)
    if not on_its_way.filter(replayed=False).exists():
        _deliver(row, body, at)
    return view(row, at)


@transaction.atomic
def replay(
    *, partner_id: int, target_id: UUID, first: datetime, last: datetime, at: datetime
) -> int:
    """Send again what was made between two instants, both included, under the same ids.

    Returns:
        how many; at most MOST_REPLAYED, the oldest.

    Raises:
        TargetNotFoundError: the partner has no such target.

    """
    row = _locked(partner_id, target_id)
    return _again(row.deliveries.filter(made_at__range=(first, last)), at)


@transaction.atomic
def replay_these(*, partner_id: int, deliveries: Collection[UUID], actor: str, at: datetime) -> int:
    """Send again some of a partner's deliveries, by staff; return how many, as `replay` does."""
    chosen = Delivery.objects.filter(pk__in=deliveries, target__partner_id=partner_id)
    count = _again(chosen, at)
    partners.note(
        partner_id=partner_id,
        what="hints_replayed",
        actor=actor,
        at=at,
        hints=[signing.name_of(key) for key in deliveries],
    )
    return count


def _again(chosen: "QuerySet[Delivery]", at: datetime) -> int:
    done = chosen.exclude(state=DeliveryState.PENDING).order_by("made_at", "pk")
    keys = list(done.values_list("pk", flat=True)[:MOST_REPLAYED])
    return Delivery.objects.filter(pk__in=keys).update(
        state=DeliveryState.PENDING,
        replayed=True,
        tries=0,
        next_try_at=at,
        outcome="",
        delivered_at=None,
    )


@transaction.atomic
def nudge(*, target_id: UUID, through: int, body: bytes | None, at: datetime) -> bool:
    """Note that a target has been considered up to a place in the feed, and nudge it.

    Args:
        target_id: which.
        through: the place.
        body: of the nudge; None when there is nothing for it.
        at: when.

    Returns:
        whether a nudge was made; not when one is on its way already.

    """
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(pk=target_id, told_through__lt=through).first()
    if row is None or row.deliveries.filter(state=DeliveryState.PENDING).exists():
        return False
    row.told_through = through
    row.save(update_fields=("told_through",))
    if body is not None:
        _deliver(row, body, at)
    return body is not None


@transaction.atomic
def claim(*, at: datetime, limit: int) -> list[Attempt]:
    """Take on deliveries that are due; each is somebody's for LEASE, then due again."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "until": at + LEASE, "limit": limit})
        taken = [row[0] for row in cursor.fetchall()]
    rows = Delivery.objects.filter(pk__in=taken).select_related("target").order_by("made_at")
    return [
        Attempt(
            row.pk,
            row.target.url,
            bytes(row.body),
            tuple(
                bytes(key.private)
                for key in row.target.keys.order_by("-pk")
                if key.ends_at is None or at < key.ends_at
            ),
        )
        for row in rows.prefetch_related("target__keys")
    ]


@transaction.atomic
def report(
    *, delivery: UUID, status: int | None, outcome: str, retry_after: timedelta | None, at: datetime
) -> AlertKind | None:
    """Note how a try went, and what follows.

    Args:
        delivery: which.
        status: what the target answered; None for no answer.
        outcome: the same in a few words.
        retry_after: how long it asked to be left alone.
        at: when.

    Returns:
        what the partner's contact must now be told.

    """
    found = Delivery.objects.filter(pk=delivery).values_list("target_id", flat=True).first()
    if found is None:
        return None  # the partner removed the target meanwhile
    target = Target.objects.select_for_update(of=("self",)).get(pk=found)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery)
    row.outcome = outcome[:120]
    succeeded = status is not None and 200 <= status < 300
    outcomes: Callable[..., AlertKind | None] = _succeeded if succeeded else _failed
    alert = outcomes(target, row, status, retry_after, at)
    row.save(update_fields=("outcome", "state", "next_try_at", "delivered_at"))
    target.save(update_fields=("state", "why", "failures"))
    if alert is not None:
        Alert.objects.create(target=target, at=at, kind=alert, outcome=row.outcome, told=Told.OPEN)
    return alert


def mark_told(alert_id: int, told: Told) -> None:
    """Note whether the contact has been told."""
    Alert.objects.filter(pk=alert_id).update(told=told)


def forget(*, at: datetime) -> int:
    """Delete what was settled long ago; return how many deliveries went."""
    done = Delivery.objects.exclude(state=DeliveryState.PENDING)
    return done.filter(made_at__lt=at - KEPT).delete()[0]


def _succeeded(
    target: Target, row: Delivery, status: int, retry_after: timedelta | None, at: datetime
) -> AlertKind | None:
    del status, retry_after
    row.state, row.next_try_at, row.delivered_at = DeliveryState.DELIVERED, None, at
    target.failures = 0
    if target.state == TargetState.RESTING:
        target.state = TargetState.ACTIVE
    return None


def _failed(
    target: Target,
    row: Delivery,
    status: int | None,
    retry_after: timedelta | None,
    at: datetime,
) -> AlertKind | None:
    target.failures += 1
    if status == GONE or row.tries >= TRIES:
        row.state, row.next_try_at = DeliveryState.FAILED, None
        if target.state == TargetState.DISABLED:
            return None
        kind = AlertKind.GONE if status == GONE else AlertKind.UNREACHABLE
        target.state, target.why = TargetState.DISABLED, kind
        return kind
    row.next_try_at = at + _wait(row.tries, retry_after)
    if target.failures >= TRIPS_AFTER and target.state == TargetState.ACTIVE:
        target.state = TargetState.RESTING
        return AlertKind.RESTING
    return None


def _wait(tries: int, retry_after: timedelta | None) -> timedelta:
    wait = WAITS[tries - 1] * (1 + JITTER * _CHANCE.random())
    return max(wait, min(retry_after or timedelta(), LONGEST_RETRY_AFTER))


def _locked(partner_id: int, target_id: UUID) -> Target:
    rows = Target.objects.select_for_update(of=("self",))
    row = rows.filter(partner_id=partner_id, pk=target_id).first()
    if row is None:
        raise TargetNotFoundError(str(target_id))
    return row


def _add_key(row: Target, at: datetime) -> None:
    private, public = signing.new_key()
    TargetKey.objects.create(target=row, private=private, public=public, since=at)


def _deliver(row: Target, body: bytes, at: datetime) -> None:
    row.deliveries.create(body=body, made_at=at, state=DeliveryState.PENDING, next_try_at=at)
