"""Guards and fixtures for every test.

Guards: no network but loopback and Unix sockets, an undefined template variable fails the test,
random order (pytest-randomly), every warning is an error (pyproject.toml).

Database: one PostgreSQL server per test session, started when a test first asks for a database and
shared by all xdist workers, each with a database of its own. `DATABASE_URL` names another server.
"""

import dataclasses
import fcntl
import ipaddress
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from juzhu.config import processes, secrets
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.secrets import VaultKeys

FOLDER_PREFIX: Final = "juzhu-tests-"
FOLDER_VARIABLE: Final = (
    "JUZHU_TEST_FOLDER"  # the session's folder, from the controller to xdist's workers
)
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that films a test picture
]

os.environ["FAIL_INVALID_TEMPLATE_VARS"] = "true"  # read by pytest-django at the first test


# --- the session's folder and server -------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    if not _is_xdist_worker(config):
        _remove_leftovers()
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
        folder.chmod(0o711)  # root's PostgreSQL runs under another account, which must get in
        os.environ[FOLDER_VARIABLE] = str(folder)
    _use_test_settings(Path(os.environ[FOLDER_VARIABLE]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _is_xdist_worker(config):
        _remove(Path(os.environ.pop(FOLDER_VARIABLE)))


def _is_xdist_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _use_test_settings(folder: Path) -> None:
    from django.conf import settings

    keys = VaultKeys("k1", {"k1": b"e" * secrets.KEY_BYTES}, b"d" * secrets.KEY_BYTES)
    settings.JUZHU = dataclasses.replace(
        settings.JUZHU,
        data_dir=folder,
        secret_key="a key for tests only",
        vault_keys=keys,
        gateway_secret="a secret for tests only",
    )
    settings.SECRET_KEY = settings.JUZHU.secret_key
    settings.STATIC_ROOT = folder / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _remove_leftovers() -> None:
    """Stop and remove what test sessions left that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*-*"):
        pid = int(folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0])
        if processes.fingerprint(pid) is None:
            _remove(folder)


def _remove(folder: Path) -> None:
    pid_file = EmbeddedPostgres(folder).cluster / "postmaster.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text().split("\n", 1)[0])
        if "postgres" in (processes.fingerprint(pid) or ""):
            processes.end(pid, gently=signal.SIGQUIT, seconds=5)  # nothing to save
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def session_folder() -> Path:
    """Return the session's own folder, which other accounts may enter; it is removed at the end."""
    return Path(os.environ[FOLDER_VARIABLE])


@pytest.fixture(scope="session")
def database_url(session_folder: Path) -> str:
    """Return the address of the session's server; the first test that needs it starts it."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    folder = session_folder
    with (folder / "first.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = EmbeddedPostgres(folder, durable=False, tied=False)
        if not (server.cluster / "postmaster.pid").exists():
            server.start()
            server.leave()
    return server.url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_url: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    from django.conf import settings

    from juzhu.config.settings import database

    default = settings.DATABASES["default"]
    default.update({k: v for k, v in database(database_url).items() if k != "NAME"})
    default["OPTIONS"].pop("pool")  # tests open and close connections by themselves


@pytest.fixture(autouse=True, scope="session")
def flush_append_only_tables() -> Iterator[None]:
    """Let tests with transactions empty the tables: as a replica, whose triggers are silent."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def as_replica(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET session_replication_role = replica", *sql_list, "RESET ALL"])

    DatabaseOperations.execute_sql_flush = as_replica
    yield
    DatabaseOperations.execute_sql_flush = flush


# --- guards --------------------------------------------------------------------------------------


class NetworkRefusedError(AssertionError):
    """A test tried to leave this machine."""


def _refuse_elsewhere(host: object) -> None:
    if host in {None, "", "localhost", b"localhost"}:
        return
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        inside = ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise NetworkRefusedError(f"tests talk to this machine only, not to {text}")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves the machine, and looking up names."""
    connect, connect_ex, lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                _refuse_elsewhere(address[0])
            return original(self, address)

        return call

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_elsewhere(host)
        return lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where browser or programs are required, a test skipped for want of them is a failed one."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    marked = item.get_closest_marker("browser") or item.get_closest_marker("kill")
    for variable, required in (
        ("JUZHU_REQUIRE_BROWSER", marked),
        ("JUZHU_REQUIRE_TOOLS", "on this machine" in str(report.longrepr)),
    ):
        if required and os.environ.get(variable) == "1":
            report.outcome = "failed"
            report.longrepr = f"skipped, but {variable}=1: {report.longrepr}"
            return


# --- fixtures ------------------------------------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder with a short path that other accounts may enter: for a server of one's own.

    pytest's `tmp_path` is closed to others, and root's PostgreSQL runs under another account.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)
    yield folder
    _remove(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the system's Chromium; without one the test is skipped."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: run `make chromium`")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield the system's Chromium, one for the session: Playwright keeps an event loop running.

    Tests that use it are marked `browser` and run in a pytest of their own (see the Makefile),
    because code that starts a loop cannot run beside them.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()
