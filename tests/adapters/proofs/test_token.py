"""The token: the vectors, what it refuses, and that no change of it is ever believed."""

import dataclasses
import json
from datetime import UTC, date, datetime

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juzhu.adapters.proof_cose import (
    MARKER,
    TRIAL_ISSUER,
    CoseProofs,
    read_token,
    sign_token,
)
from juzhu.adapters.proof_keys import SigningKey, UnknownKeyError, read_key_set
from juzhu.domain.sheet import ALPHABET, Standing
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError, SheetClaims
from tests.adapters.proofs.conftest import LIST_URI

KEY = SigningKey(b"test", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = {KEY.kid: KEY.private.public_key()}
URI = f"{LIST_URI}3"
FIXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def raw(token: str) -> bytes:
    number = int(token[1:])
    return number.to_bytes((number.bit_length() + 7) // 8)


def digits(message: bytes) -> str:
    return MARKER + str(int.from_bytes(message))


def signed(payload: object, protected: object = None, *, outer: object = None) -> str:
    """Return any payload under a good signature: what only a faulty signer would make."""
    head = cbor2.dumps({1: -8, 4: KEY.kid} if protected is None else protected)
    body = payload if isinstance(payload, bytes) else cbor2.dumps(payload, canonical=True)
    signature = KEY.private.sign(cbor2.dumps(["Signature1", head, b"", body]))
    parts = [head, {}, body, signature] if outer is None else outer(head, body, signature)
    return digits(b"\xd2" + cbor2.dumps(parts))


@pytest.fixture
def token(claims):
    return sign_token(claims, KEY, issuer=TRIAL_ISSUER, status_uri=URI)


def test_the_documented_vectors_hold(vectors):
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors["private_key"]))
    keys = read_key_set(json.dumps(vectors["public_keys"]).encode())
    (kid,) = keys

    for vector in vectors["tokens"]:
        found = read_token(vector["token"], keys)
        again = sign_token(
            found.claims,
            SigningKey(kid, private),
            issuer=found.issuer,
            status_uri=found.status_uri,
        )

        assert again == vector["token"]
        assert raw(again).hex() == vector["cose"]
        assert said(found) == vector["claims"]


def said(found):
    claims = found.claims
    return {
        "issuer": found.issuer,
        "check_code": claims.check_code,
        "name": claims.name,
        "id_mask": claims.id_mask,
        "standing": claims.standing.value,
        "valid_through": claims.valid_through.isoformat(),
        "purpose": claims.purpose,
        "made_at": claims.made_at.isoformat(),
        "photo_digest": claims.photo_digest.hex(),
        "status_uri": found.status_uri,
        "status_index": claims.list_index,
    }


def test_a_usual_sheet_fits_a_qr_of_version_eleven(folder, claims):
    import zxingcpp

    address = "https://jzz.sz.gov.cn/verify/#"
    token = CoseProofs(folder, list_uri="https://jzz.sz.gov.cn/s/").token(claims)

    code = zxingcpp.create_barcode(
        address + token, zxingcpp.BarcodeFormat.QRCode, ec_level="M"
    ).to_image(scale=1, add_quiet_zones=False)

    assert code.shape == (61, 61)


@given(
    code=st.text(ALPHABET, min_size=12, max_size=12),
    name=st.text(st.characters(min_codepoint=0x20, exclude_categories=["C", "Z"]), min_size=1),
    shown=st.from_regex(r"[0-9]{7}[0-9X]", fullmatch=True),
    standing=st.sampled_from(Standing),
    day=st.dates(date(2015, 6, 1), date(2149, 1, 1)),
    made_at=st.integers(1_433_200_000, 2**32 - 1).map(lambda at: datetime.fromtimestamp(at, UTC)),
    photo=st.binary(min_size=16, max_size=16) | st.just(b""),
    index=st.integers(0, 2**20 - 1),
)
@FIXED
def test_what_was_signed_is_read_back(code, name, shown, standing, day, made_at, photo, index):
    claims = SheetClaims(
        check_code=code,
        name=name[:30],
        id_mask=f"{shown[:4]} **** **** {shown[4:]}",
        standing=standing,
        valid_through=day,
        purpose=name[:20],
        made_at=made_at,
        photo_digest=photo,
        list_number=3,
        list_index=index,
    )

    assert read_token(sign_token(claims, KEY, issuer="SZGA", status_uri=URI), KEYS).claims == claims


@given(st.data())
@FIXED
def test_no_changed_digit_is_believed(token, data):
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != token[place]]))

    with pytest.raises(ProofError):
        read_token(token[:place] + other + token[place + 1 :], KEYS)


def test_no_flipped_bit_is_believed(token):
    message = raw(token)

    for bit in range(len(message) * 8):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProofError):
            read_token(digits(bytes(changed)), KEYS)


@given(st.text(max_size=40) | st.text("0123456789", max_size=700))
@FIXED
def test_any_text_is_refused_with_a_sentence(text):
    with pytest.raises(ProofError, match=r"[.]$"):
        read_token(text, KEYS)


@given(st.binary(max_size=300))
@FIXED
def test_any_message_is_refused_with_a_sentence(message):
    with pytest.raises(ProofError, match=r"[.]$"):
        read_token(digits(b"\xd2" + message), KEYS)


@pytest.mark.parametrize("change", [" {}", "{}\n", "{}0", "+{}", "1_{}", "٣{}", "{}.", "0{}"])
def test_another_way_to_write_the_digits_is_refused(token, change):
    with pytest.raises(ProofError):
        read_token(change.format(token), KEYS)


def test_millions_of_digits_are_refused_unread():
    with pytest.raises(ProofError, match="too long"):
        read_token("1" * 5_000_000, KEYS)


def test_a_cut_token_is_refused(token):
    for length in range(len(token)):
        with pytest.raises(ProofError):
            read_token(token[:length], KEYS)


def test_another_algorithm_is_refused_before_a_key_is_looked_for(claims):
    for algorithm in (-7, -19, -257, 5, 0):
        with pytest.raises(ProofError, match="algorithm"):
            read_token(signed({}, {1: algorithm, 4: b"none"}), KEYS)


def test_an_unknown_key_is_named(token):
    with pytest.raises(UnknownKeyError, match=KEY.kid.hex()):
        read_token(token, {b"else": KEY.private.public_key()})


@pytest.mark.parametrize(
    "protected",
    [
        {1: -8},
        {4: b"test"},
        {1: -8, 4: b"test", 5: [1]},
        {1: -8, 4: "test"},
        {1: -8, 4: b"tes"},
        [],
    ],
)
def test_another_header_is_refused(protected):
    with pytest.raises(ProofError, match="header"):
        read_token(signed({}, protected), KEYS)


@pytest.mark.parametrize(
    "outer",
    [
        lambda head, body, signature: [head, {4: b"test"}, body, signature],
        lambda head, body, signature: [head, {}, body, signature + b"0"],
        lambda head, body, signature: [head, {}, body],
        lambda head, body, signature: [head, {}, body, signature, b""],
        lambda head, body, signature: {1: head},
    ],
)
def test_another_envelope_is_refused(outer):
    with pytest.raises(ProofError, match="parts"):
        read_token(signed({}, outer=outer), KEYS)


SHEET = ["陈小明", bytes.fromhex("43010018"), 0, 20_000, "", b""]
GOOD = {
    1: "SZGA",
    6: 1_795_483_231,
    7: bytes(8),
    65535: {"status_list": {"idx": 0, "uri": URI}},
    -65537: SHEET,
}


def sheet(place: int, value: object) -> dict[int, object]:
    return {-65537: [*SHEET[:place], value, *SHEET[place + 1 :]]}


def test_the_good_payload_is_good():
    assert read_token(signed(GOOD), KEYS).claims.name == "陈小明"


@pytest.mark.parametrize(
    "change",
    [
        {1: "evil"},
        {1: ""},
        {1: "A" * 13},
        {1: "SZGA\n"},
        {2: "more"},
        {6: -1},
        {6: 2**32},
        {6: "1"},
        {7: bytes(7)},
        {7: b"\xff" * 8},
        {65535: {"status_list": {"idx": 0}}},
        {65535: {"status_list": {"idx": -1, "uri": URI}}},
        {65535: {"status_list": {"idx": 2**20, "uri": URI}}},
        {65535: {"status_list": {"idx": 0, "uri": "javascript:alert(1)//s/3"}}},
        {65535: {"status_list": {"idx": 0, "uri": f"{URI}?who=me"}}},
        {65535: {"status_list": {"idx": 0, "uri": f"{LIST_URI}03"}}},
        {65535: {"status_list": {"idx": 0, "uri": URI, "x": 1}}},
        {65535: {"status_list": {"idx": 0, "uri": URI}, "x": 1}},
        sheet(0, ""),
        sheet(0, "陈" * 61),
        sheet(0, "陈\x1b[31m"),
        sheet(0, "陈\u202e明"),
        sheet(1, bytes.fromhex("4301001b")),
        sheet(1, bytes.fromhex("a3010018")),
        sheet(1, bytes(3)),
        sheet(2, 3),
        sheet(2, -1),
        sheet(3, 2**16),
        sheet(3, -1),
        sheet(4, "\n"),
        sheet(5, bytes(15)),
        {-65537: SHEET[:5]},
        {-65537: [*SHEET, 0]},
    ],
    ids=str,
)
def test_even_what_is_signed_must_be_a_sheet(change):
    with pytest.raises(ProofError, match="is signed, but"):
        read_token(signed(GOOD | change), KEYS)


@pytest.mark.parametrize("payload", [b"", b"\xa0\x00", cbor2.dumps([1]), b"\xff"])
def test_even_what_is_signed_must_be_readable(payload):
    with pytest.raises(ProofError):
        read_token(signed(payload), KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"check_code": "7K2M93QD5TX"},
        {"check_code": "7K2M93QD5TXO"},
        {"name": ""},
        {"name": "a" * 61},
        {"purpose": "a\u200bb"},
        {"id_mask": "430102199001010018"},
        {"photo_digest": b"short"},
        {"made_at": datetime(2026, 11, 24, 9, 20, 31, 5, tzinfo=SHENZHEN)},
        {"made_at": datetime(2015, 5, 1, tzinfo=SHENZHEN)},
        {"list_index": 2**20},
        {"list_index": -1},
        {"list_number": -1},
    ],
    ids=str,
)
def test_claims_that_no_token_can_carry_are_refused(proofs, claims, change):
    with pytest.raises(ValueError):  # noqa: PT011  # each has its own sentence
        proofs.token(dataclasses.replace(claims, **change))


def test_an_address_or_texts_too_long_for_a_code_are_refused(folder, claims):
    deep = "https://" + "a" * 90 + ".gov.cn/" + "b" * 40 + "/" + "c" * 40 + "/" + "d" * 40 + "/"

    with pytest.raises(ValueError, match="too long"):
        CoseProofs(folder, list_uri=deep).token(
            dataclasses.replace(claims, name="陈" * 60, purpose="子" * 60)
        )


def test_a_trials_token_is_not_read_as_a_real_one(folder, proofs, claims):
    trial = CoseProofs(folder, list_uri=LIST_URI, issuer=TRIAL_ISSUER).token(claims)

    with pytest.raises(ProofError, match="another issuer"):
        proofs.read(trial)
