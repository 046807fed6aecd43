"""Access tokens: signed JWTs (RFC 9068) of five minutes, checked without the database.

Their times are those of the machines' own clocks, on both sides: a partner knows no other. The
city's clock, which can travel, decides days of law and nothing else.
"""

import base64
import binascii
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from juzhu import wiring

LIFETIME_SECONDS: Final = 300
_TYPE: Final = "at+jwt"
_MOST_REMEMBERED: Final = 4096


class TokenError(Exception):
    """The token is not one of ours, or no longer good; the message may be told."""


class AccessToken(msgspec.Struct, frozen=True):
    """What an access token says.

    Attributes:
        client_id: code of the partner.
        scope: granted scopes, separated by spaces.
        exp: first second in which it is over.
        cnf: `{"jkt": …}`, the key that must prove itself by DPoP; empty for a bearer token.

    """

    iss: str
    aud: str
    client_id: str
    scope: str
    iat: int
    exp: int
    jti: str
    sub: str
    cnf: dict[str, str] = {}  # msgspec copies it


class _Header(msgspec.Struct):
    alg: str
    kid: str
    typ: str


_CLAIMS: Final = msgspec.json.Decoder(AccessToken)
_HEADER: Final = msgspec.json.Decoder(_Header)
_checked: dict[str, tuple[str, AccessToken]] = {}
"""Tokens whose signature was found good, with the id of the key."""


def issue(*, code: str, scopes: Sequence[str], thumbprint: str = "") -> str:
    """Return a fresh token for a partner, bound to the DPoP key when one is given."""
    issued_at, key, url = int(time.time()), wiring.exchange_keys().current(), wiring.exchange_url()
    claims = AccessToken(
        iss=url,
        aud=url,
        client_id=code,
        sub=code,
        scope=" ".join(scopes),
        iat=issued_at,
        exp=issued_at + LIFETIME_SECONDS,
        jti=secrets.token_urlsafe(16),
        cnf={"jkt": thumbprint} if thumbprint else {},
    )
    header = _Header(alg="EdDSA", kid=key.kid, typ=_TYPE)
    message = b".".join(encode(msgspec.json.encode(part)) for part in (header, claims))
    return b".".join((message, encode(key.sign(message)))).decode()


def check(token: str) -> AccessToken:
    """Return what a token says after checking signature, issuer, audience and time.

    Raises:
        TokenError: it must not be honoured.

    """
    known = _checked.get(token)
    if known is None:
        known = _opened(token)
        if len(_checked) >= _MOST_REMEMBERED:
            _checked.clear()
        _checked[token] = known
    kid, claims = known
    if claims.exp <= time.time():
        _checked.pop(token, None)
        raise TokenError("The access token is over; fetch another.")
    if not wiring.exchange_keys().trusts(kid):
        _checked.pop(token, None)
        raise TokenError("The access token was signed with a key that was withdrawn.")
    return claims


def _opened(token: str) -> tuple[str, AccessToken]:
    try:
        head, body, signature = token.split(".")
        header, claims = _HEADER.decode(decode(head)), _CLAIMS.decode(decode(body))
        signed = decode(signature)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise TokenError("This is not an access token of this exchange.") from None
    if header.alg != "EdDSA" or header.typ != _TYPE:
        raise TokenError("This is not an access token of this exchange.")
    if not wiring.exchange_keys().verifies(header.kid, f"{head}.{body}".encode(), signed):
        raise TokenError("The access token's signature is not ours.")
    if claims.iss != wiring.exchange_url() or claims.aud != wiring.exchange_url():
        raise TokenError("The access token is for another audience.")
    return header.kid, claims


def now() -> datetime:
    """Return the machine's instant, by which tokens, assertions and keys live."""
    return datetime.fromtimestamp(time.time(), UTC)


def encode(raw: bytes) -> bytes:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def decode(text: str) -> bytes:
    """Return the bytes of base64url without padding; raise ValueError for anything else."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode(raw).decode() != text:  # one spelling only, else one token had several
        raise ValueError(text)
    return raw
