"""Proof of possession (DPoP, RFC 9449): a stolen token is worth nothing without the key."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from juzhu.api.problems import Kind, Problem
from juzhu.api.threads import beside
from juzhu.api.tokens import encode
from juzhu.modules.partners import jose, services
from juzhu.modules.partners.jose import JoseRefusedError, PublicKey

SECONDS: Final = 120
"""How far a proof's `iat` may lie from now, either way: clocks differ."""
_LONGEST_JTI: Final = 128


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that was checked in all but one thing: whether it was used before.

    Attributes:
        thumbprint: of the key that made it.
        digest: stands for its `jti`.
        until: when it is over by itself.

    """

    thumbprint: str
    digest: bytes
    until: datetime


def check(header: str, *, method: str, url: str, token: str = "") -> Proof:
    """Return what a proof proves for this request, and for `token` when there is one.

    Raises:
        Problem: UNAUTHENTICATED.

    """
    found: list[PublicKey] = []

    def key_in(header: Mapping[str, Any]) -> PublicKey:
        if header.get("typ") != "dpop+jwt":
            raise JoseRefusedError("typ must be dpop+jwt.")
        found.append(jose.public_key(header.get("jwk")))
        return found[0]

    try:
        claims = jose.opened(header, key_in).claims
    except JoseRefusedError as error:
        _refuse(str(error))
    _check_claims(claims, method=method, url=url, token=token)
    thumbprint = jose.thumbprint(found[0])
    digest = hashlib.sha256(f"dpop\0{thumbprint}\0{claims['jti']}".encode()).digest()
    return Proof(thumbprint, digest, datetime.fromtimestamp(claims["iat"] + 2 * SECONDS, UTC))


def _check_claims(claims: Mapping[str, Any], *, method: str, url: str, token: str) -> None:
    jti, issued = claims.get("jti"), claims.get("iat")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        _refuse(f"jti must be 1 to {_LONGEST_JTI} characters.")
    if claims.get("htm") != method:
        _refuse("htm is not the method of this request.")
    if str(claims.get("htu", "")).partition("?")[0].partition("#")[0] != url:
        _refuse("htu is not the address of this request.")
    if not isinstance(issued, int | float) or isinstance(issued, bool):
        _refuse("iat must be a number.")
    if abs(time.time() - issued) > SECONDS:
        _refuse(f"iat lies more than {SECONDS} s from now: look at the clock.")
    hashed = encode(hashlib.sha256(token.encode()).digest()).decode()
    if token and not hmac.compare_digest(str(claims.get("ath", "")).encode(), hashed.encode()):
        _refuse("ath is not the hash of this access token.")


async def spend(proof: Proof, partner_id: int) -> None:
    """Use the proof up; raise Problem UNAUTHENTICATED when it was used before, anywhere."""

    def note() -> bool:
        return services.spend(partner_id=partner_id, digest=proof.digest, until=proof.until)

    if not await beside(note):
        _refuse("This proof was used before: make one for each request.")


def _refuse(detail: str) -> NoReturn:
    challenge = 'DPoP error="invalid_dpop_proof", algs="EdDSA ES256"'
    raise Problem(
        Kind.UNAUTHENTICATED,
        f"DPoP proof: {detail}",
        headers={"WWW-Authenticate": challenge},
        extra={"error": "invalid_dpop_proof", "error_description": detail},
    )
