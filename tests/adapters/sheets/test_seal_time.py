"""Seals with a time stamp, and with what is needed to check them years later."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from juzhu.adapters.seal_local import LocalSealer
from juzhu.adapters.seal_pades import TimeStamps, certificates_in
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.ports.sheets import FileProblem, SealUnavailableError
from tests.adapters.sheets.servers import serving

NOW = datetime.fromtimestamp(time.time(), UTC)  # real: certificates know no other time
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM


class Authority:
    """A root with a seal, a time-stamp authority and a revocation list, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crls = folder / "crls"
        self.crls.mkdir()
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._root = self._certificate(
            "root", self._root_key.public_key(), self._usage(ca=True), None
        )
        key = ec.generate_private_key(ec.SECP256R1())
        self._certificate("seal", key.public_key(), self._usage(ca=False), None)
        self._keep_key("seal", key)
        self.stamp_key = rsa.generate_private_key(65537, 2048)
        self.stamp = self._certificate(
            "stamp",
            self.stamp_key.public_key(),
            self._usage(ca=False),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
        )
        self.revoke_none()

    def path(self, name: str) -> Path:
        return self.folder / name

    def revoke_none(self) -> None:
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._root.subject)
            .last_update(NOW - timedelta(hours=1))
            .next_update(NOW + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key()),
                critical=False,
            )
            .sign(self._root_key, hashes.SHA256())
        )
        (self.crls / "root.crl").write_bytes(crl.public_bytes(DER))

    def answer(
        self, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request for a time stamp (RFC 3161)."""
        key = self.stamp_key.private_bytes(
            DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stamper = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(self.stamp.public_bytes(DER)),
            tsa_key=keys.PrivateKeyInfo.load(key),
        )
        made = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
        return 200, {"content-type": "application/timestamp-reply"}, made

    def _certificate(self, name, key, usage, purpose) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"test {name}")])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test root")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=365))
            .add_extension(x509.BasicConstraints(name == "root", None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key()),
                critical=False,
            )
        )
        if purpose is not None:
            builder = builder.add_extension(purpose, critical=True)
        made = builder.sign(self._root_key, hashes.SHA256())
        self.path(f"{name}.crt").write_bytes(made.public_bytes(PEM))
        return made

    def _keep_key(self, name: str, key: ec.EllipticCurvePrivateKey) -> None:
        self.path(f"{name}.key").write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )

    @staticmethod
    def _usage(*, ca: bool) -> x509.KeyUsage:
        return x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)


@pytest.fixture(scope="module")
def with_time(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stamps(with_time) -> Iterator[str]:
    with serving(with_time.answer) as url:
        yield url


def sealer(authority: Authority, times: TimeStamps) -> LocalSealer:
    return LocalSealer(authority.path("seal.crt"), authority.path("seal.key"), times=times)


@pytest.fixture(scope="module")
def checker(with_time) -> SheetFiles:
    return SheetFiles(seals=[with_time.path("seal.crt")], roots=[with_time.path("root.crt")])


@pytest.fixture(scope="module")
def stamped(with_time, stamps, page) -> bytes:
    return sealer(with_time, TimeStamps(stamps)).seal(page)


@pytest.fixture(scope="module")
def lasting(with_time, stamps, page) -> bytes:
    times = TimeStamps(stamps, roots=with_time.path("root.crt"), crls=with_time.crls)
    return sealer(with_time, times).seal(page)


def test_a_stamped_seal_carries_a_time_that_is_trusted(stamped, with_time, checker, pdfsig):
    context = ValidationContext(trust_roots=certificates_in([with_time.path("root.crt")]))
    (signature,) = PdfFileReader(BytesIO(stamped)).embedded_signatures

    status = validate_pdf_signature(signature, context, context)

    assert status.bottom_line
    assert status.timestamp_validity.trusted
    assert checker.examine(stamped).problem is None
    said = pdfsig(stamped)
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_lasting_seal_is_one_revision_and_proves_itself(
    lasting, with_time, checker, pdfsig, qpdf
):
    reader = PdfFileReader(BytesIO(lasting))

    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": certificates_in([with_time.path("root.crt")]),
            "allow_fetching": False,
            "revocation_mode": "require",  # so what the file carries must be enough
        }
    )

    status = validate_pdf_signature(reader.embedded_signatures[0], context, context)

    assert status.bottom_line
    assert "/DSS" in reader.root
    assert lasting.count(b"%%EOF") == 1
    assert checker.examine(lasting).problem is None
    assert "Total document signed" in pdfsig(lasting)
    assert "No syntax or stream encoding errors" in qpdf(lasting, "--check")


def test_changes_in_a_stamped_seal_never_raise_and_never_pass(stamped, checker):
    import re

    found = re.search(rb"/ByteRange \[0 (\d+) (\d+)", stamped)
    start, end = int(found[1]), int(found[2])
    for place in range(start, end, 101):
        copy = bytearray(stamped)
        copy[place] ^= 1 << place % 7
        problem = checker.examine(bytes(copy)).problem
        # What the time stamp itself leaves open is for the register's digest to tell.
        assert problem is not None or start + 2000 < place < end


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: (500, {}, b""),
        lambda *_: (200, {"content-type": "application/timestamp-reply"}, b"no DER"),
        lambda *_: (200, {"content-type": "text/html"}, b"<html>"),
        lambda *_: time.sleep(2.5) or (200, {}, b""),
    ],
    ids=["error", "noise", "page", "slow"],
)
def test_without_its_time_stamp_there_is_no_file(with_time, page, answer):
    start = time.monotonic()
    with serving(answer) as url, pytest.raises(SealUnavailableError):
        sealer(with_time, TimeStamps(url)).seal(page)

    assert time.monotonic() - start < 3


def test_an_authority_that_is_away_gives_no_file(with_time, page):
    with pytest.raises(SealUnavailableError):
        sealer(with_time, TimeStamps("http://127.0.0.1:9/")).seal(page)


def test_a_time_stamp_nobody_vouches_for_is_not_accepted(stamped, with_time, authority):
    files = SheetFiles(seals=[with_time.path("seal.crt")], roots=[authority.root])

    assert files.examine(stamped).problem is FileProblem.CHANGED


def test_without_fresh_revocation_lists_there_is_no_lasting_seal(with_time, stamps, page, tmp_path):
    times = TimeStamps(stamps, roots=with_time.path("root.crt"), crls=tmp_path)

    with pytest.raises(SealUnavailableError):
        sealer(with_time, times).seal(page)
