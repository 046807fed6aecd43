"""The token endpoint: client credentials, proved by a signed assertion (RFC 6749, RFC 7523).

A refusal is problem details and, in the same object, the `error` of RFC 6749 §5.2, so that a
plain OAuth library understands it.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeGuard
from urllib.parse import parse_qsl

from juzhu import wiring
from juzhu.api import dpop, published, tokens
from juzhu.api.calls import Answer, Call, json_answer
from juzhu.api.directory import directory
from juzhu.api.limits import limits
from juzhu.api.problems import Kind, Problem
from juzhu.api.threads import beside
from juzhu.modules.partners import jose, services
from juzhu.modules.partners.contracts import PartnerView
from juzhu.modules.partners.jose import JoseRefusedError, PublicKey

PATH: Final = "/oauth/token"
FORM: Final = "application/x-www-form-urlencoded"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MOST_FIELDS: Final = 16
SKEW_SECONDS: Final = 60
LONGEST_SECONDS: Final = 300
"""How long an assertion may be good: its `jti` is remembered that long."""


async def token(call: Call) -> Answer:
    """Answer one token request."""
    form = _form(call)
    if form.get("grant_type") != "client_credentials":
        _refuse(Kind.INVALID_GRANT_REQUEST, "unsupported_grant_type", "Only client_credentials.")
    if form.get("client_assertion_type") != _ASSERTION_TYPE:
        _refuse(Kind.INVALID_CLIENT, "invalid_client", "No client_assertion of type jwt-bearer.")
    partner = await _client(form.get("client_assertion", ""), form.get("client_id"))
    left = await limits.take(partner.id, partner.calls_per_minute)
    thumbprint = await _thumbprint(call, partner)
    scopes = _scopes(partner, form.get("scope", ""))
    issued = tokens.issue(code=partner.code, scopes=scopes, thumbprint=thumbprint)
    answer = json_answer(
        {
            "access_token": issued,
            "token_type": "DPoP" if thumbprint else "Bearer",
            "expires_in": tokens.LIFETIME_SECONDS,
            "scope": " ".join(scopes),
        }
    )
    answer.headers.update(left.headers())
    return answer


def _form(call: Call) -> dict[str, str]:
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise Problem(Kind.MEDIA_TYPE, f"Send {FORM}.")
    try:
        pairs = parse_qsl(
            call.body.decode(),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        _refuse(Kind.INVALID_GRANT_REQUEST, "invalid_request", "The form could not be read.")
    if len(dict(pairs)) != len(pairs):
        _refuse(Kind.INVALID_GRANT_REQUEST, "invalid_request", "A field stands twice.")
    return dict(pairs)


async def _client(assertion: str, client_id: str | None) -> PartnerView:
    """Return the partner that the assertion proves, and use the assertion up."""
    try:
        partner, key = await _claimed(assertion)
        claims = jose.opened(assertion, lambda _: key).claims
        _check_claims(claims, partner.code)
    except JoseRefusedError as error:
        _refuse(Kind.INVALID_CLIENT, "invalid_client", str(error))
    if client_id not in (None, partner.code):
        _refuse(Kind.INVALID_CLIENT, "invalid_client", "client_id is not who signed.")
    if partner.suspended:
        _refuse(Kind.SUSPENDED, "unauthorized_client", "This partner is suspended.")
    digest = hashlib.sha256(f"assertion\0{claims['jti']}".encode()).digest()
    until = datetime.fromtimestamp(claims["exp"] + SKEW_SECONDS, UTC)
    if not await beside(lambda: services.spend(partner_id=partner.id, digest=digest, until=until)):
        _refuse(Kind.INVALID_CLIENT, "invalid_client", "jti was used before: sign a new assertion.")
    return partner


async def _claimed(assertion: str) -> tuple[PartnerView, PublicKey]:
    """Return whom an assertion claims to be, and the key by which it must be signed then.

    Raises:
        JoseRefusedError: nobody of that name, or no such key.

    """
    head, _, rest = assertion.partition(".")
    kid, code = _member(head, "kid"), _member(rest.partition(".")[0], "sub")
    partner = (await directory.current()).partner(code)
    if partner is not None:
        registered = next((it for it in partner.keys if it.kid == kid), None)
        if registered is not None:
            if registered.ends_at is not None and registered.ends_at <= tokens.now():
                raise JoseRefusedError("This key has ended.")
            return partner, jose.public_key(registered.jwk)
        found = await published.key(partner, kid) if partner.jwks_uri else None
        if found is not None:
            return partner, found
    raise JoseRefusedError("No such partner, or no such key of it (kid).")


def _member(part: str, name: str) -> str:
    """Return a member of a part that nobody has checked yet; "" when it cannot be read."""
    try:
        return str(json.loads(tokens.decode(part))[name])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _check_claims(claims: Mapping[str, Any], code: str) -> None:
    now, url = time.time(), wiring.exchange_url()
    audience = claims.get("aud")
    expires, jti = claims.get("exp"), claims.get("jti")
    if claims.get("iss") != code:
        raise JoseRefusedError("iss must be your code, as sub is.")
    if audience not in (f"{url}{PATH}", url, [f"{url}{PATH}"], [url]):
        raise JoseRefusedError(f"aud must be {url}{PATH}.")
    if not isinstance(jti, str) or not 0 < len(jti) <= 128:
        raise JoseRefusedError("jti must be 1 to 128 characters.")
    if not _is_number(expires) or expires <= now - SKEW_SECONDS:
        raise JoseRefusedError("exp has passed: look at the clock.")
    if expires > now + LONGEST_SECONDS + SKEW_SECONDS:
        raise JoseRefusedError(f"exp lies more than {LONGEST_SECONDS} s ahead.")
    for name in ("iat", "nbf"):
        value = claims.get(name, now)
        if not _is_number(value) or value > now + SKEW_SECONDS:
            raise JoseRefusedError(f"{name} lies in the future: look at the clock.")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def _thumbprint(call: Call, partner: PartnerView) -> str:
    """Return the key to bind the token to; "" for a bearer token."""
    header = call.headers.get("dpop", "")
    if not header:
        if partner.dpop:
            _refuse(
                Kind.INVALID_GRANT_REQUEST,
                "invalid_dpop_proof",
                "This partner is registered for DPoP: send a proof.",
            )
        return ""
    try:
        proof = dpop.check(header, method="POST", url=f"{wiring.exchange_url()}{PATH}")
        await dpop.spend(proof, partner.id)
    except Problem as problem:
        _refuse(Kind.INVALID_GRANT_REQUEST, "invalid_dpop_proof", problem.detail)
    return proof.thumbprint


def _scopes(partner: PartnerView, asked: str) -> list[str]:
    grants = partner.grants.items()
    granted = {scope.value for scope, grant in grants if grant.in_force(directory.today)}
    wanted = set(asked.split()) or granted
    if not wanted <= granted:
        strange = sorted(wanted - granted)[0][:64]
        _refuse(Kind.INVALID_SCOPE, "invalid_scope", f"{strange} is not granted today.")
    return sorted(wanted)


def _refuse(kind: Kind, error: str, detail: str) -> NoReturn:
    raise Problem(kind, detail, extra={"error": error, "error_description": detail})
