"""Settings that follow from others: the data folder, the sandbox's own secrets and addresses."""

import os
import secrets as random_secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from juzhu.config import secrets
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.parse import ClockKind, EnvError, FaceKind, LogFormat
from juzhu.config.secrets import SecretsError, VaultKeys


def data_dir(given: Mapping[str, str]) -> Path:
    """Return the data folder used when none is named."""
    if os.geteuid() == 0:
        return Path("/var/lib/juzhu")
    return Path(given.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "juzhu"


def of_production(folder: Path) -> dict[str, object]:
    """Return what a production deployment need not say."""
    return {
        "data_dir": folder,
        "database_url": EmbeddedPostgres(folder).url,
        "vault_keys": None,
        "clock": ClockKind.SYSTEM,
        "face": None,
        "log_format": LogFormat.JSON,
        "allowed_hosts": (),
        "reader_url": "http://127.0.0.1:8610",
        "card_factory_url": "",
    }


def of_sandbox(folder: Path, city_url: str) -> dict[str, object]:
    """Return what a sandbox need not say; its secrets once the first start has made them."""
    try:
        known = secrets.read(folder)
        keys = secrets.parse_vault_keys(known.vault_keys) if known is not None else None
    except SecretsError as error:
        raise EnvError(f"JUZHU_DATA_DIR: {error}.") from None
    return {
        "data_dir": folder,
        "database_url": EmbeddedPostgres(folder).url,
        # Before the first start nothing is signed yet: a key for this process alone will do.
        "secret_key": known.secret_key if known else random_secrets.token_urlsafe(48),
        "vault_keys": keys,
        "city_data_dir": str(folder / "city"),
        "gateway_url": city_url,
        "gateway_appid": "juzhu",
        "gateway_secret": known.gateway_secret if known else "",
        "sms_url": city_url,
        "face": FaceKind.SIMULATED,
        "face_url": city_url,
        "card_factory_url": city_url,
        "reader_url": city_url,
        # The city's reader is part of the city: it knows the city's secret.
        "reader_secret": known.gateway_secret if known else "",
        "clock": ClockKind.CITY,
        "log_format": LogFormat.CONSOLE,
        "allowed_hosts": ("localhost", "127.0.0.1", "[::1]"),
    }


def vault_keys_in_file(given: Mapping[str, str]) -> VaultKeys | None:
    """Read the vault's keys from their file when one is named."""
    name = given.get("JUZHU_VAULT_KEYS_FILE")
    if name is None:
        return None
    if "JUZHU_VAULT_KEYS" in given:
        raise EnvError("JUZHU_VAULT_KEYS and JUZHU_VAULT_KEYS_FILE are both set: keep one.")
    try:
        path = Path(name)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise EnvError(
                f"JUZHU_VAULT_KEYS_FILE names {name}, which others may read: "
                f"run `chmod 600 {name}`."
            )
        return secrets.parse_vault_keys(path.read_text())
    except OSError as error:
        raise EnvError(
            f"JUZHU_VAULT_KEYS_FILE names {name}, which cannot be read: {error.strerror}."
        ) from None
    except SecretsError as error:
        raise EnvError(f"JUZHU_VAULT_KEYS_FILE names {name}, which {error}.") from None
