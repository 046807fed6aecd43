"""A seal kept by another service: only a digest leaves, and no answer is believed unchecked."""

import json
import time
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from juzhu.adapters.gateway import Gateway
from juzhu.adapters.seal_local import ensure_trial_authority
from juzhu.adapters.seal_remote import RemoteSealer
from juzhu.ports.sheets import SealUnavailableError
from tests.adapters.sheets.servers import SealService, serving

SECRET = "a secret for tests only"


@pytest.fixture
def service(authority) -> SealService:
    key = serialization.load_pem_private_key(authority.key.read_bytes(), password=None)
    read = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    return SealService(SECRET, key, read.fingerprint(hashes.SHA256()).hex())


@pytest.fixture
def remote(service, authority) -> Iterator[RemoteSealer]:
    with serving(service) as url:
        yield RemoteSealer(Gateway(url=url, secret=SECRET), authority.certificate)


def test_a_seal_from_the_service_is_as_good_as_one_from_here(remote, page, files, pdfsig):
    sealed = remote.seal(page)

    assert files.examine(sealed).problem is None
    assert "Certificate is Trusted" in pdfsig(sealed)


def test_nothing_personal_leaves(remote, service, page):
    remote.seal(page)

    (body,) = service.seen
    assert set(json.loads(body)) == {"certificate", "algorithm", "digest"}
    assert len(body) < 200


@pytest.mark.parametrize(
    "twist",
    [
        lambda body: b"",
        lambda body: b"[]",
        lambda body: b'{"signature": 7}',
        lambda body: b'{"signature": "***"}',
        lambda body: b'{"signature": ""}',
        lambda body: body[:-10] + b'AAAA"}',
        lambda body: b" " * 1_000_000,
    ],
    ids=["empty", "list", "number", "no base64", "nothing", "another signature", "too long"],
)
def test_an_answer_that_is_no_signature_gives_no_file(remote, service, page, twist):
    service.twist = twist

    with pytest.raises(SealUnavailableError):
        remote.seal(page)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_refusal_gives_no_file(remote, service, page, status):
    service.status = status

    with pytest.raises(SealUnavailableError):
        remote.seal(page)


def test_an_answer_of_somebody_else_gives_no_file(remote, service, page):
    service.secret_of_answers = b"another"

    with pytest.raises(SealUnavailableError):
        remote.seal(page)


def test_a_signature_by_another_key_gives_no_file(service, authority, page, tmp_path):
    other = ensure_trial_authority(tmp_path / "other")
    with serving(service) as url:
        remote = RemoteSealer(Gateway(url=url, secret=SECRET), other.certificate)
        service._name = remote._signer._name  # it signs for the name, with the wrong key

        with pytest.raises(SealUnavailableError):
            remote.seal(page)


def test_a_service_that_is_slow_is_not_waited_for(remote, service, page):
    service.delay = 2.5
    start = time.monotonic()

    with pytest.raises(SealUnavailableError):
        remote.seal(page)

    assert time.monotonic() - start < 2.4


def test_a_service_that_is_away_is_unavailable(authority, page):
    gateway = Gateway(url="http://127.0.0.1:9", secret=SECRET)

    with pytest.raises(SealUnavailableError):
        RemoteSealer(gateway, authority.certificate).seal(page)
