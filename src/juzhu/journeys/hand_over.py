"""Taking over somebody whom an app has signed in, by a signed token that works once.

The token is a JWS of the app's backend (docs/channels/police-app.md). It lives by the machine's
clock, at most a minute, for this address alone.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeGuard

import structlog

from juzhu import wiring
from juzhu.domain.identity import NumberError, NumberKind, normalise_name, parse_id_number
from juzhu.modules.channels import services as channels
from juzhu.modules.partners.jose import JoseRefusedError, PublicKey, opened, public_key
from juzhu.ports.hand_over import AppIssuer

log = structlog.get_logger()

LONGEST_SECONDS: Final = 60
"""How long a token may live from `iat` to `exp`."""
SKEW_SECONDS: Final = 5
"""How far the app's clock may be ahead of ours."""
LEAST_LEVEL: Final = 3
"""Below it an account only claims to be somebody (regulations 10.3)."""
_LONGEST_JTI: Final = 128


class HandOverProblem(StrEnum):
    """Why nobody was taken over."""

    NOT_GOOD = "not_good"  # not signed by a registered app, or not for this address
    LATE = "late"
    USED = "used"
    LOW_LEVEL = "low_level"  # the app has not checked who this is


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Who is signed in now, at which trust level."""

    person_id: int
    level: int


class _RefusedError(Exception):
    def __init__(self, problem: HandOverProblem, why: str) -> None:
        super().__init__(why)
        self.problem = problem


def take_over(token: str, *, at: datetime) -> TakenOver | HandOverProblem:
    """Sign in whom the token names; each token once, whoever is first."""
    try:
        issuer, claims = _checked(token)
        level = _level(issuer, claims)
        id_number, name = _person(claims, at)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI or "\0" in jti:
            raise _RefusedError(HandOverProblem.NOT_GOOD, "jti")
    except _RefusedError as refused:
        log.warning("channels.hand_over_refused", problem=refused.problem, why=str(refused))
        return refused.problem
    person_id = channels.enter(
        issuer=issuer.issuer,
        jti=jti,
        until=datetime.fromtimestamp(claims["exp"], UTC),
        id_number=id_number,
        name=name,
        at=at,
    )
    if person_id is None:
        log.warning("channels.hand_over_refused", problem=HandOverProblem.USED, why=issuer.issuer)
        return HandOverProblem.USED
    return TakenOver(person_id, level)


def _checked(token: str) -> tuple[AppIssuer, Mapping[str, Any]]:
    """Return issuer and claims of a token that is signed, for us, and alive."""
    issuers = wiring.app_issuers()

    def find_key(header: Mapping[str, Any]) -> PublicKey:
        kid = str(header.get("kid"))
        if kid not in issuers:
            raise JoseRefusedError("the key is not registered")
        return public_key(issuers[kid].keys[kid])

    try:
        found = opened(token, find_key)
    except JoseRefusedError as error:
        raise _RefusedError(HandOverProblem.NOT_GOOD, str(error)) from None
    issuer = issuers[str(found.header["kid"])]
    if found.claims.get("iss") != issuer.issuer:
        raise _RefusedError(HandOverProblem.NOT_GOOD, "iss")
    return issuer, _alive(found.claims)


def _alive(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    if claims.get("aud") != wiring.hand_over_url():
        raise _RefusedError(HandOverProblem.NOT_GOOD, "aud")
    issued, ends, now = claims.get("iat"), claims.get("exp"), time.time()
    if not _is_second(issued) or not _is_second(ends):
        raise _RefusedError(HandOverProblem.NOT_GOOD, "iat or exp")
    if issued > now + SKEW_SECONDS or not 0 < ends - issued <= LONGEST_SECONDS:
        raise _RefusedError(HandOverProblem.NOT_GOOD, "iat or exp")
    if ends <= now:
        raise _RefusedError(HandOverProblem.LATE, f"{now - ends:.0f} s")
    return claims


def _is_second(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40


def _level(issuer: AppIssuer, claims: Mapping[str, Any]) -> int:
    level = issuer.levels.get(str(claims.get("acr")))
    if level is None:
        raise _RefusedError(HandOverProblem.NOT_GOOD, "acr")
    if level < LEAST_LEVEL:
        raise _RefusedError(HandOverProblem.LOW_LEVEL, f"level {level}")
    return level


def _person(claims: Mapping[str, Any], at: datetime) -> tuple[str, str]:
    name = claims.get("name")
    if not isinstance(name, str) or not normalise_name(name):
        raise _RefusedError(HandOverProblem.NOT_GOOD, "name")
    try:
        number = parse_id_number(str(claims.get("id_number")), on=at.date())
    except NumberError as error:
        raise _RefusedError(HandOverProblem.NOT_GOOD, f"id_number: {error.problem}") from None
    if number.kind is not NumberKind.CITIZEN:
        raise _RefusedError(HandOverProblem.NOT_GOOD, "id_number: no citizen's")
    return number.number, normalise_name(name)
