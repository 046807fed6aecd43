"""The status list: the draft's example, the hour it lasts, and everything that is not one."""

import base64
import json
import zlib
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from juzhu.adapters.proof_keys import SigningKey, UnknownKeyError, read_key_set
from juzhu.adapters.proof_status import (
    LARGEST_LIST,
    Listed,
    StatusList,
    read_status_list,
    sign_status_list,
)
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError
from tests.adapters.proofs.conftest import LIST_URI

KEY = SigningKey(b"test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = {KEY.kid: KEY.private.public_key()}
URI = f"{LIST_URI}0"
NOON = datetime(2026, 11, 24, 12, tzinfo=SHENZHEN)
V, C, S, W = Listed.VALID, Listed.CANCELLED, Listed.SUSPENDED, Listed.WITHDRAWN


def encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def jwt(header: object = None, **claims: object) -> bytes:
    """Return a signed list with some of its parts exchanged."""
    head = header or {"alg": "EdDSA", "kid": KEY.kid.hex(), "typ": "statuslist+jwt"}
    body = {
        "exp": int(NOON.timestamp()) + 3600,
        "iat": int(NOON.timestamp()),
        "status_list": {"bits": 2, "lst": encoded(zlib.compress(b"\0")).decode()},
        "sub": URI,
        "ttl": 3600,
    } | claims
    body = {name: value for name, value in body.items() if value is not None}
    signed = b".".join(encoded(json.dumps(part).encode()) for part in (head, body))
    return signed + b"." + encoded(KEY.private.sign(signed))


def lst(raw: bytes, bits: int = 2) -> dict[str, object]:
    return {"bits": bits, "lst": encoded(raw).decode()}


def test_the_documented_vector_holds(vectors):
    vector = vectors["status_list"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors["private_key"]))
    keys = read_key_set(json.dumps(vectors["public_keys"]).encode())
    (kid,) = keys

    found = read_status_list(vector["jwt"].encode(), keys, NOON)

    assert (found.uri, found.made_at.isoformat()) == (vector["uri"], vector["made_at"])
    assert {place: found.at(int(place)).value for place in vector["listed"]} == vector["listed"]
    again = sign_status_list(found.statuses, SigningKey(kid, private), at=NOON, uri=found.uri)
    assert json.loads(base64.urlsafe_b64decode(again.split(b".")[1] + b"==")) == json.loads(
        base64.urlsafe_b64decode(vector["jwt"].split(".")[1] + "==")
    )


def test_the_example_of_the_draft_is_read_as_the_draft_says():
    packed = bytes.fromhex("78da3be9f2130003df0207")  # Token Status List, section 4.1

    found = read_status_list(jwt(status_list=lst(packed)), KEYS, NOON)

    assert [found.at(place) for place in range(12)] == [C, S, V, W, V, C, V, C, C, S, W, W]


def test_the_header_and_the_claims_are_those_of_the_draft(proofs):
    list_ = proofs.status_list(number=0, statuses=b"\x36", at=NOON, uri=URI)

    header, claims = (
        json.loads(base64.urlsafe_b64decode(p + b"==")) for p in list_.split(b".")[:2]
    )
    kid = proofs.public_keys()["keys"][0]["kid"]
    assert header == {"alg": "EdDSA", "kid": kid, "typ": "statuslist+jwt"}
    assert set(claims) == {"exp", "iat", "status_list", "sub", "ttl"}
    assert (claims["exp"] - claims["iat"], claims["ttl"], claims["sub"]) == (3600, 3600, URI)
    assert claims["status_list"]["bits"] == 2


@given(st.lists(st.sampled_from([V, C, S, W]), min_size=1, max_size=200))
def test_every_place_keeps_its_status(states):
    order = list(Listed)
    packed = bytearray(-(-len(states) // 4))
    for place, state in enumerate(states):
        packed[place // 4] |= order.index(state) << place % 4 * 2

    found = read_status_list(sign_status_list(bytes(packed), KEY, at=NOON, uri=URI), KEYS, NOON)

    assert [found.at(place) for place in range(len(states))] == states


def test_a_list_lasts_one_hour():
    list_ = jwt()

    assert read_status_list(list_, KEYS, NOON + timedelta(minutes=59, seconds=59))
    with pytest.raises(ProofError, match="expired at 2026-11-24 13:00"):
        read_status_list(list_, KEYS, NOON + timedelta(hours=1))
    assert read_status_list(list_, KEYS).made_at == NOON


def test_a_list_from_the_future_points_to_the_clock():
    assert read_status_list(jwt(), KEYS, NOON - timedelta(minutes=5))
    with pytest.raises(ProofError, match="clock"):
        read_status_list(jwt(), KEYS, NOON - timedelta(minutes=5, seconds=1))


@pytest.mark.parametrize("place", [-1, 4, 2**40])
def test_a_place_beyond_the_list_says_nothing(place):
    with pytest.raises(ProofError, match="does not reach"):
        StatusList(URI, NOON, NOON, b"\0").at(place)


def test_no_changed_character_is_believed():
    list_ = jwt()

    for place in range(len(list_)):
        changed = bytearray(list_)
        changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
        with pytest.raises(ProofError):
            read_status_list(bytes(changed), KEYS)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_anything_else_is_refused_with_a_sentence(data):
    with pytest.raises(ProofError, match=r"[.]$"):
        read_status_list(data, KEYS)


def test_an_unknown_key_is_named():
    with pytest.raises(UnknownKeyError, match=KEY.kid.hex()):
        read_status_list(jwt(), {})


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "algorithm"),
        ({"alg": "HS256"}, "algorithm"),
        ({"alg": "ES256"}, "algorithm"),
        ({"typ": "JWT"}, "not a status list"),
        ({"crit": ["b64"]}, "header"),
        ({"kid": "xyz"}, "header"),
    ],
    ids=str,
)
def test_another_header_is_refused(header, reason):
    good = {"alg": "EdDSA", "kid": KEY.kid.hex(), "typ": "statuslist+jwt"}

    with pytest.raises(ProofError, match=reason):
        read_status_list(jwt(good | header), KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"iat": None},
        {"ttl": None},
        {"ttl": 0},
        {"sub": None},
        {"exp": 0},
        {"iat": 10**30},
        {"iat": 10**15, "exp": 10**15 + 1},
        {"iat": True},
        {"status_list": {"bits": 2}},
        {"status_list": lst(zlib.compress(b"\0"), bits=1)},
        {"status_list": lst(b"not zlib")},
        {"status_list": lst(zlib.compress(b"\0") + b"more")},
        {"status_list": lst(zlib.compress(bytes(99))[:-4])},
        {"status_list": lst(zlib.compress(bytes(LARGEST_LIST + 1)))},
        {"status_list": lst(zlib.compress(bytes(300_000_000)))},
        {"status_list": {"bits": 2, "lst": "eJxjAAAAAQAB="}},
        {"status_list": {"bits": 2, "lst": "清单"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_even_what_is_signed_must_be_a_list(change):
    with pytest.raises(ProofError, match=r"[.]$"):
        read_status_list(jwt(**change), KEYS)


def test_a_megabyte_is_refused_unread():
    with pytest.raises(ProofError, match="too large"):
        read_status_list(b"a" * 1_000_000, KEYS)


@pytest.mark.parametrize("statuses", [b"", bytes(LARGEST_LIST + 1)], ids=["none", "too many"])
def test_a_list_of_no_size_or_too_large_is_not_signed(statuses):
    with pytest.raises(ValueError, match="a list has"):
        sign_status_list(statuses, KEY, at=NOON, uri=URI)


def test_a_list_is_signed_for_the_place_where_tokens_look(proofs):
    with pytest.raises(ValueError, match="tokens look"):
        proofs.status_list(number=1, statuses=b"\0", at=NOON, uri=URI)
