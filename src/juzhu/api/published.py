"""The keys that partners publish: remembered for some minutes, asked for again when one is new."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from juzhu import wiring
from juzhu.modules.partners import jose
from juzhu.modules.partners.contracts import PartnerView
from juzhu.modules.partners.jose import JoseRefusedError, PublicKey
from juzhu.ports.key_sets import KeySetUnavailableError

log = structlog.get_logger()

FRESH_SECONDS: Final = 300.0
"""A key that a partner took away is honoured no longer than this."""
LEAST_SECONDS: Final = 10.0
"""How often at most an unknown key makes us ask: strangers must not make us ask at will."""


@dataclass(slots=True)
class _Known:
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    asked_at: float = float("-inf")


_known: dict[str, _Known] = {}


async def key(partner: PartnerView, kid: str) -> PublicKey | None:
    """Return the key of this name that a partner publishes now; None when there is none.

    When its address is silent, keys are honoured until they are FRESH_SECONDS old, not longer.
    """
    known = _known.setdefault(partner.jwks_uri, _Known())
    age = time.monotonic() - known.asked_at
    if age > FRESH_SECONDS or (kid not in known.keys and age > LEAST_SECONDS):
        await _ask(partner, known)
    fresh = time.monotonic() - known.asked_at <= FRESH_SECONDS
    return known.keys.get(kid) if fresh else None


async def _ask(partner: PartnerView, known: _Known) -> None:
    try:
        found = await wiring.key_sets().fetch(partner.jwks_uri)
    except KeySetUnavailableError as error:
        log.warning("exchange.key_set_silent", partner=partner.code, error=str(error))
        return
    known.keys = {str(jwk["kid"]): one for jwk in found if (one := _good(jwk)) is not None}
    known.asked_at = time.monotonic()


def _good(jwk: Mapping[str, Any]) -> PublicKey | None:
    """Leave out what is no key for us: a set may hold others."""
    if "kid" not in jwk:
        return None
    try:
        return jose.public_key(jwk)
    except JoseRefusedError:
        return None


def forget() -> None:
    """Ask everybody anew."""
    _known.clear()
