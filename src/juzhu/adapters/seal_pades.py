"""Seals a page with a PAdES certification signature that allows no change.

Every adapter that holds or reaches a key differs only in its pyHanko `Signer`; what is written into
the file is the same and stands here. The file comes out as one revision: the page is written anew
together with its signature, so that nothing precedes what the signature covers.
"""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped] # ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from juzhu.adapters import seal_picture, sheet_layout
from juzhu.adapters.seal_cms import certificates_of, chain_of, with_low_s
from juzhu.ports.sheets import SealUnavailableError

FIELD: Final = "Seal"
REASON: Final = "居住证信息单"
WITHIN_SECONDS: Final = 2.0
"""So long another system may take; our own work takes as long as a busy machine makes it."""
_RESERVED: Final = 8192
_RESERVED_WITH_TIME: Final = 16384
TRIAL_SEAL: Final = Path(__file__).with_name("sheet") / "seal.svg"

FAILURES: Final = (
    SigningError,
    TimestampRequestError,
    PathError,
    ValidationError,
    aiohttp.ClientError,
    OSError,  # TimeoutError among them
    ValueError,  # an answer that is no DER
)


@dataclass(frozen=True, slots=True)
class TimeStamps:
    """Where the time is had that the seal carries.

    Attributes:
        url: of the time-stamp authority (RFC 3161).
        roots: PEM files with the roots of the seal's and the authority's certificates; with `crls`
            a sheet also carries what is needed to check it after the certificates have ended.
        crls: folder of revocation lists in DER that somebody keeps fresh.

    """

    url: str
    roots: Sequence[Path] = ()
    crls: Path | None = None


class PadesSealer:
    """Seals pages with whatever key its signer reaches; safe to use from several threads.

    Args:
        signer: made for the seal's certificate.
        picture: SVG of the seal as painted on the page.
        times: time-stamp authority; None for none (PAdES B-B).

    """

    def __init__(
        self, signer: Signer, *, picture: Path = TRIAL_SEAL, times: TimeStamps | None = None
    ) -> None:
        self._signer = signer
        self._drawing = seal_picture.operators_of(picture.read_text(encoding="utf-8"))
        self._times = times

    def seal(self, pdf: bytes) -> bytes:
        """Return `pdf` sealed.

        Raises:
            SealUnavailableError: key, service or time-stamp authority silent.

        """
        try:
            return asyncio.run(self._seal(pdf))
        except FAILURES as error:
            raise SealUnavailableError(f"{type(error).__name__}: {error}") from error

    async def _seal(self, pdf: bytes) -> bytes:
        writer = copy_into_new_writer(PdfFileReader(BytesIO(pdf)))
        times = self._times
        signer = _ArchiveSigner(
            self._metadata(),
            signer=self._signer,
            timestamper=HTTPTimeStamper(times.url, timeout=WITHIN_SECONDS) if times else None,
            stamp_style=self._style(),
            new_field_spec=SigFieldSpec(FIELD, box=sheet_layout.SEAL_BOX),
        )
        sealed = await signer.async_sign_pdf(
            writer, bytes_reserved=_RESERVED_WITH_TIME if times else _RESERVED
        )
        return bytes(sealed.getvalue())

    def _metadata(self) -> PdfSignatureMetadata:
        context = _context(self._times)
        return PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=REASON,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=context is not None,
            validation_context=context,
            # Together: a second revision for it would lie outside the signature.
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )

    def _style(self) -> StaticStampStyle:
        """Return the field's appearance; one object over many files grows (pyHanko 0.38)."""
        side = BoxConstraints(seal_picture.SIDE, seal_picture.SIDE)
        return StaticStampStyle(
            background=RawContent(self._drawing, box=side),
            background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID),
            background_opacity=1.0,
            border_width=0,
        )


class _ArchiveSigner(PdfSigner):
    """Leaves the file's version alone, which pyHanko raises to 2.0 because the key lies on a curve.

    PDF/A-2 is PDF 1.7 by definition, and PAdES (EN 319 142) allows such a key there.
    """

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Register nothing."""


class CertifiedSigner(Signer):
    """A signer with its certificate and chain given as files; subclasses reach the key."""

    def __init__(self, certificate: Path, chain: Sequence[Path] = ()) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call] # its __init__ has no types
        own = certificates_of([certificate])[0]
        store.register_multiple(map(_for_pyhanko, chain_of(own, certificates_of(chain))))
        super().__init__(
            signing_cert=_for_pyhanko(own),
            cert_registry=store,
            embed_roots=False,
        )
        self._validity = own.not_valid_before_utc, own.not_valid_after_utc
        key = own.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError(
                f"the seal's certificate must be for an elliptic-curve key: {certificate}"
            )
        self._public_key = key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: ARG002
    ) -> bytes:
        """Return the key's signature over `data`, checked, in its one spelling."""
        if digest_algorithm != "sha256":
            raise SigningError(f"asked for {digest_algorithm}")
        if problem := not_in_force(*self._validity):
            raise SigningError(problem)
        signature = await self.sign(data)
        try:
            self._public_key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise SigningError("the key is not the certificate's") from error
        return with_low_s(signature)

    @abstractmethod
    async def sign(self, data: bytes) -> bytes:
        """Return the signature of the key over `data`, ECDSA with SHA-256, in DER.

        Raises:
            SigningError: it cannot be had now.

        """


def certificates_in(files: Sequence[Path]) -> list[asn1_x509.Certificate]:
    """Return the certificates of PEM files in the form pyHanko takes."""
    return [_for_pyhanko(certificate) for certificate in certificates_of(files)]


def _for_pyhanko(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def not_in_force(begins: datetime, ends: datetime) -> str:
    """Say why a certificate cannot be used at this moment; "" when it can.

    Certificates live in the machine's time, also in a sandbox whose clock travels.
    """
    now = datetime.fromtimestamp(time.time(), UTC)
    if now < begins:
        return f"the seal's certificate begins on {begins:%Y-%m-%d}"
    return f"the seal's certificate ended on {ends:%Y-%m-%d}" if now > ends else ""


def _context(times: TimeStamps | None) -> ValidationContext | None:
    if times is None or not times.roots or times.crls is None:
        return None
    lists = [asn1_crl.CertificateList.load(p.read_bytes()) for p in sorted(times.crls.iterdir())]
    return ValidationContext(
        trust_roots=certificates_in(times.roots),
        crls=lists,
        allow_fetching=False,
        revocation_mode="require",
    )
