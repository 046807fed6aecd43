"""Nudging departments: when the feed has something for them, a hint goes to the address they chose.

A hint says nothing about anybody. Losing one loses nothing: the feed is the truth.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from juzhu import wiring
from juzhu.journeys import contacts, feed
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.partners.warnings import How
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits.contracts import Place
from juzhu.modules.webhooks import queries, services, signing
from juzhu.modules.webhooks.contracts import AlertView, Attempt, Behind, TargetView, Told
from juzhu.modules.webhooks.texts import ALERTS
from juzhu.ports.clock import written
from juzhu.ports.webhooks import Outcome, Post

log = structlog.get_logger()

SENT_AT_ONCE: Final = 100
TOLD_AT_ONCE: Final = 20
TYPE: Final = "events.available"


def now() -> datetime:
    """Return the machine's own instant: addresses on the network know no other clock."""
    return datetime.fromtimestamp(time.time(), UTC)


def add(*, partner_id: int, url: str, at: datetime) -> TargetView:
    """Add a target and nudge it at once; raises what `webhooks.services.add` raises."""
    head = permits.head()
    return services.add(
        partner_id=partner_id, url=url, head=head.position, body=_hint(head, at), at=at
    )


def resume(*, partner_id: int, target_id: UUID, at: datetime) -> TargetView:
    """Let a target be nudged again; raises TargetNotFoundError."""
    head = permits.head()
    return services.resume(
        partner_id=partner_id,
        target_id=target_id,
        head=head.position,
        body=_hint(head, at),
        at=at,
    )


def hint(*, law: datetime, at: datetime) -> int:
    """Make a hint for each target that the feed has something new for; return how many.

    Args:
        law: now, by the clock of the law: the calendar's events come by it.
        at: now, by the machine's clock.

    """
    if not queries.any_targets():
        return 0
    permit_services.materialise_events(on=law.date(), at=law)
    head, followers = permits.head(), _followers(law.date())
    behind = [target for target in queries.behind(head.position) if target.partner_id in followers]
    return sum(_consider(target, head, at) for target in behind)


def _followers(on: date) -> set[int]:
    """Return the partners that may read the feed today."""
    return {
        partner.id
        for partner in partners.registry().partners.values()
        if not partner.suspended
        and (grant := partner.grants.get(Scope.EVENTS)) is not None
        and grant.in_force(on)
    }


def _consider(target: Behind, head: Place, at: datetime) -> bool:
    feed.meet(target.partner_id)
    position = target.told_through
    while events := permits.events_behind(position, limit=feed.SEEN_AT_ONCE):
        if feed.for_partner(target.partner_id, events):
            return services.nudge(
                target_id=target.target, through=head.position, body=_hint(head, at), at=at
            )
        position = events[-1].position
    services.nudge(target_id=target.target, through=position, body=None, at=at)
    return False


def send(*, at: datetime) -> int:
    """Send the hints that are due, side by side; return how many tries were made."""
    attempts = services.claim(at=at, limit=SENT_AT_ONCE)
    if not attempts:
        return 0
    outcomes = wiring.webhooks().post_all([_post(attempt, at) for attempt in attempts])
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        _report(attempt, outcome, at)
    return len(attempts)


def tell_contacts() -> int:
    """Tell partners' contacts what is wrong with their targets; return how many were told.

    See `contacts.tell`.
    """
    told = 0
    for alert in queries.open_alerts(limit=TOLD_AT_ONCE):
        outcome = _tell(alert)
        if outcome is None:
            return told  # the gateway is silent: the next round is seconds away
        services.mark_told(alert.id, outcome)
        told += outcome is Told.SENT
    return told


def _tell(alert: AlertView) -> Told | None:
    note = contacts.Note(
        key=f"webhook-alert-{alert.id}",
        text=ALERTS[alert.kind],
        template=f"webhook_{alert.kind}.1",
        more=f"接收地址：{alert.url}\n最近一次：{alert.outcome}",
    )
    match contacts.tell(partners.contact(alert.partner_id), note):
        case How.TOLD:
            return Told.SENT
        case How.UNTOLD:
            return Told.UNTOLD
        case None:
            return None


def _hint(end: Place, at: datetime) -> bytes:
    return msgspec.json.encode(
        {
            "type": TYPE,
            "timestamp": written(at),
            "data": {"until": feed.cursor_of(end)},
        }
    )


def _post(attempt: Attempt, at: datetime) -> Post:
    headers = signing.headers(
        delivery=attempt.delivery,
        body=attempt.body,
        timestamp=int(at.timestamp()),
        private_keys=attempt.private_keys,
    )
    return Post(attempt.url, headers, attempt.body)


def _report(attempt: Attempt, outcome: Outcome, at: datetime) -> None:
    wait = outcome.retry_after
    alert = services.report(
        delivery=attempt.delivery,
        status=outcome.status,
        outcome=outcome.said,
        retry_after=None if wait is None else timedelta(seconds=wait),
        at=at,
    )
    if alert is not None:
        log.warning("webhooks.target_failed", delivery=str(attempt.delivery), alert=alert.value)
