"""An authority for tests that is nobody's trial: root, seal, time-stamp authority, lists."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
DAY = timedelta(days=1)

PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<circle cx="50" cy="50" r="45" fill="none" stroke="#c8161d" stroke-width="6"/>
<path d="M50 20 L59 44 L84 44 L64 59 L71 83 L50 69 L29 83 L36 59 L16 44 L41 44 Z" fill="#c8161d"/>
</svg>"""


class Authority:
    """A root with seals, a time-stamp authority and a revocation list, as files in a folder.

    Certificates live in the machine's time, a day back and a year on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.fromtimestamp(time.time(), UTC)
        self.crls = folder / "crls"
        self.crls.mkdir()
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._root = self._certificate("root", self._root_key.public_key(), _usage(ca=True))
        self.add_seal("seal")
        stamp_key = rsa.generate_private_key(65537, 2048)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self._certificate("stamp", stamp_key.public_key(), _usage(ca=False), purpose)
        self._keep_key("stamp", stamp_key)
        self.revoke_none()
        self.path("seal.svg").write_text(PICTURE)

    def path(self, name: str) -> Path:
        return self.folder / name

    def add_seal(self, name: str, *, begins: timedelta = -DAY, ends: timedelta = 365 * DAY) -> None:
        """Write `name`.crt and `name`.key."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._certificate(name, key.public_key(), _usage(ca=False), begins=begins, ends=ends)
        self._keep_key(name, key)

    def revoke_none(self, *, ends: timedelta = 7 * DAY) -> None:
        """Write a fresh list."""
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._root.subject)
            .last_update(self.now - 2 * DAY)
            .next_update(self.now + ends)
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
        """Answer one request for a time stamp."""
        return answer_time(self.folder, body)

    def _keep_key(self, name: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self.path(f"{name}.key").write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        self.path(f"{name}.key").chmod(0o600)

    def _certificate(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        usage: x509.KeyUsage,
        purpose: x509.ExtendedKeyUsage | None = None,
        *,
        begins: timedelta = -DAY,
        ends: timedelta = 365 * DAY,
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"test {name}")])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test root")])
        if name == "root":
            begins = -3650 * DAY
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + begins)
            .not_valid_after(self.now + ends)
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


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)


def answer_time(folder: Path, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Answer one request for a time stamp (RFC 3161) with the files of an authority."""
    key = serialization.load_pem_private_key((folder / "stamp.key").read_bytes(), password=None)
    certificate = x509.load_pem_x509_certificate((folder / "stamp.crt").read_bytes())
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(DER)),
        tsa_key=keys.PrivateKeyInfo.load(
            key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        ),
    )
    made = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
    return 200, {"content-type": "application/timestamp-reply"}, made
