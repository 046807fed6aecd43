"""Who calls: a bearer token, or a DPoP-bound token with its proof (RFC 9449)."""

from collections.abc import Mapping
from typing import NoReturn

from juzhu import wiring
from juzhu.api import dpop, tokens
from juzhu.api.directory import directory
from juzhu.api.problems import Kind, Problem
from juzhu.api.tokens import AccessToken, TokenError
from juzhu.modules.partners.contracts import Caller, Grant, PartnerView, Scope


async def authenticate(
    headers: Mapping[str, str], method: str, path: str
) -> tuple[Caller, PartnerView]:
    """Return who calls and its entry in the registry.

    Args:
        headers: by lower-case name.
        method: of the request.
        path: of the request, without query; a DPoP proof is bound to it.

    Raises:
        Problem: UNAUTHENTICATED or SUSPENDED.

    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "dpop") or not token.strip():
        refuse("The header Authorization holds no access token.", error="")
    token = token.strip()
    try:
        claims = tokens.check(token)
    except TokenError as error:
        refuse(str(error))
    partner = (await directory.current()).partner(claims.client_id)
    if partner is None:
        refuse("The access token belongs to nobody who is registered.")
    if partner.suspended:
        raise Problem(Kind.SUSPENDED)
    await _possession(headers, f"{wiring.exchange_url()}{path}", method, token, claims, partner)
    return _caller(partner, claims), partner


async def _possession(
    headers: Mapping[str, str],
    url: str,
    method: str,
    token: str,
    claims: AccessToken,
    partner: PartnerView,
) -> None:
    bound = claims.cnf.get("jkt", "")
    scheme = headers["authorization"].partition(" ")[0].lower()
    if not bound and partner.dpop:
        refuse("This partner is registered for DPoP; the token is bound to no key.")
    if bool(bound) != (scheme == "dpop"):
        refuse("A bound token goes with the scheme DPoP, any other with Bearer.")
    if bound:
        proof = dpop.check(headers.get("dpop", ""), method=method, url=url, token=token)
        if proof.thumbprint != bound:
            refuse("The DPoP proof was made with another key than the token is bound to.")
        await dpop.spend(proof, partner.id)


def _caller(partner: PartnerView, claims: AccessToken) -> Caller:
    asked = frozenset(claims.scope.split())
    grants = {scope: grant for scope, grant in partner.grants.items() if scope in asked}
    return Caller(partner.id, partner.code, grants)


def require(caller: Caller, scope: Scope) -> Grant:
    """Return the caller's grant for a purpose, in force today.

    Raises:
        Problem: FORBIDDEN.

    """
    grant = caller.grants.get(scope)
    if grant is None:
        raise Problem(Kind.FORBIDDEN, f"The access token does not cover {scope.value}.")
    if not grant.in_force(directory.today):
        raise Problem(Kind.FORBIDDEN, f"The grant of {scope.value} is not in force today.")
    return grant


def refuse(detail: str, *, error: str = "invalid_token") -> NoReturn:
    """Raise UNAUTHENTICATED with the challenge that RFC 6750 and RFC 9449 ask for."""
    what = f' error="{error}"' if error else ""
    challenge = f'Bearer realm="juzhu"{"," if what else ""}{what}, DPoP algs="EdDSA ES256"'
    raise Problem(Kind.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})
