"""Status lists: what became of every sheet since, without telling anybody who asks about whom.

The format is the JWT of the IETF draft Token Status List (draft-ietf-oauth-status-list).
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature

from juzhu.adapters.proof_keys import PublicKeys, SigningKey, UnknownKeyError
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError

TYPE: Final = "statuslist+jwt"
LIFETIME: Final = timedelta(hours=1)
BITS: Final = 2
LARGEST_LIST: Final = 2**20 * BITS // 8  # bytes, when not compressed
LARGEST_FILE: Final = 600_000  # bytes of the JWT
CLOCKS_DIFFER: Final = timedelta(minutes=5)

_PER_BYTE: Final = 8 // BITS
_PART: Final = re.compile(rb"[A-Za-z0-9_-]+")


class Listed(StrEnum):
    """What a list says of a sheet, in the order of the list's numbers 0 to 3."""

    VALID = "valid"  # 有效
    CANCELLED = "cancelled"  # 注销
    SUSPENDED = "suspended"  # 使用功能中止
    WITHDRAWN = "withdrawn"  # 信息单已作废: the sheet itself, whatever the permit


_LISTED: Final = tuple(Listed)


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: str
    kid: str
    typ: str


class _List(msgspec.Struct):
    bits: int
    lst: str


class _Claims(msgspec.Struct):
    exp: int
    iat: int
    status_list: _List
    sub: str
    ttl: int


@dataclass(frozen=True, slots=True)
class StatusList:
    """A verified list.

    Attributes:
        uri: where it is published; equal to the address in the tokens it speaks of.
        made_at: when it was true.
        expires_at: from then on it says nothing about the present.
        statuses: two bits each, low bits first.

    """

    uri: str
    made_at: datetime
    expires_at: datetime
    statuses: bytes = field(repr=False)

    def at(self, index: int) -> Listed:
        """Return what the list says of the sheet at a place.

        Raises:
            ProofError: the list is shorter than that: it says nothing.

        """
        if not 0 <= index < len(self.statuses) * _PER_BYTE:
            raise ProofError("The status list does not reach as far as this sheet.")
        byte, place = divmod(index, _PER_BYTE)
        return _LISTED[self.statuses[byte] >> place * BITS & 3]

    def doubt(self, at: datetime) -> str:
        """Return why the list says nothing about the instant `at`, "" when it does."""
        if at >= self.expires_at:
            return f"The status list expired at {self.expires_at:%Y-%m-%d %H:%M}: get a new one."
        if self.made_at > at + CLOCKS_DIFFER:
            return "The status list is from the future: check this machine's clock."
        return ""


def sign_status_list(statuses: bytes, key: SigningKey, *, at: datetime, uri: str) -> bytes:
    """Return the list as a signed JWT that expires an hour after `at`."""
    if not 0 < len(statuses) <= LARGEST_LIST:
        raise ValueError(f"a list has 1 to {LARGEST_LIST} bytes")
    made = int(at.timestamp())
    seconds = int(LIFETIME.total_seconds())
    header = _Header(alg="EdDSA", kid=key.kid.hex(), typ=TYPE)
    content = _List(BITS, _encoded(zlib.compress(statuses, 9)).decode())
    claims = _Claims(exp=made + seconds, iat=made, status_list=content, sub=uri, ttl=seconds)
    signed = b".".join(_encoded(msgspec.json.encode(part)) for part in (header, claims))
    return signed + b"." + _encoded(key.private.sign(signed))


def read_status_list(jwt: bytes, keys: PublicKeys, at: datetime | None = None) -> StatusList:
    """Return a list, once its signature was found to be by one of `keys`.

    Args:
        jwt: the file as fetched.
        keys: the published ones.
        at: the present; None when only the past is asked, so that an expired list will do.

    Raises:
        UnknownKeyError: signed with a key that is not among them.
        ProofError: damaged, altered, expired, or not a status list.

    """
    signed, header, payload, signature = _parts(jwt)
    kid = _key_named_in(header)
    if kid not in keys:
        raise UnknownKeyError(kid)
    try:
        keys[kid].verify(signature, signed)
    except InvalidSignature:
        raise ProofError("The signature of the status list is wrong.") from None
    found = _statement(payload)
    if at is not None and (doubt := found.doubt(at)):
        raise ProofError(doubt)
    return found


def _parts(jwt: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    if len(jwt) > LARGEST_FILE:
        raise ProofError("This is too large to be a status list.")
    parts = jwt.split(b".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise ProofError("This is not a status list.")
    header, payload, signature = (_decoded(part) for part in parts)
    return jwt.rpartition(b".")[0], header, payload, signature


def _key_named_in(raw: bytes) -> bytes:
    try:
        header = msgspec.json.decode(raw, type=_Header)
        kid = bytes.fromhex(header.kid)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise ProofError("This is not a status list: its header is not one.") from None
    if header.typ != TYPE:
        raise ProofError("This is a signed text, but not a status list.")
    if header.alg != "EdDSA":
        raise ProofError("The status list is signed with an algorithm that is not accepted.")
    return kid


def _statement(payload: bytes) -> StatusList:
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
        made = datetime.fromtimestamp(claims.iat, SHENZHEN)
        expires = datetime.fromtimestamp(claims.exp, SHENZHEN)
    except (msgspec.DecodeError, ValueError, OverflowError, OSError, RecursionError):
        raise ProofError("The status list is signed, but its claims are not right.") from None
    if claims.status_list.bits != BITS or claims.ttl <= 0 or expires <= made:
        raise ProofError("The status list is signed, but its claims are not right.")
    packed = _decoded(claims.status_list.lst.encode())
    return StatusList(claims.sub, made, expires, _inflated(packed))


def _inflated(packed: bytes) -> bytes:
    """Return the list's bytes; stop at the largest a list can be."""
    stream = zlib.decompressobj()
    try:
        statuses = stream.decompress(packed, LARGEST_LIST + 1)
    except zlib.error:
        raise ProofError("The status list is signed, but it cannot be unpacked.") from None
    if len(statuses) > LARGEST_LIST or not stream.eof or stream.unused_data:
        raise ProofError("The status list is signed, but it is too large or not whole.")
    return statuses


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    """Return what base64url stands for, in its one form without padding."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if _encoded(raw) != text:
        raise ProofError("The status list is damaged: not base64url.")
    return raw
