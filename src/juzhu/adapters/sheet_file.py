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
from io import BytesIO
from pathlib import Path
from typing import Final

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from juzhu.ports.sheets import FileProblem, FileVerdict

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_SIGNATURE: Final = 64 * 1024
"""Hexadecimal digits; our seals reserve 16,384 at most."""

_BYTE_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}0\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,8}\]"
)
# Small letters only, as our seals write them: no second spelling of the same signature.
_HEXADECIMAL: Final = re.compile(rb"<([0-9a-f]+)>")


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature found in a file.

    Attributes:
        whole: it covers the file from first to last byte, and nothing hides beside it.
        signed: the bytes it covers.
        data: its CMS.

    """

    whole: bool
    signed: tuple[memoryview, memoryview]
    data: cms.SignedData


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
        read = [x509.load_pem_x509_certificate(path.read_bytes()) for path in seals]
        self._seals = {c.public_bytes(serialization.Encoding.DER): c.public_key() for c in read}
        between = [x509.load_pem_x509_certificate(path.read_bytes()) for path in chain]
        self._chain = {c.public_bytes(serialization.Encoding.DER) for c in between}
        self._roots = [str(path) for path in roots]
        self._between = [str(path) for path in chain]

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
            return FileProblem.UNSIGNED if ended else FileProblem.DAMAGED
        if isinstance(found, FileProblem):
            return found
        signer = self._signer_of(found.data)
        if signer is None:
            return FileProblem.OTHER_SIGNER
        if not (found.whole and _holds(found, signer) and self._reads_well(file)):
            return FileProblem.CHANGED
        return None

    def _signer_of(self, data: cms.SignedData) -> ec.EllipticCurvePublicKey | None:
        """Return our seal's public key when it is our seal that claims to have signed."""
        try:
            carried = [choice.chosen.dump() for choice in data["certificates"]]
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        key = None
        for certificate in carried:
            if certificate in self._seals:
                key = self._seals[certificate]
            elif certificate not in self._chain:
                return None  # not what our seals carry
        return key if isinstance(key, ec.EllipticCurvePublicKey) else None

    def _reads_well(self, file: bytes) -> bool:
        """Ask pyHanko about a file whose every byte has already proved to be ours."""
        context = ValidationContext(
            trust_roots=load_certs_from_pemder(self._roots),
            other_certs=load_certs_from_pemder(self._between),
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        try:
            signatures = PdfFileReader(BytesIO(file)).embedded_signatures
            if len(signatures) != 1:
                return False
            status = validate_pdf_signature(
                signatures[0],
                context,
                key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
            )
        except (PdfError, SignatureValidationError, ValueError):
            return False
        return bool(
            status.bottom_line
            and status.docmdp_ok
            and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
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
    der = bytes.fromhex(digits[1].decode())
    try:
        content = cms.ContentInfo.load(der)
        data = content["content"]
        if not isinstance(data, cms.SignedData):
            return FileProblem.DAMAGED
        rest = der[len(content.dump()) :]
    except (ValueError, TypeError, KeyError, RecursionError):
        return FileProblem.DAMAGED
    view = memoryview(file)
    alone = len(ranges) == 1 and end == len(file) and not rest.strip(b"\0")
    return _Signature(alone, (view[:start], view[second:end]), data)


def _holds(signature: _Signature, key: ec.EllipticCurvePublicKey) -> bool:
    """Say whether the key signed exactly these bytes."""
    digest = hashlib.sha256(signature.signed[0])
    digest.update(signature.signed[1])
    try:
        (signer,) = signature.data["signer_infos"]
        stated = {a["type"].native: a["values"] for a in signer["signed_attrs"]}
        if stated["message_digest"][0].native != digest.digest():
            return False
        attributes = signer["signed_attrs"].untag().dump()
        key.verify(signer["signature"].native, attributes, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, KeyError, IndexError):
        return False
    return True
