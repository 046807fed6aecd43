"""Starting a city as a child process: for `juzhu up`, tests and benchmarks."""

import http.client
import os
import secrets as random_secrets
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, Self

START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0


class CityStartError(Exception):
    """The city did not start; the message carries what it wrote before it gave up."""


class CityProcess:
    """A city in a process of its own, usable as a context manager.

    The child ends by itself when the process that started it is gone, however that happened.

    Attributes:
        url: where it answers, such as `http://127.0.0.1:8001`.
        secret: the gateway's shared secret, for the client's JUZHU_GATEWAY_SECRET.

    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        secret: str | None = None,
        seed: str | None = None,
        population: int | None = None,
        born_on: date | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.host = host
        self.port = port or _free_port(host)
        self.secret = secret or random_secrets.token_urlsafe(32)
        self._wishes = {"--seed": seed, "--population": population, "--born-on": born_on}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address without a trailing slash."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the process number while it runs."""
        return self._child.pid if self._child else None

    @property
    def is_running(self) -> bool:
        """Say whether the process is alive."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> Self:
        """Start the city unless it runs, and return when it answers.

        Raises:
            CityStartError: it ended at once or does not answer within 15 seconds.

        """
        if self.is_running:
            return self
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                self._command(),
                env=os.environ | {"JUZHU_GATEWAY_SECRET": self.secret},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal reaches the starter only, which then stops the city.
                start_new_session=True,
            )
        self._wait_until_healthy(self._child)
        return self

    def stop(self) -> None:
        """End the city cleanly; does nothing if it has ended."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._forget(self._child)

    def kill(self) -> None:
        """End the city as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._forget(self._child)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self.data_dir / "city.log"

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "juzhu.city.main", "--exit-with-parent"]
        command += ["--host", self.host, "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir)]
        for name, wish in self._wishes.items():
            command += [] if wish is None else [name, str(wish)]
        return command

    def _wait_until_healthy(self, child: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            if child.poll() is not None or time.monotonic() > limit:
                self.kill()
                raise CityStartError(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _forget(self, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        if child.stdin:
            child.stdin.close()
        self._child = None


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
