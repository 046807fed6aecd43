"""The whole system as an operator runs it: one `juzhu up` on its own folder, and its processes.

Only processes below that `juzhu up` are ever ended here.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from juzhu.config.embedded_postgres import EmbeddedPostgres

START_SECONDS: Final = 120.0

# The real command, tied to this process so that a killed test session leaves nothing running.
_UP: Final = (
    "import ctypes, signal; ctypes.CDLL(None).prctl(1, int(signal.SIGTERM));"
    "from juzhu.cli.main import main; main(['up'])"
)


class Part(StrEnum):
    """What can be killed."""

    WEB = "web"  # the server and, with it, its processes
    WEB_PROCESS = "web process"
    WORKER = "worker"
    CITY = "city"
    DATABASE = "database"  # the postmaster
    BACKEND = "backend"  # one of its processes; the postmaster then restarts them all
    SUPERVISOR = "supervisor"  # `juzhu up` itself; an operator starts it again
    EVERYTHING = "everything"  # all of it at one instant


class NeverReadyError(AssertionError):
    """The system did not come up in time."""


@dataclass(frozen=True, slots=True)
class Process:
    """A line of the process table."""

    pid: int
    parent: int
    command: str


class Town:
    """One installation with its sandbox city, started and killed at will."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.city_port, self.api_port, self.counter_port = _free_ports(4)
        self.database_url = EmbeddedPostgres(folder).url
        self.gave_up: list[str] = []
        self._up: subprocess.Popen[bytes] | None = None
        self._greeted = False

    # --- the operator -----------------------------------------------------------------------------

    def start(self) -> None:
        """Start `juzhu up`; it may be killed before it is ready."""
        assert self._up is None or self._up.poll() is not None
        self._greeted = False
        with (self.folder / "up.log").open("ab") as output:
            self._up = subprocess.Popen(
                [sys.executable, "-c", _UP],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(),
                start_new_session=True,
            )

    def tend(self) -> None:
        """Start `juzhu up` again if it ended; note it when that was of its own accord.

        While it starts it may give up when a part is killed under it. Once it has greeted it must
        go on whatever dies.
        """
        assert self._up is not None
        code = self._up.poll()
        if code is None:
            self._greeted = self._greeted or self.ready()
            return
        if code != -signal.SIGKILL and self._greeted:
            self.gave_up.append(f"`juzhu up` ended by itself with status {code}")
        self.start()

    def ready(self) -> bool:
        """Say whether the web server says it is ready."""
        return self._get(self.port, "/readyz") is not None

    def audit(self) -> str:
        """Return what `juzhu audit verify` says, after its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "juzhu.cli.main", "audit", "verify"],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return f"{done.returncode}: {done.stdout}{done.stderr}"

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it is ready, starting `juzhu up` again whenever it ended."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > deadline:
                raise NeverReadyError(f"not ready after {seconds:.0f} s; {self.tail()}")
            self.tend()
            time.sleep(0.1)
        self._greeted = True

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._up is None:
            return
        if self._up.poll() is None:
            self._up.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._up.wait(60)
        _kill(self._tree())
        self._up.wait()

    def load_permits(self, lines: Sequence[str]) -> None:
        """Take over permits that were issued before this system."""
        file = self.folder / "permits.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "juzhu.cli.main", "load", str(file)],
            capture_output=True,
            text=True,
            env=self._environment(),
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def tail(self) -> str:
        """Return the end of each log, for a failure's message."""
        logs = [self.folder / "up.log", *sorted((self.folder / "log").glob("*.log"))]
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}"
            for log in logs
            if log.exists()
        )

    # --- the city's desk --------------------------------------------------------------------------

    def city(self, path: str) -> Any:
        """Return the city's JSON at `path`, waiting while it is away."""
        deadline = time.monotonic() + START_SECONDS
        while (body := self._get(self.city_port, path)) is None:
            assert time.monotonic() < deadline, f"the city does not answer; {self.tail()}"
            time.sleep(0.1)
        return json.loads(body)

    def legacy_permits(self, count: int) -> list[str]:
        """Return the header and the lines of the city's permits, with `count` generated ones."""
        body = self._get(self.city_port, f"/legacy/permits.csv?generated={count}")
        assert body is not None
        return body.decode().splitlines()

    def switch(self, service: str, mode: str = "ok", latency_ms: int = 0) -> bool:
        """Change how a service of the city behaves; False when the city is away."""
        fields = {"mode": mode, "latency_ms": latency_ms}
        path = f"/control/services/{service}"
        return self._get(self.city_port, path, body=json.dumps(fields)) is not None

    def calm(self) -> None:
        """Let every service behave again."""
        while self._get(self.city_port, "/control/reset", body="{}") is None:
            self.tend()
            time.sleep(0.2)

    def delivered(self) -> list[dict[str, Any]]:
        """Return every short message of the city's journal, the durable truth of its phones."""
        journal = self.folder / "city" / "journal.jsonl"
        events = [json.loads(line) for line in journal.read_text().splitlines()]
        return [event for event in events if event["event"] == "delivered"]

    # --- kill -9 ----------------------------------------------------------------------------------

    def alive(self, part: Part) -> list[Process]:
        """Return the processes that are `part` now, the supervisor's own tree only."""
        tree = self._tree()
        if part is Part.EVERYTHING or not tree:
            return tree
        up, children = tree[0], [process for process in tree if process.parent == tree[0].pid]
        database = [child for child in children if "/bin/postgres " in child.command]
        web = [child for child in children if child.command.endswith(" web")]
        match part:
            case Part.SUPERVISOR:
                return [up]
            case Part.DATABASE:
                return database
            case Part.BACKEND:
                return [p for p in tree if database and p.parent == database[0].pid]
            case Part.WEB_PROCESS:
                return [p for p in tree if web and p.parent == web[0].pid and " web" in p.command]
            case _:
                return [child for child in children if child.command.endswith(f" {part.value}")]

    def kill(self, part: Part, choice: float) -> str | None:
        """Kill one process of `part` (the one at `choice` of 0..1), or all of EVERYTHING."""
        found = self.alive(part)
        if not found:
            return None
        victims = found if part is Part.EVERYTHING else [found[int(choice * len(found))]]
        _kill(victims)
        if part in (Part.SUPERVISOR, Part.EVERYTHING):
            assert self._up is not None
            self._up.wait()
        return victims[0].command.strip()[-40:] if len(victims) == 1 else f"{len(victims)} at once"

    def _tree(self) -> list[Process]:
        """Return `juzhu up` and everything below it, parents first."""
        if self._up is None or self._up.poll() is not None:
            return []
        everyone = list(_processes())
        tree = [process for process in everyone if process.pid == self._up.pid]
        for parent in tree:  # grows while it is walked
            tree.extend(process for process in everyone if process.parent == parent.pid)
        return tree

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUZHU_", "DATABASE_", "DJANGO_", "PYTEST_"))
        }
        return inherited | {
            "JUZHU_DATA_DIR": str(self.folder),
            "JUZHU_LISTEN": f"127.0.0.1:{self.port}",
            "JUZHU_CITY_URL": f"http://127.0.0.1:{self.city_port}",
            "JUZHU_API_LISTEN": f"127.0.0.1:{self.api_port}",
            "JUZHU_COUNTER_LISTEN": f"127.0.0.1:{self.counter_port}",
            "JUZHU_TRUSTED_PROXY": "1",  # the test is the proxy: each resident has an address
        }

    def _get(self, port: int, path: str, *, body: str | None = None) -> bytes | None:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        with connection(port, seconds=5) as link:
            try:
                link.request("GET" if body is None else "POST", path, body, headers)
                response = link.getresponse()
                return response.read() if response.status == 200 else None
            except (OSError, http.client.HTTPException):
                return None


@contextmanager
def connection(port: int, *, seconds: float) -> Iterator[http.client.HTTPConnection]:
    """Yield a connection to a port of this machine and close it."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        yield link
    finally:
        link.close()


def _processes() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in "ZX":
            yield Process(int(folder.name), int(parent), command)


def _kill(victims: Iterable[Process]) -> None:
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
