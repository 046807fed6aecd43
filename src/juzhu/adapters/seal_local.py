"""A seal whose key lies in a file: for trials, with an authority of its own that nobody trusts."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from juzhu.adapters.seal_pades import TRIAL_SEAL, CertifiedSigner, PadesSealer, TimeStamps

_KEY_MODE: Final = 0o600
# Wide enough for a sandbox whose clock stands in another year.
_FROM: Final = datetime(2015, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2099, 12, 31, tzinfo=UTC)
TRIAL_ORGANISATION: Final = "样章测试（无效）"
"""What every certificate of a trial names as its organisation."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Files of a seal: who vouches for it, its certificate, its key."""

    root: Path
    certificate: Path
    key: Path


class LocalSealer(PadesSealer):
    """Seals with a key read once into memory.

    Args:
        certificate: PEM file of the seal's certificate.
        key: PEM file of its ECDSA P-256 key, unencrypted.
        chain: PEM files between the certificate and its root.
        picture: SVG of the seal as painted on the page.
        times: time-stamp authority; None for none.

    """

    def __init__(
        self,
        certificate: Path,
        key: Path,
        *,
        chain: Sequence[Path] = (),
        picture: Path = TRIAL_SEAL,
        times: TimeStamps | None = None,
    ) -> None:
        super().__init__(_KeySigner(certificate, key, chain), picture=picture, times=times)


class _KeySigner(CertifiedSigner):
    """pyHanko's own signer reads and checks the key anew for every file, which costs 20 ms."""

    def __init__(self, certificate: Path, key: Path, chain: Sequence[Path]) -> None:
        super().__init__(certificate, chain)
        read = serialization.load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(read, ec.EllipticCurvePrivateKey):
            raise TypeError(f"the seal's key must be an elliptic-curve key: {key}")
        self._key = read

    async def sign(self, data: bytes) -> bytes:
        """Return the signature."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def ensure_trial_authority(folder: Path) -> Authority:
    """Return the trial's authority, made at first use; its names say 样章测试（无效）.

    The keys are readable by the owner only. Processes that start together agree on one.
    """
    authority = Authority(folder / "root.crt", folder / "seal.crt", folder / "seal.key")
    if not authority.certificate.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".seal-") as place:
            made = Path(place) / "made"
            made.mkdir(mode=0o700)
            _make(made)
            try:
                made.rename(folder)
            except OSError:  # another process was first
                if not authority.certificate.exists():
                    raise
    return authority


def _make(folder: Path) -> None:
    root_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, seal_name = _name("测试根证书"), _name("居住证信息单电子印章（测试）")
    root = (
        _certificate(root_name, root_name, root_key, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    seal = (
        _certificate(seal_name, root_name, seal_key, root_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    # The root's key is not kept: nobody can have another seal made under this root.
    _write(folder / "seal.key", _pem(seal_key))
    _write(folder / "root.crt", root.public_bytes(serialization.Encoding.PEM))
    _write(folder / "seal.crt", seal.public_bytes(serialization.Encoding.PEM))


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, TRIAL_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _KEY_MODE), "wb") as file:
        file.write(content)
