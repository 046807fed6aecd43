"""The keys: made once, rotated without losing a sheet, never readable by others, never replaced."""

import json
import threading
from datetime import date

import pytest

from juzhu.adapters.proof_cose import CoseProofs
from juzhu.adapters.proof_keys import (
    FILE_NAME,
    KeyRing,
    KeyRingError,
    UnknownKeyError,
    ensure_keys,
    key_set,
    read_key_set,
    rotate,
)
from juzhu.ports.proofs import ProofError
from tests.adapters.proofs.conftest import LIST_URI

TODAY, LATER = date(2026, 11, 24), date(2027, 5, 1)


def entries(folder):
    return json.loads((folder / FILE_NAME).read_text())["keys"]


def published(folder):
    return [key["kid"] for key in key_set(KeyRing(folder).public())["keys"]]


def test_the_first_keys_are_made_once_and_closed_to_others(folder):
    before = (folder / FILE_NAME).read_bytes()

    ensure_keys(folder, on=LATER)

    assert (folder / FILE_NAME).read_bytes() == before
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_the_key_that_comes_next_is_published_before_it_signs(folder):
    before = published(folder)

    new = rotate(folder, on=LATER)

    assert before[1] == new == KeyRing(folder).current().kid.hex()
    assert published(folder)[:2] == before
    assert len(published(folder)) == 3


def test_sheets_in_peoples_hands_outlive_a_rotation(folder, proofs, claims):
    token = proofs.token(claims)

    rotate(folder, on=LATER)
    rotate(folder, on=LATER)

    assert proofs.read(token) == claims  # the same object: it noticed by itself
    assert proofs.token(claims) != token
    assert CoseProofs(folder, list_uri=LIST_URI).read(proofs.token(claims)) == claims


def test_a_retired_keys_private_part_is_gone(folder):
    rotate(folder, on=LATER)

    old, current, coming = entries(folder)
    assert (old["private"], old["retired"], old["withdrawn"]) == (None, "2027-05-01", False)
    assert current["private"]
    assert current["in_use_since"] == "2027-05-01"
    assert coming["private"]
    assert coming["in_use_since"] is None


def test_after_a_leak_nothing_from_the_file_is_believed(folder, proofs, claims):
    rotate(folder, on=TODAY)
    first, second, third = published(folder)
    token = proofs.token(claims)

    rotate(folder, on=LATER, leaked=True)

    assert first in published(folder)  # its private part was gone already
    assert not {second, third} & set(published(folder))
    with pytest.raises(UnknownKeyError):
        proofs.read(token)
    assert proofs.read(proofs.token(claims)) == claims


def test_many_rotations_at_once_leave_one_key_in_use(folder):
    threads = [
        threading.Thread(target=rotate, args=(folder,), kwargs={"on": LATER}) for _ in "12345"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(entries(folder)) == 7
    assert KeyRing(folder).current().kid.hex() == entries(folder)[-2]["kid"]


def test_without_keys_nothing_is_signed(tmp_path):
    with pytest.raises(KeyRingError, match="no keys yet"):
        KeyRing(tmp_path).current()
    with pytest.raises(KeyRingError, match="no keys yet"):
        rotate(tmp_path / "none", on=TODAY)


def test_a_file_that_others_may_read_is_refused(folder):
    (folder / FILE_NAME).chmod(0o640)

    with pytest.raises(KeyRingError, match="chmod 600"):
        KeyRing(folder).current()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda keys: keys.clear(),
        lambda keys: keys[0].update(kid="00000000"),
        lambda keys: keys[0].update(private=keys[1]["private"]),
        lambda keys: keys[0].update(public="AAAA"),
        lambda keys: keys[0].update(public="?"),
        lambda keys: keys[1].update(in_use_since="2026-11-24"),
        lambda keys: keys.append(keys[1]),
        lambda keys: keys[0].pop("created"),
        lambda keys: keys[0].update(more=1),
    ],
)
def test_a_damaged_file_is_neither_used_nor_replaced(folder, spoil):
    keys = entries(folder)
    spoil(keys)
    (folder / FILE_NAME).write_text(json.dumps({"keys": keys}))

    for attempt in (lambda: KeyRing(folder).current(), lambda: rotate(folder, on=LATER)):
        with pytest.raises(KeyRingError, match="restore it from a backup") as caught:
            attempt()
        assert not any(key["private"] in str(caught.value) for key in keys if key.get("private"))
    ensure_keys(folder, on=LATER)
    assert entries(folder) == keys


def test_the_published_set_is_read_back(folder):
    ring = KeyRing(folder)
    published_set = key_set(ring.public())
    published_set["keys"].append({"kty": "EC", "crv": "P-256", "kid": "other", "x": "", "y": ""})

    found = read_key_set(json.dumps(published_set).encode())

    raw = {kid: key.public_bytes_raw() for kid, key in ring.public().items()}
    assert {kid: key.public_bytes_raw() for kid, key in found.items()} == raw
    assert b"private" not in json.dumps(published_set).encode()
    assert '"d"' not in json.dumps(published_set)


X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[{"kty":"EC"}]}',
        b'{"keys":1}',
        b"[" * 5_000,
        b" " * 200_000,
        json.dumps(
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "21fe31df", "x": X}] * 2}
        ).encode(),
        json.dumps(
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "21FE31DF", "x": X}]}
        ).encode(),
        json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "xx", "x": X}]}).encode(),
        json.dumps(
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "21fe31df", "x": X[:-1]}]}
        ).encode(),
        json.dumps(
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "21fe31df", "x": X + "="}]}
        ).encode(),
    ],
    ids=range(12),
)
def test_what_is_no_key_set_is_refused(content):
    with pytest.raises(ProofError, match=r"[.]$"):
        read_key_set(content)
