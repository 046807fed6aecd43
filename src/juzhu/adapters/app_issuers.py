"""The file of the apps that may hand people over. It holds public keys only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from juzhu.ports.hand_over import AppIssuer

_LEVELS: Final = range(2, 6)


class AppIssuersError(ValueError):
    """The file cannot be used; the message says why."""


class _Issuer(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    keys: list[dict[str, Any]]
    levels: dict[str, int]


def read_issuers(path: Path) -> Mapping[str, AppIssuer]:
    """Return the apps in the file by the names (`kid`) of their keys.

    Raises:
        AppIssuersError: missing, not understood, incomplete, or with a private key in it.

    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=list[_Issuer])
    except OSError as error:
        raise AppIssuersError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise AppIssuersError(f"{path}: {error}") from error
    issuers = [_issuer(path, entry) for entry in found]
    by_key = {kid: issuer for issuer in issuers for kid in issuer.keys}
    if len(by_key) < sum(len(issuer.keys) for issuer in issuers):
        raise AppIssuersError(f"{path}: two issuers have a key of the same name (kid)")
    if len({issuer.issuer for issuer in issuers}) < len(issuers):
        raise AppIssuersError(f"{path}: each issuer is listed once")
    return by_key


def _issuer(path: Path, entry: _Issuer) -> AppIssuer:
    where = f"{path}: {entry.issuer or 'an issuer without a name'}"
    keys = {str(key.get("kid", "")): key for key in entry.keys}
    if not entry.issuer or not keys or "" in keys or len(keys) < len(entry.keys):
        raise AppIssuersError(f"{where} needs keys, each with a kid of its own")
    if any("d" in key for key in keys.values()):
        raise AppIssuersError(f"{where} has a private key here: destroy it, register a public one")
    if not entry.levels or any(level not in _LEVELS for level in entry.levels.values()):
        raise AppIssuersError(f"{where} needs levels from 2 to 5 for its acr values")
    return AppIssuer(entry.issuer, keys, entry.levels)
