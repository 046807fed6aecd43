"""What an answer looks like on the wire, and the receipt that proves it.

The receipt is a detached JWS (RFC 7515, appendix F) by EdDSA. Its payload is the text
`{"answer":"<SHA-256 of the answer's bytes>","request":"<SHA-256 of the request's bytes>"}` with the
hashes in lower-case hexadecimal, so that whoever holds both can make it again.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import date
from enum import Enum, auto
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from juzhu.domain.verification import Verification
from juzhu.modules.verifications.contracts import Call, Freshness, Proof, Told
from juzhu.ports.clock import written
from juzhu.ports.exchange import ExchangeKeys

NOT_SHARED: Final = "not-shared"
"""The status where a holder shares something, but not that."""
NONE_BEGINS: Final = b'{"status":"none"'
"""How the answer about one person begins when there is nothing to tell."""
RECEIPT_TYPE: Final = "juzhu-receipt+jws"


class Shape(Enum):
    """How the answers of a call are put together."""

    SINGLE = auto()  # one object
    BATCH = auto()  # one object with `results`
    LINES = auto()  # NDJSON, one line an answer, without receipt: a job signs the whole


class Period(msgspec.Struct):
    """Days on which a permit was valid, both inclusive."""

    first: date = msgspec.field(name="from")
    through: date


class Late(msgspec.Struct):
    """An act that counts on the day asked about and was recorded after it."""

    effective_on: date
    recorded_on: date


class Item(msgspec.Struct):
    """What is told about one person. What the purpose may not see is left out."""

    status: str
    valid_through: date | None
    as_of: date
    recorded_later: list[Late]
    subject: str | None
    continuous_since: date | UnsetType | None = UNSET
    first_issued_on: date | UnsetType | None = UNSET
    held_periods: list[Period] | UnsetType = UNSET


class Single(Item, kw_only=True):
    """The answer to one question."""

    checked_at: str
    data_as_of: str
    receipt_id: UUID


class Line(Item, kw_only=True):
    """One line of a job's result."""

    checked_at: str
    data_as_of: str


class Batch(msgspec.Struct):
    """The answers to many, in the order of the questions."""

    checked_at: str
    data_as_of: str
    receipt_id: UUID
    results: list[Item]


_ENCODER: Final = msgspec.json.Encoder()


def signed(
    call: Call, told: Sequence[Told], fresh: Freshness, shape: Shape, keys: ExchangeKeys
) -> Proof:
    """Return the bytes of an answer and the receipt over them."""
    body = _body(call, told, fresh, shape)
    if shape is Shape.LINES:
        return Proof(body, "")
    return Proof(body, receipt(body, call.request_sha256, keys))


def receipt(answer: bytes, request_sha256: bytes, keys: ExchangeKeys) -> str:
    """Return the detached JWS over an answer and the hash of its request."""
    key = keys.current()
    header = _header(key.kid)
    signature = key.sign(header + b"." + _b64(payload(answer, request_sha256)))
    return (header + b".." + _b64(signature)).decode()


def payload(answer: bytes, request_sha256: bytes) -> bytes:
    """Return what a receipt signs."""
    hashed = hashlib.sha256(answer).hexdigest()
    return f'{{"answer":"{hashed}","request":"{request_sha256.hex()}"}}'.encode()


def _body(call: Call, told: Sequence[Told], fresh: Freshness, shape: Shape) -> bytes:
    shown = frozenset(call.asker.fields)
    at: dict[str, Any] = {
        "checked_at": written(fresh.checked_at),
        "data_as_of": written(fresh.data_as_of),
    }
    if shape is Shape.SINGLE:
        return _ENCODER.encode(Single(**_members(told[0], shown), **at, receipt_id=call.receipt_id))
    if shape is Shape.LINES:
        return _ENCODER.encode_lines([Line(**_members(it, shown), **at) for it in told])
    items = [Item(**_members(it, shown)) for it in told]
    return _ENCODER.encode(Batch(**at, receipt_id=call.receipt_id, results=items))


def _members(told: Told, shown: frozenset[str]) -> dict[str, Any]:
    found = told.verification
    members: dict[str, Any] = {
        "status": _status(found) if "status" in shown else NOT_SHARED,
        "valid_through": found.valid_through if "valid_through" in shown else None,
        "as_of": told.as_of,
        "recorded_later": [Late(*it) for it in found.recorded_later],
        "subject": told.subject,
    }
    if "continuous_since" in shown:
        members["continuous_since"] = found.continuous_since
    if "first_issued_on" in shown:
        members["first_issued_on"] = found.first_issued_on
    if "held_periods" in shown:
        members["held_periods"] = [Period(*it) for it in found.held_periods]
    return members


def _status(found: Verification) -> str:
    return found.standing.value if found.standing else "none"


@cache
def _header(kid: str) -> bytes:
    return _b64(msgspec.json.encode({"alg": "EdDSA", "kid": kid, "typ": RECEIPT_TYPE}))


def _b64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")
