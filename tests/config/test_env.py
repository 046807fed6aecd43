"""Settings are typed, and a wrong one says which and how to mend it."""

import base64
import json
from pathlib import Path

import pytest

from juzhu.config import secrets
from juzhu.config.env import Env
from juzhu.config.parse import Address, ClockKind, EnvError, LogFormat, Mode

KEY = base64.b64encode(b"k" * 32).decode()
VAULT_KEYS = json.dumps({"current": "k1", "encryption": {"k1": KEY}, "digest": KEY})
PRODUCTION = {
    "JUZHU_MODE": "production",
    "JUZHU_DATA_DIR": "/srv/juzhu",
    "JUZHU_SECRET_KEY": "s" * 50,
    "JUZHU_VAULT_KEYS": VAULT_KEYS,
    "JUZHU_GATEWAY_URL": "https://gateway.internal/",
    "JUZHU_GATEWAY_APPID": "jzz",
    "JUZHU_GATEWAY_SECRET": "g",
    "JUZHU_SMS_URL": "https://sms.internal",
    "JUZHU_PUBLIC_URL": "https://jzz.example.gov.cn",
    "JUZHU_API_URL": "https://exchange.example.gov.cn",
    "JUZHU_FACE": "local",
    "JUZHU_ALLOWED_HOSTS": "jzz.example.gov.cn, www.jzz.example.gov.cn",
    "JUZHU_SEAL": "token",
    "JUZHU_SEAL_CERTIFICATE": "/etc/juzhu/seal.crt",
    "JUZHU_SEAL_ROOTS": "/etc/juzhu/root.crt, /etc/juzhu/time-root.crt",
    "JUZHU_SEAL_PICTURE": "/etc/juzhu/seal.svg",
    "JUZHU_SEAL_LIBRARY": "/usr/lib/token.so",
    "JUZHU_SEAL_TOKEN": "seals",
    "JUZHU_SEAL_KEY_LABEL": "sheet",
    "JUZHU_SEAL_PIN": "a pin of the seal",
}


def test_a_trial_needs_no_setting(tmp_path):
    env = Env.load({"JUZHU_DATA_DIR": str(tmp_path)})

    assert env.mode is Mode.SANDBOX
    assert env.clock is ClockKind.CITY
    assert env.listen == Address("127.0.0.1", 8600)
    assert env.gateway_url == env.sms_url == env.face_url == env.city_url
    assert env.embedded


def test_reading_the_settings_changes_nothing_on_disk(tmp_path):
    Env.load({"JUZHU_DATA_DIR": str(tmp_path / "new")})

    assert not (tmp_path / "new").exists()


def test_a_sandbox_keeps_its_secrets_from_the_first_start_on(tmp_path):
    secrets.ensure(tmp_path)

    first, second = (Env.load({"JUZHU_DATA_DIR": str(tmp_path)}) for _ in range(2))

    assert first.secret_key == second.secret_key
    assert first.vault_keys == second.vault_keys
    assert first.vault_keys is not None


def test_production_is_complete():
    env = Env.load(PRODUCTION)

    assert env.production
    assert env.clock is ClockKind.SYSTEM
    assert env.log_format is LogFormat.JSON
    assert env.gateway_url == "https://gateway.internal"
    assert env.allowed_hosts == ("jzz.example.gov.cn", "www.jzz.example.gov.cn")


REQUIRED = sorted(set(PRODUCTION) - {"JUZHU_MODE", "JUZHU_DATA_DIR"})


@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without(name):
    incomplete = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises(EnvError, match=name):
        Env.load(incomplete)


@pytest.mark.parametrize("name", REQUIRED)
def test_an_empty_value_is_none(name):
    with pytest.raises(EnvError, match=name):
        Env.load(PRODUCTION | {name: ""})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("JUZHU_MODE", "prod", "sandbox, production"),
        ("JUZHU_DATA_DIR", "data", "absolute"),
        ("DATABASE_URL", "sqlite:///x", "PostgreSQL"),
        ("JUZHU_LISTEN", "8000", "host:port"),
        ("JUZHU_LISTEN", "127.0.0.1:99999", "host:port"),
        ("JUZHU_WEB_WORKERS", "two", "whole number"),
        ("JUZHU_WEB_WORKERS", "0", "from 1"),
        ("JUZHU_WEB_WORKERS", "２", "whole number"),
        ("JUZHU_GATEWAY_URL", "gateway:80", "http"),
        ("JUZHU_VAULT_KEYS", "{", "JSON"),
        ("JUZHU_CITY_BORN_ON", "yesterday", "2026-01-31"),
        ("JUZHU_LOG_LEVEL", "debug", "DEBUG"),
    ],
)
def test_a_wrong_value_names_the_variable_and_the_fix(tmp_path, name, value, says):
    with pytest.raises(EnvError, match=f"{name}.*{says}"):
        Env.load({"JUZHU_DATA_DIR": str(tmp_path)} | {name: value})


def test_a_misspelt_variable_is_refused(tmp_path):
    with pytest.raises(EnvError, match="JUZHU_WORKERS"):
        Env.load({"JUZHU_DATA_DIR": str(tmp_path), "JUZHU_WORKERS": "4"})


def test_production_takes_neither_the_citys_clock_nor_a_short_key():
    with pytest.raises(EnvError, match="JUZHU_CLOCK"):
        Env.load(PRODUCTION | {"JUZHU_CLOCK": "city"})
    with pytest.raises(EnvError, match="JUZHU_SECRET_KEY"):
        Env.load(PRODUCTION | {"JUZHU_SECRET_KEY": "short"})


def test_no_secret_is_ever_printed():
    shown = repr(Env.load(PRODUCTION | {"DATABASE_URL": "postgresql://u:password@h/d"}))

    assert "s" * 50 not in shown
    assert "password" not in shown
    assert KEY not in shown
    assert "a pin of the seal" not in shown
    assert repr(b"k" * 32) not in shown


def without_keys() -> dict[str, str]:
    return {name: value for name, value in PRODUCTION.items() if name != "JUZHU_VAULT_KEYS"}


def key_file(folder: Path, mode: int, text: str = VAULT_KEYS) -> str:
    path = folder / "vault.json"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_the_vaults_keys_come_from_a_file(tmp_path):
    env = Env.load(without_keys() | {"JUZHU_VAULT_KEYS_FILE": key_file(tmp_path, 0o600)})

    assert env.vault_keys == secrets.parse_vault_keys(VAULT_KEYS)


def test_a_key_file_that_others_may_read_is_refused(tmp_path):
    with pytest.raises(EnvError, match="chmod 600"):
        Env.load(without_keys() | {"JUZHU_VAULT_KEYS_FILE": key_file(tmp_path, 0o640)})


def test_a_missing_or_broken_key_file_is_refused(tmp_path):
    with pytest.raises(EnvError, match="cannot be read"):
        Env.load(without_keys() | {"JUZHU_VAULT_KEYS_FILE": str(tmp_path / "none")})
    broken = key_file(tmp_path, 0o600, "{}")
    with pytest.raises(EnvError, match="encryption"):
        Env.load(without_keys() | {"JUZHU_VAULT_KEYS_FILE": broken})


def test_keys_from_two_places_are_refused(tmp_path):
    with pytest.raises(EnvError, match="keep one"):
        Env.load(PRODUCTION | {"JUZHU_VAULT_KEYS_FILE": key_file(tmp_path, 0o600)})
