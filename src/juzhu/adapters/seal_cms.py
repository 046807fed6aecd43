"""The bytes of a seal's signature (CMS SignedData, RFC 5652), and their only spelling.

A signature has parts that it does not cover itself: versions, names of algorithms, certificates.
Checkers differ in how much of a change there they forgive. Here every part but the signed
attributes, the signature and the time stamp follows from the certificates, so a seal can be
assembled without a library, and a received one compared with what it should have been.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _element(tag: int, *parts: bytes) -> bytes:
    """Return one element of DER."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _name(dotted: str) -> bytes:
    """Return an object identifier."""
    first, second, *others = map(int, dotted.split("."))
    content = bytearray([40 * first + second])
    for number in others:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        content.extend(reversed(digits))
    return _element(0x06, bytes(content))


def _sequence(*parts: bytes) -> bytes:
    return _element(0x30, *parts)


def _set(*parts: bytes) -> bytes:
    return _element(0x31, *parts)


_DATA: Final = _name("1.2.840.113549.1.7.1")
_SIGNED_DATA: Final = _name("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = _name("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = _name("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = _name("1.2.840.113549.1.9.16.2.47")
_SHA256: Final = _sequence(_name("2.16.840.1.101.3.4.2.1"), b"\x05\x00")
_ECDSA: Final = _sequence(_name("1.2.840.10045.4.3.2"))
_ONE: Final = _element(0x02, b"\x01")


def certificates_of(files: Iterable[Path]) -> list[x509.Certificate]:
    """Return the certificates of PEM files.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is no certificate.

    """
    return [
        certificate
        for path in files
        for certificate in x509.load_pem_x509_certificates(path.read_bytes())
    ]


def chain_of(
    certificate: x509.Certificate, among: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the issuers of a certificate found `among` others, its own issuer first.

    Each seal carries its own chain only, so certificates of former seals may stand beside.
    """
    found: list[x509.Certificate] = []
    last = certificate
    while len(found) < len(among):
        issuer = next((other for other in among if _issued(other, last)), None)
        if issuer is None or issuer in found:
            break
        found.append(issuer)
        last = issuer
    return found


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


class SealForm:
    """The signature of one seal, all but what differs from file to file.

    Args:
        certificate: of the seal.
        chain: carried with it, without the root.

    """

    def __init__(
        self, certificate: x509.Certificate, chain: Sequence[x509.Certificate] = ()
    ) -> None:
        der = serialization.Encoding.DER
        self.certificate: Final = certificate.public_bytes(der)
        issuer = certificate.issuer.public_bytes()
        number = certificate.serial_number
        serial = _element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))
        carried = (self.certificate, *(other.public_bytes(der) for other in chain))
        self._head = _ONE + _set(_SHA256) + _sequence(_DATA) + _element(0xA0, *sorted(carried))
        self._signer = _ONE + _sequence(issuer, serial) + _SHA256
        self._content_type = _sequence(_CONTENT_TYPE, _set(_DATA))
        known = _sequence(_sequence(_element(0xA4, issuer)), serial)
        digest = _element(0x04, sha256(self.certificate).digest())
        self._names_certificate = _sequence(
            _SIGNING_CERTIFICATE, _set(_sequence(_sequence(_sequence(digest, known))))
        )

    def attributes(self, digest: bytes) -> bytes:
        """Return what is signed for a file with this digest, without tag and length."""
        stated = _sequence(_MESSAGE_DIGEST, _set(_element(0x04, digest)))
        return self._content_type + stated + self._names_certificate

    @staticmethod
    def to_sign(attributes: bytes) -> bytes:
        """Return the bytes that the key signs."""
        return _set(attributes)

    def assembled(self, attributes: bytes, signature: bytes, unsigned: bytes = b"") -> bytes:
        """Return the whole signature.

        Args:
            attributes: without tag and length.
            signature: over `to_sign(attributes)`.
            unsigned: the element with the time stamp, tag and all; b"" without one.

        """
        signer = _sequence(
            self._signer, _element(0xA0, attributes), _ECDSA, _element(0x04, signature), unsigned
        )
        return _sequence(_SIGNED_DATA, _element(0xA0, _sequence(self._head, _set(signer))))


def with_low_s(signature: bytes) -> bytes:
    """Return the one of the two equal ECDSA signatures whose second number is the smaller.

    From either of them anybody can compute the other; with one form agreed on, a sealed file has
    no second spelling.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))
