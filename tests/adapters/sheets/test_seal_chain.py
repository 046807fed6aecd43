"""A seal whose certificate was issued by an authority between it and the root."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from juzhu.adapters.seal_local import LocalSealer
from juzhu.adapters.sheet_bulk import BulkSheets
from juzhu.adapters.sheet_file import SheetFiles
from juzhu.ports.sheets import FileProblem

PEM = serialization.Encoding.PEM


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("chain")
    issuer, issuer_key = None, None
    for common in ("root", "between", "seal"):
        key = ec.generate_private_key(ec.SECP256R1())
        ca = common != "seal"
        usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        made = (
            x509.CertificateBuilder()
            .subject_name(name(common))
            .issuer_name(issuer.subject if issuer else name(common))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(usage, critical=True)
            .sign(issuer_key or key, hashes.SHA256())
        )
        (folder / f"{common}.crt").write_bytes(made.public_bytes(PEM))
        (folder / f"{common}.key").write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        issuer, issuer_key = made, key
    return folder


@pytest.fixture(scope="module")
def sealer(folder) -> LocalSealer:
    return LocalSealer(folder / "seal.crt", folder / "seal.key", chain=[folder / "between.crt"])


@pytest.fixture(scope="module")
def chained(folder) -> SheetFiles:
    return SheetFiles(
        seals=[folder / "seal.crt"], roots=[folder / "root.crt"], chain=[folder / "between.crt"]
    )


def test_both_lanes_carry_the_chain(folder, sealer, chained, sheets, page, content):
    bulk = BulkSheets(
        sheets,
        sealer,
        certificate=folder / "seal.crt",
        key=folder / "seal.key",
        chain=[folder / "between.crt"],
    )

    assert chained.examine(sealer.seal(page)).problem is None
    assert chained.examine(bulk.make(content)).problem is None


def test_a_seal_that_carries_other_certificates_than_ours_is_not_accepted(folder, sealer, page):
    files = SheetFiles(seals=[folder / "seal.crt"], roots=[folder / "root.crt"])

    assert files.examine(sealer.seal(page)).problem is FileProblem.CHANGED
