"""`juzhu up`: everything for a trial, or a small town, on one machine."""

import fcntl
import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rich.console import Console

from juzhu.cli import face, greeting, pidfiles, running
from juzhu.cli.services import Database, Program
from juzhu.cli.supervisor import StartError, StoppedError, Supervisor
from juzhu.config import logs
from juzhu.config.embedded_postgres import EmbeddedPostgresError
from juzhu.config.env import Env
from juzhu.config.parse import Address, FaceKind

_STEP_SECONDS: Final = 600.0


def up() -> None:
    """Start database, city, web and worker, and keep them running until Ctrl-C."""
    env = running.prepared()
    if env.face is FaceKind.LOCAL:
        face.require()  # now, rather than after all the rest has been started
    logs.configure({"format": env.log_format, "level": "WARNING"})
    console = Console()
    with _alone(env):
        pidfiles.end_leftovers(_pids(env))
        _check_ports(env)
        with Supervisor() as supervisor:
            try:
                _bring_up(supervisor, env, console)
                greeting.show(console, env, _people(env))
                supervisor.watch()
                console.print("Stopping…")
            except StoppedError:
                console.print("Stopping…")
            except (StartError, EmbeddedPostgresError) as error:
                running.fail(str(error))


def _bring_up(supervisor: Supervisor, env: Env, console: Console) -> None:
    """Start in the order of need; what does not need the other starts beside it."""
    if env.embedded:
        console.print("Database …")
        supervisor.start(Database(env.data_dir))
    city = _program(env, "city")
    if not env.production:
        console.print("City …")
        supervisor.start(city)
    faces = _program(env, "face")
    if env.face is FaceKind.LOCAL:
        console.print("Face check …")
        supervisor.start(faces)
    _step(supervisor, env, "migrate", "Tables …", console)
    if not env.production:
        supervisor.wait(lambda: _city_is_ready(env), city)
        _step(supervisor, env, "load-trial", "Staff, partners, older permits …", console)
    console.print("Web, counter, exchange …")
    web, counter, api = (_program(env, name) for name in ("web", "counter", "api"))
    for program in (web, counter, api, _program(env, "worker")):
        supervisor.start(program)
    if env.face is FaceKind.LOCAL:
        supervisor.wait(lambda: _face_is_ready(env), faces)
    supervisor.wait(lambda: _pages_are_ready(env, env.listen), web)
    supervisor.wait(lambda: _pages_are_ready(env, env.counter_listen), counter)
    supervisor.wait(lambda: _api_is_ready(env), api)


def _program(env: Env, name: str) -> Program:
    folder = env.data_dir / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Program(name, {"JUZHU_DATA_DIR": str(env.data_dir)}, folder, _pids(env))


def _pids(env: Env) -> Path:
    return env.data_dir / "pids"


def _step(supervisor: Supervisor, env: Env, name: str, saying: str, console: Console) -> None:
    """Run a command that ends by itself; Ctrl-C ends it, too."""
    console.print(saying)
    step = _program(env, name)
    step.start()
    try:
        deadline = time.monotonic() + _STEP_SECONDS
        while (code := step.exit_code()) is None and time.monotonic() < deadline:
            supervisor.check()
            time.sleep(0.05)
    finally:
        step.stop()
    if code != 0:
        raise StartError(f"`juzhu {name}` failed; see {step.log_file}.")


@contextmanager
def _alone(env: Env) -> Iterator[None]:
    """Make sure that this is the only `juzhu up` on the data folder."""
    with (env.data_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            running.fail(f"`juzhu up` already runs on {env.data_dir} (process {lock.read()}).")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _check_ports(env: Env) -> None:
    """Say clearly that a port is taken, before anything is started."""
    for listen, variable in (
        (env.listen, "JUZHU_LISTEN"),
        (env.api_listen, "JUZHU_API_LISTEN"),
        (env.counter_listen, "JUZHU_COUNTER_LISTEN"),
        *([(env.face_listen, "JUZHU_FACE_LISTEN")] if env.face is FaceKind.LOCAL else []),
    ):
        _check_port(listen, variable, f"{listen.host}:{listen.port + 10}")
    if not env.production:
        city = _city_address(env)
        elsewhere = f"http://{city.host}:{city.port + 10}"
        _check_port(city, "JUZHU_CITY_URL", elsewhere)


def _check_port(address: Address, variable: str, elsewhere: str) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            running.fail(
                f"cannot listen on {address} ({error.strerror}): end the program that uses it, or "
                f"choose another with {variable}={elsewhere}"
            )


def _city_address(env: Env) -> Address:
    parts = urlsplit(env.city_url)
    return Address(parts.hostname or "127.0.0.1", parts.port or 80)


def _face_is_ready(env: Env) -> bool:
    return _get(env.face_listen, "/healthz") is not None


def _city_is_ready(env: Env) -> bool:
    return _get(_city_address(env), "/healthz") is not None


def _pages_are_ready(env: Env, listen: Address) -> bool:
    name = env.allowed_hosts[0].lstrip(".*") or "localhost"
    return _get(_reached(listen), "/readyz", name=name) is not None


def _api_is_ready(env: Env) -> bool:
    return _get(_reached(env.api_listen), "/readyz") is not None


def _reached(listening: Address) -> Address:
    """Return how this machine reaches what listens there."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
    return Address(everywhere.get(listening.host, listening.host), listening.port)


def _people(env: Env) -> list[dict[str, Any]]:
    """Return the city's people to be; none in production."""
    answer = None if env.production else _get(_city_address(env), "/people.json")
    return [] if answer is None else list(json.loads(answer))


def _get(address: Address, path: str, *, name: str = "") -> bytes | None:
    """Return the body of a 200 answer, or None."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": name} if name else {})
        response = connection.getresponse()
        return response.read() if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None  # not yet
    finally:
        connection.close()
