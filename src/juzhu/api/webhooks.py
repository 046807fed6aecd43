"""Addresses that a partner wants nudged: managed by the partner itself."""

from typing import Annotated, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from juzhu import wiring
from juzhu.api.auth import require
from juzhu.api.calls import call_of
from juzhu.api.creating import CREATES, creating
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import (
    HintOut,
    HintsOut,
    Instant,
    NewWebhook,
    Replay,
    Replayed,
    WebhookOut,
    WebhooksOut,
)
from juzhu.journeys import webhooks
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.webhooks import queries, services, signing
from juzhu.modules.webhooks.contracts import MOST_TARGETS, TargetView
from juzhu.modules.webhooks.queries import TargetNotFoundError
from juzhu.ports.webhooks import AddressRefusedError

router = Router(tags=["webhooks"])

_SHOWN: Final = 100


@router.get("/webhooks", response=WebhooksOut, operation_id="webhooks", summary="Your addresses")
def listed(request: HttpRequest) -> WebhooksOut:
    """Return the addresses that are nudged when the feed has something for you."""
    found = queries.targets(_partner_id(request), at=webhooks.now())
    return WebhooksOut(webhooks=[_shown(target) for target in found])


@router.post(
    "/webhooks",
    response={201: WebhookOut},
    operation_id="add_webhook",
    summary="Add an address",
    openapi_extra=CREATES,
)
@creating
def add(request: HttpRequest, new: NewWebhook) -> tuple[int, WebhookOut]:
    """Add an address and nudge it at once, so that you see it work.

    Hints follow Standard Webhooks, signed `v1a` (Ed25519) by a key of this address alone, and say
    only that the feed has something for you. Answer 2xx within ten seconds. Ten tries in 75 hours;
    `Retry-After` is honoured; 410 disables the address; redirects are not followed.
    """
    partner_id = _partner_id(request)
    try:
        wiring.webhooks().check(new.url)
        target = webhooks.add(partner_id=partner_id, url=new.url, at=webhooks.now())
    except AddressRefusedError as error:
        raise _wrong(str(error), "/url") from None
    except services.TargetExistsError:
        raise _wrong("You have this address already.", "/url") from None
    except services.TooManyTargetsError:
        raise _wrong(f"You have {MOST_TARGETS} addresses: remove one first.", "/url") from None
    return 201, _shown(target)


@router.get(
    "/webhooks/{webhook_id}",
    response=WebhookOut,
    operation_id="webhook",
    summary="One address",
)
def one(request: HttpRequest, webhook_id: UUID) -> WebhookOut:
    """Return one address of yours."""
    return _shown(_found(request, webhook_id))


@router.delete(
    "/webhooks/{webhook_id}",
    response={204: None},
    operation_id="remove_webhook",
    summary="Remove an address",
)
def remove(request: HttpRequest, webhook_id: UUID) -> None:
    """Remove an address; what is on its way to it is not sent any more."""
    try:
        services.remove(partner_id=_partner_id(request), target_id=webhook_id)
    except TargetNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None


@router.post(
    "/webhooks/{webhook_id}/keys",
    response={201: WebhookOut},
    operation_id="change_webhook_key",
    summary="Change the signing key",
    openapi_extra=CREATES,
)
@creating
def change_key(request: HttpRequest, webhook_id: UUID) -> tuple[int, WebhookOut]:
    """Add a key; for 24 hours the former signs beside it, then the new one alone."""
    try:
        target = services.change_key(
            partner_id=_partner_id(request), target_id=webhook_id, at=webhooks.now()
        )
    except TargetNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None
    return 201, _shown(target)


@router.post(
    "/webhooks/{webhook_id}/resume",
    response=WebhookOut,
    operation_id="resume_webhook",
    summary="Nudge an address again",
)
def resume(request: HttpRequest, webhook_id: UUID) -> WebhookOut:
    """Let an address that was disabled, or rests, be nudged again, at once."""
    try:
        target = webhooks.resume(
            partner_id=_partner_id(request), target_id=webhook_id, at=webhooks.now()
        )
    except TargetNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None
    return _shown(target)


@router.get(
    "/webhooks/{webhook_id}/hints",
    response=HintsOut,
    operation_id="hints",
    summary="What was sent to an address",
)
def hints(
    request: HttpRequest,
    webhook_id: UUID,
    before: Annotated[
        Instant | None, Query(description="Made before; the `made_at` of the last one shown.")
    ] = None,
) -> HintsOut:
    """Return the hints of the last 30 days, newest first, and what became of them."""
    target = _found(request, webhook_id)
    return HintsOut(
        hints=[
            HintOut(
                id=signing.name_of(sent.id),
                state=sent.state,
                made_at=sent.made_at,
                tries=sent.tries,
                next_try_at=sent.next_try_at,
                outcome=sent.outcome,
                delivered_at=sent.delivered_at,
            )
            for sent in queries.deliveries(target.id, before=before, limit=_SHOWN)
        ]
    )


@router.post(
    "/webhooks/{webhook_id}/replays",
    response={202: Replayed},
    operation_id="replay_hints",
    summary="Send hints again",
    openapi_extra=CREATES,
)
@creating
def replay(request: HttpRequest, webhook_id: UUID, which: Replay) -> tuple[int, Replayed]:
    """Send again the hints made between two instants, under the ids they had.

    You need it to test your side; what you missed is in the feed, hint or no hint.
    """
    if which.last < which.first:
        raise _wrong("This lies before `first`.", "/last")
    try:
        count = services.replay(
            partner_id=_partner_id(request),
            target_id=webhook_id,
            first=which.first,
            last=which.last,
            at=webhooks.now(),
        )
    except TargetNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None
    return 202, Replayed(replayed=count)


def _partner_id(request: HttpRequest) -> int:
    caller = call_of(request).partner
    require(caller, Scope.EVENTS)
    return caller.partner_id


def _found(request: HttpRequest, webhook_id: UUID) -> TargetView:
    try:
        return queries.target(_partner_id(request), webhook_id, at=webhooks.now())
    except TargetNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None


def _shown(target: TargetView) -> WebhookOut:
    return WebhookOut(
        id=target.id,
        url=target.url,
        state=target.state,
        why=target.why,
        failures=target.failures,
        created_at=target.created_at,
        public_keys=[signing.public_text(key) for key in target.public_keys],
    )


def _wrong(detail: str, pointer: str) -> Problem:
    return Problem(Kind.INVALID, errors=[{"detail": detail, "pointer": pointer}])
