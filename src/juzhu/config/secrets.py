"""The installation's secrets: Django's key, the vault's keys, the password towards the gateway.

In the sandbox they are made at the first start and kept in `secrets.json` (mode 0600) in the data
folder. In production they come from the operator and nothing is made up.
"""

import base64
import binascii
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FILE_NAME: Final = "secrets.json"
KEY_BYTES: Final = 32


class SecretsError(ValueError):
    """A key text or key file is not as it should be; the message never holds a key."""


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """The keys of identifiers at rest.

    Attributes:
        current: name of the key that encrypts from now on.
        encryption: all keys by name; old ones stay for reading.
        digest: the key of the searchable digests. It never changes.

    """

    current: str
    encryption: Mapping[str, bytes] = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SandboxSecrets:
    """What a sandbox makes for itself."""

    secret_key: str = field(repr=False)
    gateway_secret: str = field(repr=False)
    vault_keys: str = field(repr=False)


def parse_vault_keys(text: str) -> VaultKeys:
    """Read the vault's keys from their JSON text.

    Raises:
        SecretsError: not JSON, a part missing, or a key that is not 32 bytes in base64.

    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise SecretsError(f"is not JSON (line {error.lineno}, column {error.colno})") from None
    match content:
        case {"current": str(current), "encryption": dict(encryption), "digest": str(digest)}:
            keys = {str(name): _key(f'"{name}"', value) for name, value in encryption.items()}
        case _:
            raise SecretsError('needs the members "current", "encryption" and "digest"')
    if current not in keys:
        raise SecretsError('names a "current" key that "encryption" does not hold')
    return VaultKeys(current, keys, _key('"digest"', digest))


def _key(name: str, value: object) -> bytes:
    try:
        key = base64.b64decode(str(value), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SecretsError(f"holds a key, {name}, that is not {KEY_BYTES} bytes in base64")
    return key


def new_vault_keys() -> str:
    """Make a fresh set of vault keys as JSON text."""
    keys = {"current": "k1", "encryption": {"k1": _fresh()}, "digest": _fresh()}
    return json.dumps(keys)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read(data_dir: Path) -> SandboxSecrets | None:
    """Return the sandbox's secrets, or None before the first start.

    Raises:
        SecretsError: the file is there but damaged. It is never replaced: with it would go the
            data it encrypts.

    """
    path = data_dir / FILE_NAME
    try:
        content = json.loads(path.read_text())
        return SandboxSecrets(
            secret_key=content["secret_key"],
            gateway_secret=content["gateway_secret"],
            vault_keys=json.dumps(content["vault_keys"]),
        )
    except FileNotFoundError:
        return None
    except PermissionError:
        raise SecretsError(f"{path} may not be read by this user") from None
    except (json.JSONDecodeError, KeyError, TypeError):
        raise SecretsError(f"{path} is damaged: restore it from a backup") from None


def ensure(data_dir: Path) -> SandboxSecrets:
    """Return the sandbox's secrets; make them when this is the first start."""
    known = read(data_dir)
    if known is not None:
        return known
    content = {
        "secret_key": secrets.token_urlsafe(48),
        "gateway_secret": secrets.token_urlsafe(32),
        "vault_keys": json.loads(new_vault_keys()),
    }
    _write_once(data_dir / FILE_NAME, json.dumps(content, indent=2))
    made = read(data_dir)
    assert made is not None
    return made


def _write_once(path: Path, text: str) -> None:
    """Write a file whole, on disk, with mode 0600; the first of two writers wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(fresh)
    except FileExistsError:
        pass  # another process was first: its secrets are the ones
    finally:
        fresh.unlink()
