"""A sandbox's secrets are made once, for their owner only, and never replaced."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from juzhu.config import secrets
from juzhu.config.secrets import SecretsError


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path):
    first = secrets.ensure(tmp_path)
    second = secrets.ensure(tmp_path)

    assert first == second
    assert stat.S_IMODE((tmp_path / secrets.FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [secrets.FILE_NAME]


def test_many_first_starts_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: secrets.ensure(tmp_path), range(8)))

    assert len({one.secret_key for one in made}) == 1


def test_a_damaged_file_is_never_replaced(tmp_path):
    path = tmp_path / secrets.FILE_NAME
    path.write_text('{"secret_key": "x"}')

    with pytest.raises(SecretsError, match="backup"):
        secrets.ensure(tmp_path)

    assert json.loads(path.read_text()) == {"secret_key": "x"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"current": "k2"}, "current"),
        ({"digest": "c2hvcnQ="}, "32 bytes"),
        ({"encryption": {"k1": "not base64!"}}, "32 bytes"),
        ({"encryption": []}, "encryption"),
    ],
)
def test_wrong_vault_keys_are_refused_without_being_shown(change, says):
    keys = json.loads(secrets.new_vault_keys()) | change

    with pytest.raises(SecretsError, match=says) as refused:
        secrets.parse_vault_keys(json.dumps(keys))

    assert str(keys["digest"]) not in str(refused.value)


def test_fresh_vault_keys_can_be_read():
    keys = secrets.parse_vault_keys(secrets.new_vault_keys())

    assert keys.current in keys.encryption
    assert len(keys.digest) == 32
