"""The keys that sign tokens and status lists: kept in one file, changed by rotation, published.

At any time one key signs and the next one is already published, so that a checker who fetched the
keys once since the last rotation never meets an unknown one. A retired key's private part is
destroyed at once; its public part stays published, because paper lives long.
"""

import base64
import binascii
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from juzhu.ports.proofs import ProofError

FOLDER_NAME: Final = "sheet-keys"  # in the data folder
FILE_NAME: Final = "sheet-keys.json"
KID_BYTES: Final = 4
LARGEST_KEY_SET: Final = 100_000

PublicKeys = Mapping[bytes, Ed25519PublicKey]
"""Verification keys by key id."""


class KeyRingError(Exception):
    """The file of keys is missing, open to others or damaged; the message never holds a key."""


class UnknownKeyError(ProofError):
    """Signed with a key that is not among those known: newer, withdrawn or false."""

    def __init__(self, kid: bytes) -> None:
        super().__init__(
            f"Signed with key {kid.hex()}, which is not among the keys given: "
            "fetch the published keys again; if it is not there either, this is not ours."
        )


class _Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One key in the file."""

    kid: str
    public: str
    private: str | None
    created: date
    in_use_since: date | None = None
    retired: date | None = None
    withdrawn: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The file of keys, oldest key first."""

    keys: list[_Entry]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key in use."""

    kid: bytes
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[int, int]
    current: SigningKey
    public: PublicKeys


class KeyRing:
    """The keys in a folder; a rotation by another process is noticed at the next use."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._loaded: _Loaded | None = None

    def current(self) -> SigningKey:
        """Return the key that signs now.

        Raises:
            KeyRingError: there is none, or the file is not as it should be.

        """
        return self._fresh().current

    def public(self) -> PublicKeys:
        """Return every key that still verifies: the one in use, the next one, the retired ones."""
        return self._fresh().public

    def _fresh(self) -> _Loaded:
        loaded = self._loaded
        try:
            stat = self._path.stat()
        except OSError as error:
            raise KeyRingError(_unreadable(self._path, error)) from None
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if loaded is None or loaded.stamp != stamp:
            content = _read(self._path)
            loaded = self._loaded = _Loaded(stamp, _current(content), _public(content))
        return loaded


def ensure_keys(folder: Path, *, on: date) -> None:
    """Make the first keys of a folder unless it has some. Never replaces a damaged file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        if not (folder / FILE_NAME).exists():
            _write(folder, _File([_new(on, in_use=True), _new(on)]))


def rotate(folder: Path, *, on: date, leaked: bool = False) -> str:
    """Let the next key sign from now on and make another next one; return the new key's id.

    With `leaked`, nothing whose private part lay in the file is trusted any more: the keys in use
    and in waiting are withdrawn, and what they signed no longer verifies.

    Raises:
        KeyRingError: no file, open to others, or damaged.

    """
    with _alone(folder):
        content = _read(folder / FILE_NAME)
        for key in content.keys:
            if key.private is not None and (leaked or key.in_use_since is not None):
                key.private, key.retired, key.withdrawn = None, on, leaked
        waiting = next((key for key in content.keys if key.private is not None), None)
        if waiting is None:
            waiting = _new(on)
            content.keys.append(waiting)
        waiting.in_use_since = on
        content.keys.append(_new(on))
        _write(folder, content)
    return waiting.kid


def key_set(keys: PublicKeys) -> dict[str, object]:
    """Return keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": kid.hex(),
                "x": _text(key.public_bytes_raw()),
            }
            for kid, key in keys.items()
        ]
    }


class _WebKey(msgspec.Struct):
    kty: str
    kid: str = ""
    crv: str = ""
    x: str = ""


class _WebKeySet(msgspec.Struct):
    keys: list[_WebKey]


def read_key_set(data: bytes) -> PublicKeys:
    """Return the keys of a published set; keys of other kinds are passed over.

    Raises:
        ProofError: not a key set, a damaged key, an id twice, or no key of ours.

    """
    if len(data) > LARGEST_KEY_SET:
        raise ProofError("The key set is too large.")
    try:
        found = msgspec.json.decode(data, type=_WebKeySet).keys
    except (msgspec.DecodeError, RecursionError):
        raise ProofError("The keys are not a JSON Web Key Set.") from None
    keys: dict[bytes, Ed25519PublicKey] = {}
    for entry in found:
        if entry.kty != "OKP" or entry.crv != "Ed25519":
            continue
        kid, key = _kid(entry.kid), _public_key(entry.x)
        if kid in keys:
            raise ProofError(f"The key set names key {entry.kid} twice.")
        keys[kid] = key
    if not keys:
        raise ProofError("The key set holds no Ed25519 key.")
    return keys


def _kid(text: str) -> bytes:
    try:
        kid = bytes.fromhex(text)
    except ValueError:
        kid = b""
    if len(kid) != KID_BYTES or kid.hex() != text:
        raise ProofError(f"The key set holds a key id that is not {2 * KID_BYTES} hex digits.")
    return kid


def _public_key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(_bytes(text))
    except (ValueError, UnsupportedAlgorithm):
        raise ProofError("The key set holds a damaged key.") from None


# --- the file ------------------------------------------------------------------------------------


def _new(on: date, *, in_use: bool = False) -> _Entry:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return _Entry(
        kid=hashlib.sha256(public).digest()[:KID_BYTES].hex(),
        public=_text(public),
        private=_text(private.private_bytes_raw()),
        created=on,
        in_use_since=on if in_use else None,
    )


def _current(content: _File) -> SigningKey:
    for key in content.keys:
        if key.private is not None and key.in_use_since is not None:
            return SigningKey(
                bytes.fromhex(key.kid), Ed25519PrivateKey.from_private_bytes(_bytes(key.private))
            )
    raise KeyRingError("No key is in use.")


def _public(content: _File) -> PublicKeys:
    return {
        bytes.fromhex(key.kid): Ed25519PublicKey.from_public_bytes(_bytes(key.public))
        for key in content.keys
        if not key.withdrawn
    }


def _read(path: Path) -> _File:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyRingError(f"{path} may be read by others: run `chmod 600 {path}`.")
        content = msgspec.json.decode(path.read_bytes(), type=_File)
        _check(content)
    except OSError as error:
        raise KeyRingError(_unreadable(path, error)) from None
    except (msgspec.DecodeError, ValueError):
        raise KeyRingError(f"{path} is damaged: restore it from a backup.") from None
    return content


def _check(content: _File) -> None:
    """Raise ValueError unless ids, keys and dates fit each other."""
    for key in content.keys:
        public = _bytes(key.public)
        Ed25519PublicKey.from_public_bytes(public)
        if hashlib.sha256(public).digest()[:KID_BYTES].hex() != key.kid:
            raise ValueError("an id does not fit its key")
        if key.private is not None:
            private = Ed25519PrivateKey.from_private_bytes(_bytes(key.private))
            if private.public_key().public_bytes_raw() != public:
                raise ValueError("a private key does not fit its public one")
    in_use = [key for key in content.keys if key.private and key.in_use_since]
    if len(in_use) != 1 or len({key.kid for key in content.keys}) != len(content.keys):
        raise ValueError("not exactly one key in use, or an id twice")


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There are no keys yet: {path} does not exist."
    return f"{path} cannot be read: {error.strerror}."


def _write(folder: Path, content: _File) -> None:
    """Replace the file whole, on disk, with mode 0600."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".sheet-keys-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(content)))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / FILE_NAME)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder against another process that changes its keys."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise KeyRingError(_unreadable(folder, error)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Return what base64url text without padding stands for; raise ValueError otherwise."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if _text(raw) != text:
        raise ValueError("not base64url in its one form")
    return raw
