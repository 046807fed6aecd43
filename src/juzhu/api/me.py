"""What a partner sees of itself and may change by itself: its keys, its usage."""

from datetime import date, timedelta
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router

from juzhu.api import tokens
from juzhu.api.calls import call_of
from juzhu.api.creating import CREATES, creating
from juzhu.api.directory import directory
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import Day, GrantOut, KeyEnd, KeyOut, Me, NewKey, UsageLine, UsageOut
from juzhu.modules.partners import jose, queries, services, usage
from juzhu.modules.partners.contracts import Grant, PartnerView, RegisteredKey
from juzhu.modules.partners.jose import JoseRefusedError

router = Router(tags=["partner"])

OVERLAP: Final = timedelta(hours=24)
MOST_KEYS: Final = 8
LONGEST_USAGE: Final = timedelta(days=366)


@router.get("/me", response=Me, operation_id="me", summary="Who you are here")
def me(request: HttpRequest) -> Me:
    """Return your entry in the registry of partners: grants, keys, limits."""
    return _me(queries.partner(call_of(request).partner.code))


@router.post(
    "/me/keys",
    response={201: KeyOut},
    operation_id="add_key",
    summary="Register a further key",
    openapi_extra=CREATES,
)
@creating
def add_key(request: HttpRequest, new: NewKey) -> tuple[int, KeyOut]:
    """Register a public key beside those you have; both are good until you end the old one.

    Within two seconds it is known to every process.
    """
    caller, at = call_of(request).partner, tokens.now()
    try:
        key = jose.public_key(new.jwk.model_dump(exclude_none=True))
    except JoseRefusedError as error:
        raise _wrong(str(error), "/jwk") from None
    kid = new.jwk.kid or jose.thumbprint(key)
    if len(queries.valid_keys(queries.partner(caller.code), at)) >= MOST_KEYS:
        raise Problem(Kind.STATE, f"You have {MOST_KEYS} keys: end one first.")
    try:
        services.add_key(code=caller.code, key=key, kid=kid, actor=caller.actor, at=at)
    except services.KeyTakenError:
        detail = "This key, or a key of this name, is registered already."
        raise Problem(Kind.STATE, detail) from None
    return 201, _key(_find(caller.code, kid))


@router.post(
    "/me/keys/{kid}/end",
    response=KeyOut,
    operation_id="end_key",
    summary="End a key",
)
def end_key(request: HttpRequest, kid: str, end: KeyEnd) -> KeyOut:
    """Let a key be good until an instant and no longer. The last one cannot be ended here.

    Repeating it changes nothing: an end is brought forward, never put off.
    """
    caller, at = call_of(request).partner, tokens.now()
    ends_at = end.ends_at or at + OVERLAP
    others = [key for key in _standing(caller.code) if key.kid != kid]
    _find(caller.code, kid)
    if ends_at < at:
        raise _wrong("This lies in the past.", "/ends_at")
    if not others:
        raise Problem(Kind.STATE, "This is your last key: register another first.")
    services.end_key(code=caller.code, kid=kid, ends_at=ends_at, actor=caller.actor, at=at)
    return _key(_find(caller.code, kid))


@router.get("/me/usage", response=UsageOut, operation_id="usage", summary="How much you called")
def used(
    request: HttpRequest,
    first: Annotated[Day | None, Query(description="First day; left out: 30 days ago.")] = None,
    last: Annotated[Day | None, Query(description="Last day; left out: today.")] = None,
) -> UsageOut:
    """Return how often you called what, by day and status, over at most a year."""
    last = last or directory.today
    first = first or last - timedelta(days=min(30, (last - date.min).days))
    if not timedelta() <= last - first <= LONGEST_USAGE:
        problem = {"detail": "first lies after last, or over a year before.", "parameter": "first"}
        raise Problem(Kind.INVALID, errors=[problem])
    lines = usage.usage(call_of(request).partner.partner_id, first=first, last=last)
    told = [
        UsageLine(day=x.day, operation=x.operation, status=x.status, calls=x.calls) for x in lines
    ]
    return UsageOut(first=first, last=last, lines=told)


def _standing(code: str) -> list[RegisteredKey]:
    """Return the keys that nobody has set an end to."""
    return [key for key in queries.partner(code).keys if key.ends_at is None]


def _find(code: str, kid: str) -> RegisteredKey:
    for key in queries.partner(code).keys:
        if key.kid == kid:
            return key
    raise Problem(Kind.NOT_FOUND)


def _me(partner: PartnerView) -> Me:
    keys = queries.valid_keys(partner, tokens.now())
    return Me(
        code=partner.code,
        name=partner.name,
        contact=partner.contact,
        dpop=partner.dpop,
        calls_per_minute=partner.calls_per_minute,
        jwks_uri=partner.jwks_uri or None,
        grants=[_grant(grant) for grant in partner.grants.values()],
        keys=[_key(key) for key in keys],
    )


def _grant(grant: Grant) -> GrantOut:
    return GrantOut(
        scope=grant.scope,
        legal_basis=grant.legal_basis,
        fields=list(grant.fields),
        confidential_days=grant.confidential_days,
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
        per_subject_per_day=grant.per_subject_per_day,
        in_force=grant.in_force(directory.today),
    )


def _key(key: RegisteredKey) -> KeyOut:
    return KeyOut(
        kid=key.kid, thumbprint=key.thumbprint, added_at=key.added_at, ends_at=key.ends_at
    )


def _wrong(detail: str, pointer: str) -> Problem:
    return Problem(Kind.INVALID, errors=[{"detail": detail, "pointer": pointer}])
