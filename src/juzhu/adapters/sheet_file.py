"""Tells whether an uploaded file is a sheet as sealed, without ever parsing a stranger's PDF.

A file from outside may be built to exhaust whoever reads it. So it is first taken as bytes only:
the seal's signature covers every byte of a sheet but the signature itself, and whether it does can
be told with two slices, one digest and a small, bounded piece of DER. Only what passes, and is
therefore our own work byte for byte, reaches a PDF reader, for a second opinion on the rest.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from asn1crypto import cms  # type: ignore[import-untyped] # ships no types
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from juzhu.adapters.seal_cms import SealForm, certificates_of, chain_of, with_low_s
from juzhu.adapters.seal_pades import certificates_in
from juzhu.ports.sheets import MOST_FILE_BYTES, FileProblem, FileVerdict

MOST_BYTES: Final = MOST_FILE_BYTES
MOST_SIGNATURE: Final = 64 * 1024
"""Hexadecimal digits; our seals reserve 16,384 at most."""

# What reading DER that says something else than expected comes to.
_NOT_WELL_FORMED: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)

_BYTE_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}0\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,8}\]"
)
# Capitals only, as our seals write them: no second spelling of the same signature.
_HEXADECIMAL: Final = re.compile(rb"<([0-9A-F]+)>")


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature found in a file, as far as it can be told without believing it.

    Attributes:
        whole: it covers the file from first to last byte, and is the only one.
        digest: SHA-256 of the bytes it covers.
        der: all of it, with the padding behind.
        carried: the certificates it brings along.
        stated: the digest it states.
        attributes: what the key signed, without tag and length.
        value: of the key's signature.
        unsigned: the element with the time stamp, b"" without one.

    """

    whole: bool
    digest: bytes
    der: bytes
    carried: tuple[bytes, ...]
    stated: bytes
    attributes: bytes
    value: bytes
    unsigned: bytes


class _Seal:
    """One certificate whose seals are ours."""

    def __init__(self, certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> None:
        self.form: Final = SealForm(certificate, chain)
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError("the seal's key must be an elliptic-curve key")
        self._key = key

    def made(self, found: _Signature) -> bool:
        """Say whether this seal made the signature, over these bytes and spelled just so."""
        try:
            value = with_low_s(found.value)
            self._key.verify(value, self.form.to_sign(found.attributes), ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        spelled = self.form.assembled(found.attributes, value, found.unsigned)
        return found.stated == found.digest and found.der == spelled.ljust(len(found.der), b"\0")


class SheetFiles:
    """Examines files; safe to use from several threads.

    Args:
        seals: PEM files of the seal's certificates, the present one and former ones. The seal is
            known by its certificate, not by who issued it: an authority has other customers.
        roots: PEM files of the roots of these and of the time-stamp authority.
        chain: PEM files of the certificates in between.

    """

    def __init__(
        self, *, seals: Sequence[Path], roots: Sequence[Path], chain: Sequence[Path] = ()
    ) -> None:
        between = certificates_of(chain)
        self._seals = [_Seal(own, chain_of(own, between)) for own in certificates_of(seals)]
        self._roots = certificates_in(roots)
        self._between = certificates_in(chain)

    def examine(self, file: bytes) -> FileVerdict:
        """Return what the file proves by itself; never raises for its content."""
        return FileVerdict(self._problem(file), hashlib.sha256(file).digest())

    def _problem(self, file: bytes) -> FileProblem | None:
        if len(file) > MOST_BYTES:
            return FileProblem.TOO_LARGE
        if not file.startswith(b"%PDF-"):
            return FileProblem.NOT_PDF
        found = _signature_of(file)
        if found is None:
            ended = file.rstrip(b"\r\n").endswith(b"%%EOF")
            readable = ended and b"/Encrypt" not in file
            return FileProblem.UNSIGNED if readable else FileProblem.DAMAGED
        if isinstance(found, FileProblem):
            return found
        seal = next((seal for seal in self._seals if seal.form.certificate in found.carried), None)
        if seal is None:
            return FileProblem.OTHER_SIGNER
        if not (found.whole and seal.made(found) and self._reads_well(file)):
            return FileProblem.CHANGED
        return None

    def _reads_well(self, file: bytes) -> bool:
        """Ask pyHanko about a file whose every byte has already proved to be ours.

        Certificates end after a few years, sheets do not become false by that: they are looked at
        as of the making, which the seal covers. Whether it was made then tells the register.
        """
        try:
            signatures = PdfFileReader(BytesIO(file)).embedded_signatures
            if len(signatures) != 1:
                return False
            status = validate_pdf_signature(
                signatures[0],
                self._context(signatures[0].self_reported_timestamp),
                key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
            )
        except Exception:  # noqa: BLE001 - the time stamp is still a stranger's, and so may fail anyhow
            return False
        return bool(
            status.bottom_line
            and status.docmdp_ok
            and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        )

    def _context(self, made_at: datetime | None) -> ValidationContext:
        return ValidationContext(
            trust_roots=self._roots,
            other_certs=self._between,
            moment=made_at,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )


def _signature_of(file: bytes) -> _Signature | FileProblem | None:
    """Return the signature in the file, what is wrong with it, or None when there is none."""
    ranges = _BYTE_RANGE.findall(file)
    if not ranges:
        return None
    start, second, length = map(int, ranges[0])
    end = second + length
    if not start < second <= end <= len(file) or second - start > MOST_SIGNATURE:
        return FileProblem.DAMAGED
    digits = _HEXADECIMAL.fullmatch(file, start, second)
    if digits is None or len(digits[1]) % 2:
        return FileProblem.DAMAGED
    digest = hashlib.sha256(memoryview(file)[:start])
    digest.update(memoryview(file)[second:end])
    whole = len(ranges) == 1 and end == len(file)
    try:
        return _read(bytes.fromhex(digits[1].decode()), digest.digest(), whole)
    except _NOT_WELL_FORMED:
        return FileProblem.DAMAGED


def _read(der: bytes, digest: bytes, whole: bool) -> _Signature:
    data = cms.ContentInfo.load(der)["content"]
    (signer,) = data["signer_infos"]
    attributes = {item["type"].native: item["values"] for item in signer["signed_attrs"]}
    unsigned = signer["unsigned_attrs"]
    return _Signature(
        whole=whole,
        digest=digest,
        der=der,
        carried=tuple(choice.chosen.dump() for choice in data["certificates"]),
        stated=attributes["message_digest"][0].native,
        attributes=signer["signed_attrs"].contents,
        value=signer["signature"].native,
        unsigned=unsigned.dump() if unsigned else b"",
    )
