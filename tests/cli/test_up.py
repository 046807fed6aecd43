"""The whole system as an operator sees it: started, killed part by part, stopped, started again."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.processes import fingerprint

pytestmark = pytest.mark.kill

PATIENCE_SECONDS = 90  # two cores may be busy with other tests
SERVICES = ("database", "city", "web", "api", "worker")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)


class System:
    """One `juzhu up` on a folder and two ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web_port, self.city_port, self.api_port = free_port(), free_port(), free_port()
        self.counter_port = free_port()
        self.output = folder / "up.out"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "juzhu.cli.main", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "JUZHU_DATA_DIR": str(self.folder),
            "JUZHU_LISTEN": f"127.0.0.1:{self.web_port}",
            "JUZHU_CITY_URL": f"http://127.0.0.1:{self.city_port}",
            "JUZHU_API_LISTEN": f"127.0.0.1:{self.api_port}",
            "JUZHU_COUNTER_LISTEN": f"127.0.0.1:{self.counter_port}",
        }

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "juzhu.cli.main", "up"],
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        eventually(lambda: "Ctrl-C" in self.output.read_text(), "everything is up")
        eventually(lambda: self.pid("worker"), "the worker is up")

    def signal(self, signum: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(PATIENCE_SECONDS)

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def pid(self, service: str) -> int:
        """Return the process of a service that lives now, or 0."""
        try:
            if service == "database":
                cluster = EmbeddedPostgres(self.folder).cluster
                pid = int((cluster / "postmaster.pid").read_text().split()[0])
            else:
                pid = json.loads((self.folder / "pids" / f"{service}.json").read_text())["pid"]
        except (FileNotFoundError, IndexError):
            return 0
        return pid if fingerprint(pid) else 0

    def works(self) -> bool:
        return all(map(self.pid, SERVICES)) and self.get("/readyz") == 200 and self.get("/") == 200

    def execute(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(EmbeddedPostgres(self.folder).url) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def remains(self) -> list[str]:
        """Return the commands of processes that still use this folder or its ports."""
        return [
            command
            for path in Path("/proc").glob("[0-9]*")
            if path.name != str(os.getpid())
            and str(self.folder) in (command := environment_and_command(path))
        ]


def environment_and_command(process: Path) -> str:
    try:
        return ((process / "cmdline").read_bytes() + (process / "environ").read_bytes()).decode(
            errors="replace"
        )
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def new_folder(session_folder: Path, name: str) -> Path:
    folder = session_folder / f"{name}-{os.getpid()}"
    folder.mkdir(mode=0o711)
    return folder


@pytest.fixture(scope="module")
def system(session_folder):
    running = System(new_folder(session_folder, "up"))
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.signal(signal.SIGTERM)


def again(system: System) -> None:
    if system.process is None or system.process.poll() is not None:
        system.start()


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_process_is_replaced_and_nothing_is_lost(system, service):
    again(system)
    eventually(system.works, "the system works")
    system.execute("CREATE TABLE IF NOT EXISTS told (what text)")
    system.execute(f"INSERT INTO told VALUES ('{service}')")
    killed = system.pid(service)

    os.kill(killed, signal.SIGKILL)

    eventually(lambda: system.pid(service) not in (0, killed), f"there is a new {service}")
    eventually(system.works, "the system works again")
    assert (service,) in system.execute("SELECT what FROM told")
    assert f"service={service}" in system.output.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly_and_nothing_stays(system, signum):
    again(system)
    eventually(system.works, "the system works")

    code = system.signal(signum)

    assert code == 0
    assert system.remains() == []
    assert "database system is shut down" in (system.folder / "log" / "postgres.log").read_text()
    assert list((system.folder / "pids").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_after_the_supervisor_was_killed_the_next_start_finds_everything_as_it_was(system):
    again(system)
    eventually(system.works, "the system works")
    system.execute("CREATE TABLE IF NOT EXISTS told (what text)")
    system.execute("INSERT INTO told VALUES ('before')")
    permits = system.execute("SELECT count(*) FROM permits_permit")
    keys = (system.folder / "secrets.json").read_bytes()

    system.signal(signal.SIGKILL)
    system.start()

    eventually(system.works, "the system works again")
    assert ("before",) in system.execute("SELECT what FROM told")
    assert system.execute("SELECT count(*) FROM permits_permit") == permits
    assert (system.folder / "secrets.json").read_bytes() == keys


def test_a_second_up_on_the_same_folder_says_who_is_first(system):
    again(system)

    second = system.run("up")

    assert second.returncode == 1
    assert f"(process {system.process.pid})" in second.stderr
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "variable", ["JUZHU_LISTEN", "JUZHU_CITY_URL", "JUZHU_API_LISTEN", "JUZHU_COUNTER_LISTEN"]
)
def test_a_taken_port_is_named_with_a_way_out(session_folder, variable):
    other = System(new_folder(session_folder, f"taken-{variable.lower()}"))
    ports = {
        "JUZHU_LISTEN": other.web_port,
        "JUZHU_CITY_URL": other.city_port,
        "JUZHU_API_LISTEN": other.api_port,
        "JUZHU_COUNTER_LISTEN": other.counter_port,
    }
    port = ports[variable]

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = other.run("up")

    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert f"{variable}=" in refused.stderr
    assert not (other.folder / "postgres").exists()
    shutil.rmtree(other.folder)


def test_staff_accounts_are_made_listed_reset_and_disabled(system):
    again(system)
    path = system.folder / "staff.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len({account["role"] for account in json.loads(path.read_text())}) == 5

    made = system.run("staff", "add", "x1", "--name", "王小", "--role", "officer")
    wrong = system.run("staff", "add", "x2", "--name", "王小", "--role", "chief")
    reset = system.run("staff", "reset", "x1")
    disabled = system.run("staff", "disable", "x1")
    code = system.run("staff", "code", "s1001")
    listed = system.run("staff", "list")

    assert "password" in made.stdout
    assert "otpauth://totp/" in made.stdout
    assert wrong.returncode == 2
    assert reset.stdout != made.stdout
    assert disabled.stdout == "x1 is disabled.\n"
    assert code.stdout.strip().isdigit()
    assert "disabled" in listed.stdout
    assert system.run("staff", "reset", "nobody").returncode == 2


def test_the_doctor_finds_a_running_system_well(system):
    again(system)
    eventually(system.works, "the system works")
    eventually(
        lambda: (
            system.execute(
                "SELECT max(last_heartbeat) > now() - interval '5 s' FROM procrastinate_workers"
            )
            == [(True,)]
        ),
        "the worker has signed in",
    )

    found = system.run("doctor", "--json")

    checks = {check["name"]: check["level"] for check in json.loads(found.stdout)}
    assert found.returncode == 0, found.stdout
    assert checks["workers"] == checks["migrations"] == checks["database"] == "ok"
    assert set(checks.values()) <= {"ok", "warn"}
