"""What `juzhu up` keeps running: the database and three processes of our own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

from juzhu.cli import pidfiles
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.processes import die_with_parent

_PATIENCE_SECONDS: Final = 10.0
_LARGEST_LOG: Final = 10_000_000


class Service(Protocol):
    """Something that runs, may die, and is started again."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def log_file(self) -> Path:
        """Where its output goes."""

    def start(self) -> None:
        """Start, or start again after death."""

    def exit_code(self) -> int | None:
        """Return how it died, or None while it runs."""

    def stop(self) -> None:
        """Stop it and all it started; nothing to do when it does not run."""


class Database:
    """The embedded PostgreSQL as a service."""

    name = "database"

    def __init__(self, data_dir: Path) -> None:
        self._server = EmbeddedPostgres(data_dir)
        self.log_file = self._server.log_file
        self._started = False

    def start(self) -> None:
        """Start the server, or start it again after it was killed."""
        if self._started:
            self._server.restart()
        else:
            self._server.start()
            self._started = True

    def exit_code(self) -> int | None:
        """Return how the server died, or None while it runs."""
        process = self._server.process
        return None if process is None else process.poll()

    def stop(self) -> None:
        """Stop the server; everything committed is on disk."""
        self._server.stop()


@dataclass
class Program:
    """A `juzhu` command as a child in a process group of its own.

    Attributes:
        name: the sub-command.
        environment: added to this process's environment.
        log_folder: where its output goes.
        pid_folder: where it is noted for the next start.

    """

    name: str
    environment: Mapping[str, str]
    log_folder: Path
    pid_folder: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def log_file(self) -> Path:
        """Where the child's output goes."""
        return self.log_folder / f"{self.name}.log"

    def start(self) -> None:
        """Start the child; it dies with this process."""
        self._clear()  # what a killed leader left of its group
        with _log(self.log_file) as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "juzhu.cli.main", self.name],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,  # Ctrl-C at the terminal reaches the supervisor only
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        pidfiles.write(self.pid_folder, self.name, self._process.pid)

    def exit_code(self) -> int | None:
        """Return how the child died, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def stop(self) -> None:
        """Ask the child to end, wait, and kill what is left of its group."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it is killed below
            self._process.wait(_PATIENCE_SECONDS)
        self._clear()

    def _clear(self) -> None:
        if self._process is None:
            return
        pidfiles.kill_group(self._process.pid)
        self._process.wait()
        self._process = None
        pidfiles.remove(self.pid_folder, self.name)


def _log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
