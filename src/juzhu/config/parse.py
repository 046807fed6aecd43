"""Reading one setting's text into its type; ValueError says what would be right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit


class EnvError(Exception):
    """A setting is wrong or missing; the message names the variable and the fix."""


class Mode(StrEnum):
    """What this deployment is: a trial with a simulated city, or the real thing."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class ClockKind(StrEnum):
    """Where the day comes from: the machine, or the sandbox city (which can travel in time)."""

    SYSTEM = "system"
    CITY = "city"


class SealKind(StrEnum):
    """Who carries the key of the seal on information sheets."""

    TRIAL = "trial"
    FILE = "file"
    TOKEN = "token"  # noqa: S105 - a device, no password
    SERVICE = "service"


class FaceKind(StrEnum):
    """Who checks faces."""

    SIMULATED = "simulated"
    LOCAL = "local"
    WECHAT = "wechat"
    NONE = "none"


class LogFormat(StrEnum):
    """How log lines look."""

    CONSOLE = "console"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Address:
    """A host and port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def text(value: str) -> str:
    """Take the text as it is."""
    return value


def one_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    """Accept the values of `kind` only."""

    def parse(value: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"must be one of: {', '.join(kind)}") from None

    return parse


def number(least: int, most: int) -> Callable[[str], int]:
    """Accept whole numbers from `least` to `most`."""

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def share(value: str) -> float:
    """Take a number between 0 and 1."""
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 < found < 1:
        raise ValueError(f"must be a number between 0 and 1, not {value}")
    return found


def levels(value: str) -> dict[str, int]:
    """Take names of trust levels, as `name=4,other=3`."""
    found = {}
    for entry in value.split(","):
        name, _, level = entry.strip().rpartition("=")
        if not name or level not in ("2", "3", "4", "5"):
            raise ValueError(f"must be names and levels 2 to 5, as a=3,b=4, not {value}")
        found[name] = int(level)
    return found


def web_url(value: str) -> str:
    """Accept an http(s) URL; a slash at its end is dropped."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL that starts with http:// or https://")
    return value.rstrip("/")


def mail_url(value: str) -> str:
    """Accept the URL of a mail server."""
    parts = urlsplit(value)
    if parts.scheme not in {"smtps", "smtp", "smtp+plain"} or not parts.hostname:
        raise ValueError("must be a URL: smtps://, smtp:// or smtp+plain://user:password@host:port")
    return value


def mailbox(value: str) -> str:
    """Accept an e-mail address."""
    if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value):
        raise ValueError("must be an e-mail address")
    return value


def database_url(value: str) -> str:
    """Accept a PostgreSQL URL."""
    if urlsplit(value).scheme not in {"postgresql", "postgres"}:
        raise ValueError("must be a PostgreSQL URL: postgresql://user:password@host/name")
    return value


def database_urls(value: str) -> tuple[str, ...]:
    """Accept PostgreSQL URLs, separated by commas."""
    return tuple(database_url(url) for url in names(value))


def address(value: str) -> Address:
    """Accept host:port."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must be host:port, for example 127.0.0.1:8600")
    return Address(host.strip("[]"), int(port))


def names(value: str) -> tuple[str, ...]:
    """Split at commas."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def path(value: str) -> Path:
    """Accept an absolute path; `~` is the home folder."""
    found = Path(value).expanduser()
    if not found.is_absolute():
        raise ValueError("must be an absolute path")
    return found


def paths(value: str) -> tuple[Path, ...]:
    """Accept absolute paths, separated by commas."""
    return tuple(path(name) for name in names(value))


def issuer(value: str) -> str:
    """Accept the short name of an issuer, as tokens carry it."""
    if not re.fullmatch(r"[A-Z0-9]{2,12}", value):
        raise ValueError("must be 2 to 12 capitals and digits, for example SZGA")
    return value


def digits(value: str) -> str:
    """Accept a whole number and leave it a text."""
    if not value.isascii() or not value.isdigit():
        raise ValueError("must be a whole number")
    return value


def day(value: str) -> str:
    """Accept a day as 2026-01-31 and leave it a text."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("must be a day, for example 2026-01-31") from None


def level(value: str) -> str:
    """Accept the name of a log level."""
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value
