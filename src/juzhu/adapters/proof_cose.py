"""The token in a sheet's QR: a CBOR Web Token (RFC 8392) in COSE_Sign1 (RFC 9052), as digits.

`docs/exchange/sheet-token.md` describes the format for others and holds test vectors.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import cbor2
from cryptography.exceptions import InvalidSignature

from juzhu.adapters import proof_status
from juzhu.adapters.proof_cbor import decode
from juzhu.adapters.proof_keys import (
    KID_BYTES,
    KeyRing,
    PublicKeys,
    SigningKey,
    UnknownKeyError,
    key_set,
)
from juzhu.domain.sheet import ALPHABET, CHECK_CODE_LENGTH, Standing
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError, SheetClaims

ISSUER: Final = "SZGA"  # 深圳市公安局; another city has another
TRIAL_ISSUER: Final = "TEST"  # 样章测试
MARKER: Final = "1"  # first digit: this format
LONGEST_TOKEN: Final = 1_200  # digits
LONGEST_TEXT: Final = 60  # characters of a name or a purpose

_ALG, _KID, _EDDSA = 1, 4, -8  # RFC 9052 §3.1, RFC 9053 §2.2
_ISS, _IAT, _CTI, _STATUS = 1, 6, 7, 65535  # CWT claims; Token Status List
_SHEET: Final = -65537  # private use (RFC 8392 §9.1)
_TAG: Final = b"\xd2"  # 18, COSE_Sign1
_SIGNATURE_BYTES: Final = 64
_PHOTO_BYTES: Final = 16
_CODE_BYTES: Final = 8
_LARGEST_INDEX: Final = 2**20 - 1
_STANDINGS: Final = (Standing.VALID, Standing.CANCELLED, Standing.SUSPENDED)  # as in the list
_FIRST_DAY: Final = date(1970, 1, 1)
_EARLIEST: Final = int(datetime(2015, 6, 1, tzinfo=SHENZHEN).timestamp())  # the Regulations
_MASK: Final = re.compile(r"([0-9]{4}) \*{4} \*{4} ([0-9]{3}[0-9X])")
_SHOWN: Final = re.compile(r"[0-9]{7}[0-9a]")  # as hex, with "a" for X
_URI: Final = re.compile(
    r"https?://[A-Za-z0-9.:\[\]-]{1,100}(?:/[A-Za-z0-9._~-]{1,40}){0,4}/(0|[1-9][0-9]{0,5})"
)
_ISSUER: Final = re.compile(r"[A-Z0-9]{2,12}")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # kinds of characters nobody can see


@dataclass(frozen=True, slots=True)
class ReadToken:
    """What a verified token says, with what a checker needs beside the claims.

    Attributes:
        claims: the statement.
        issuer: such as `ISSUER`, or `TRIAL_ISSUER` for a sandbox's sheet.
        kid: the key that signed it.
        status_uri: where the status list with its present standing is published.

    """

    claims: SheetClaims
    issuer: str
    kid: bytes
    status_uri: str


class CoseProofs:
    """Signs and reads tokens and status lists: `juzhu.ports.proofs.ProofSigner`."""

    def __init__(self, folder: Path, *, list_uri: str, issuer: str = ISSUER) -> None:
        """Use the keys of a folder.

        Args:
            folder: holds the file that `ensure_keys` makes.
            list_uri: public address of the status lists, to which a list's number is added.
            issuer: who speaks; `TRIAL_ISSUER` in a sandbox.

        """
        self._ring = KeyRing(folder)
        self._list_uri = list_uri
        self._issuer = issuer

    def token(self, claims: SheetClaims) -> str:
        """Return the token as digits for the fragment of the verify URL.

        Raises:
            ValueError: a claim that no token can carry; nothing is cut off silently.

        """
        return sign_token(
            claims,
            self._ring.current(),
            issuer=self._issuer,
            status_uri=f"{self._list_uri}{claims.list_number}",
        )

    def read(self, token: str) -> SheetClaims:
        """Return what a token of ours states.

        Raises:
            ProofError: otherwise.

        """
        found = read_token(token, self._ring.public())
        if found.issuer != self._issuer:
            raise ProofError("The token is of another issuer.")
        return found.claims

    def status_list(self, *, number: int, statuses: bytes, at: datetime, uri: str) -> bytes:
        """Return the signed status list (`application/statuslist+jwt`); it expires in an hour.

        Raises:
            ValueError: `uri` is not where tokens say that the list `number` is.

        """
        if uri != f"{self._list_uri}{number}":
            raise ValueError(f"tokens look for list {number} at {self._list_uri}{number}")
        return proof_status.sign_status_list(statuses, self._ring.current(), at=at, uri=uri)

    def public_keys(self) -> dict[str, object]:
        """Return the JSON Web Key Set with every key that still verifies."""
        return key_set(self._ring.public())


def sign_token(claims: SheetClaims, key: SigningKey, *, issuer: str, status_uri: str) -> str:
    """Return `claims` as a signed token; raise ValueError for claims that no token can carry."""
    payload = cbor2.dumps(
        {
            _ISS: issuer,
            _IAT: int(claims.made_at.timestamp()),
            _CTI: _code_bytes(claims.check_code),
            _STATUS: {"status_list": {"idx": claims.list_index, "uri": status_uri}},
            _SHEET: [
                claims.name,
                _shown_part(claims.id_mask),
                _STANDINGS.index(claims.standing),
                (claims.valid_through - _FIRST_DAY).days,
                claims.purpose,
                claims.photo_digest,
            ],
        },
        canonical=True,  # for these keys the older order and that of RFC 8949 are the same
    )
    if _statement(payload)[0] != claims:
        raise ValueError("made_at must be whole seconds, the photo's digest 16 bytes or none")
    protected = cbor2.dumps({_ALG: _EDDSA, _KID: key.kid})
    signature = key.private.sign(_to_be_signed(protected, payload))
    raw = _TAG + cbor2.dumps([protected, {}, payload, signature])
    token = MARKER + str(int.from_bytes(raw))
    if len(token) > LONGEST_TOKEN:
        raise ValueError("the claims are too long for a token")
    return token


def read_token(token: str, keys: PublicKeys) -> ReadToken:
    """Return what a token states, once its signature was found to be by one of `keys`.

    Raises:
        UnknownKeyError: signed with a key that is not among them.
        ProofError: damaged, altered, or not a token.

    """
    protected, payload, signature = _envelope(_raw(token))
    kid = _key_named_in(protected)
    if kid not in keys:
        raise UnknownKeyError(kid)
    try:
        keys[kid].verify(signature, _to_be_signed(protected, payload))
    except InvalidSignature:
        raise ProofError("The signature is wrong: the token is damaged or was altered.") from None
    claims, issuer, uri = _statement(payload)
    return ReadToken(claims, issuer, kid, uri)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _raw(token: str) -> bytes:
    if not (token.isascii() and token.isdigit()):
        raise ProofError("A token consists of digits only.")
    if len(token) > LONGEST_TOKEN:
        raise ProofError("This is too long to be a token.")
    if not token.startswith(MARKER) or token[1:2] in ("", "0"):
        raise ProofError("This is not a token, or one of a newer kind.")
    number = int(token[1:])
    return number.to_bytes((number.bit_length() + 7) // 8)


def _envelope(raw: bytes) -> tuple[bytes, bytes, bytes]:
    if not raw.startswith(_TAG):
        raise ProofError("The token is damaged: it does not begin as one.")
    match decode(raw[1:]):
        case [bytes(protected), dict(other), bytes(payload), bytes(signature)] if (
            not other and len(signature) == _SIGNATURE_BYTES
        ):
            return protected, payload, signature
    raise ProofError("The token is damaged: its parts are not those of a signed message.")


def _key_named_in(protected: bytes) -> bytes:
    match decode(protected):
        case {1: int(algorithm), **rest} if algorithm != _EDDSA:
            raise ProofError("The token is signed with an algorithm that is not accepted.")
        case {1: -8, 4: bytes(kid), **rest} if not rest and len(kid) == KID_BYTES:
            return kid
    raise ProofError("The token is damaged: its header is not one of ours.")


def _statement(payload: bytes) -> tuple[SheetClaims, str, str]:
    match decode(payload):
        case {
            1: str(issuer),
            6: int(made_at),
            7: bytes(code),
            65535: {"status_list": {"idx": int(index), "uri": str(uri), **more}, **others},
            -65537: [str(name), bytes(shown), int(standing), int(day), str(purpose), bytes(photo)],
            **rest,
        } if not (more or others or rest) and _ISSUER.fullmatch(issuer):
            number = _list_number(uri, index)
            claims = SheetClaims(
                check_code=_code_text(code),
                name=_visible(name, least=1),
                id_mask=_mask(shown),
                standing=_standing(standing),
                valid_through=_day(day),
                purpose=_visible(purpose, least=0),
                made_at=_instant(made_at),
                photo_digest=_photo(photo),
                list_number=number,
                list_index=index,
            )
            return claims, issuer, uri
    raise ProofError("The token is signed, but its claims are not those of a sheet.")


# --- one claim at a time: what is signed is checked all the same ---------------------------------


def _wrong(what: str) -> ProofError:
    return ProofError(f"The token is signed, but {what}.")


def _code_bytes(code: str) -> bytes:
    if len(code) != CHECK_CODE_LENGTH or any(character not in ALPHABET for character in code):
        raise ValueError("the check code is not twelve characters of the alphabet")
    number = 0
    for character in code:
        number = number << 5 | ALPHABET.index(character)
    return number.to_bytes(_CODE_BYTES)


def _code_text(raw: bytes) -> str:
    number = int.from_bytes(raw)
    if len(raw) != _CODE_BYTES or number >> 5 * CHECK_CODE_LENGTH:
        raise _wrong("its check code is not twelve characters")
    shifts = range(5 * (CHECK_CODE_LENGTH - 1), -1, -5)
    return "".join(ALPHABET[number >> shift & 31] for shift in shifts)


def _shown_part(id_mask: str) -> bytes:
    found = _MASK.fullmatch(id_mask)
    if found is None:
        raise ValueError("the citizen number is not masked as 4301 **** **** 0018")
    return bytes.fromhex(f"{found[1]}{found[2]}".replace("X", "A"))


def _mask(shown: bytes) -> str:
    digits = shown.hex()
    if not _SHOWN.fullmatch(digits):
        raise _wrong("its masked number is not eight characters")
    return f"{digits[:4]} **** **** {digits[4:]}".replace("a", "X")


def _visible(text: str, *, least: int) -> str:
    if not least <= len(text) <= LONGEST_TEXT:
        raise _wrong("a text in it is too short or too long")
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise _wrong("a text in it holds a character that cannot be seen")
    return text


def _standing(number: int) -> Standing:
    if not 0 <= number < len(_STANDINGS):
        raise _wrong("its standing is none that a sheet can have")
    return _STANDINGS[number]


def _day(number: int) -> date:
    if not 0 <= number < 2**16:
        raise _wrong("its last valid day is out of range")
    return _FIRST_DAY + timedelta(days=number)


def _instant(seconds: int) -> datetime:
    if not _EARLIEST <= seconds < 2**32:
        raise _wrong("its time of making is out of range")
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHENZHEN)


def _photo(digest: bytes) -> bytes:
    if len(digest) not in (0, _PHOTO_BYTES):
        raise _wrong("its digest of the photograph is not 16 bytes")
    return digest


def _list_number(uri: str, index: int) -> int:
    found = _URI.fullmatch(uri)
    if found is None or not 0 <= index <= _LARGEST_INDEX:
        raise _wrong("it does not say where its status is listed")
    return int(found[1])
