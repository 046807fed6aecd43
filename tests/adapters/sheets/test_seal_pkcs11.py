"""A seal on a device, here SoftHSM."""

from pathlib import Path

import pytest

from juzhu.adapters.seal_pkcs11 import Pkcs11Sealer, TokenKey
from juzhu.ports.sheets import SealUnavailableError
from tests.adapters.sheets import softhsm
from tests.adapters.sheets.softhsm import PIN


@pytest.fixture(scope="module")
def token(authority) -> TokenKey:
    return softhsm.token(authority.key)


@pytest.fixture(scope="module")
def device(token, authority) -> Pkcs11Sealer:
    return Pkcs11Sealer(authority.certificate, token)


def test_a_seal_from_the_device_is_as_good_as_one_from_a_file(device, page, files, pdfsig):
    sealed = [device.seal(page) for _ in range(3)]

    assert [files.examine(file).problem for file in sealed] == [None] * 3
    assert "Certificate is Trusted" in pdfsig(sealed[0])


@pytest.mark.parametrize(
    "wrong",
    [{"token": "no such token"}, {"key": "no such key"}, {"library": Path("/no/such/library.so")}],
    ids=["token", "key", "library"],
)
def test_a_device_that_is_not_there_is_unavailable(token, authority, page, wrong):
    from dataclasses import replace

    sealer = Pkcs11Sealer(authority.certificate, replace(token, **wrong))

    with pytest.raises(SealUnavailableError):
        sealer.seal(page)


def test_after_an_error_the_device_is_opened_anew(token, authority, page, files):
    sealer = Pkcs11Sealer(authority.certificate, token)
    sealer.seal(page)
    sealer._signer._device.pkcs11_session.close()  # as when the device was unplugged

    with pytest.raises(SealUnavailableError):
        sealer.seal(page)

    assert files.examine(sealer.seal(page)).problem is None


def test_two_sealers_of_one_process_share_the_device(token, authority, page, files):
    one, other = (Pkcs11Sealer(authority.certificate, token) for _ in range(2))

    made = [one.seal(page), other.seal(page), one.seal(page)]

    assert [files.examine(file).problem for file in made] == [None] * 3


def test_a_wrong_pin_is_tried_once_only(token, authority, page, monkeypatch):
    """A token locks itself after a few: asking again for every sheet would destroy it."""
    from dataclasses import replace

    from pkcs11.exceptions import PinIncorrect

    from juzhu.adapters import seal_pkcs11

    tried = []

    def refused(*args: object, **kwargs: object) -> None:
        tried.append(1)
        raise PinIncorrect

    monkeypatch.setattr(seal_pkcs11, "open_pkcs11_session", refused)
    sealer = Pkcs11Sealer(authority.certificate, replace(token, pin="0000"))

    for _ in range(3):
        with pytest.raises(SealUnavailableError):
            sealer.seal(page)
    assert len(tried) == 1


def test_a_device_that_hangs_holds_nobody_up(token, authority, page, monkeypatch):
    import threading
    import time

    from juzhu.adapters import seal_pkcs11

    over = threading.Event()
    monkeypatch.setattr(seal_pkcs11, "open_pkcs11_session", lambda *a, **k: over.wait(20))
    sealer = Pkcs11Sealer(authority.certificate, token)
    start = time.monotonic()

    with pytest.raises(SealUnavailableError):
        sealer.seal(page)

    took = time.monotonic() - start
    over.set()
    assert took < 2.5


def test_the_pin_is_in_no_text_of_the_key(token):
    assert PIN not in repr(token)
