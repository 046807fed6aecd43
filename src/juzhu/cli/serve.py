"""One process each, for deployments that supervise by themselves: web, worker, city, migrate."""

import os
import shutil
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from granian.constants import Interfaces
from granian.server.mp import MPServer

from juzhu.cli import running
from juzhu.config import logs
from juzhu.config.env import Env
from juzhu.config.parse import Address
from juzhu.config.processes import die_with_parent

_TARGET: Final = "juzhu.config.wsgi:application"
_EXCHANGE: Final = "juzhu.api.asgi:application"
_STOP_SECONDS: Final = 8
_STALLED_AFTER_SECONDS: Final = 30.0


def web() -> None:
    """Serve the pages until SIGTERM."""
    env = running.prepared()
    _serve(env, env.listen, urls="juzhu.config.urls", metrics="metrics", workers=env.web_workers)


def counter() -> None:
    """Serve the staff pages until SIGTERM: a process and an address of their own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "juzhu.config.counter_settings"
    env = running.prepared()
    _serve(
        env,
        env.counter_listen,
        urls="juzhu.config.counter_urls",
        metrics="metrics-counter",
        workers=env.counter_workers,
    )


def _serve(env: Env, listen: Address, *, urls: str, metrics: str, workers: int) -> None:
    # Read by prometheus_client when it is first imported: counts of all processes in one place.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_emptied(env.data_dir / metrics))
    with running.database(env):
        running.start_django()
        import_module("juzhu.cli.static_files").collect()
        import_module(urls)  # before the processes part: all share it, none waits
        server = _server(env, listen, workers)
        server.serve(target_loader=_loader(os.getpid(), "juzhu.config.wsgi"), wrap_loader=False)


def _server(env: Env, listen: Address, workers: int) -> MPServer:
    return MPServer(
        _TARGET,
        address=listen.host,
        port=listen.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=env.web_threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_dictconfig=logs.server_logging(),
    )


def _loader(server: int, module: str) -> Callable[[], Any]:
    """Return what each process of the web server runs first."""
    tie = die_with_parent(signal.SIGKILL)

    def load() -> Any:
        if os.getpid() != server:
            tie()  # else a killed server leaves processes behind that hold its port
        return import_module(module).application

    return load


def api() -> None:
    """Serve the departments' exchange until SIGTERM."""
    env = running.prepared()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_emptied(env.data_dir / "metrics-api"))
    with running.database(env):
        running.start_django()
        import_module("juzhu.api.asgi")
        import_module("juzhu.api.urls")
        MPServer(
            _EXCHANGE,
            address=env.api_listen.host,
            port=env.api_listen.port,
            interface=Interfaces.ASGI,
            workers=env.api_workers,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS,
            log_dictconfig=logs.server_logging(),
        ).serve(
            target_loader=_loader(os.getpid(), "juzhu.api.asgi"),
            wrap_loader=False,
        )


def worker() -> None:
    """Run jobs until SIGTERM."""
    env = running.prepared()
    with running.database(env):
        running.start_django()
        app = import_module("procrastinate.contrib.django").app
        listen_no_more = import_module("juzhu.journeys.listening").start()
        with app.replace_connector(app.connector.get_worker_connector()):
            app.run_worker(
                name=f"worker-{os.getpid()}",
                concurrency=env.worker_concurrency,
                shutdown_graceful_timeout=_STOP_SECONDS,
                stalled_worker_timeout=_STALLED_AFTER_SECONDS,
                delete_jobs="successful",  # what was done stands in the tables it was done to
            )
        listen_no_more()


def city() -> None:
    """Run the sandbox city until SIGTERM; never in production."""
    env = running.prepared()
    if env.production:
        running.fail("the sandbox city does not run when JUZHU_MODE is production.", code=2)
    where = urlsplit(env.city_url)
    os.environ["JUZHU_GATEWAY_APPID"] = env.gateway_appid
    os.environ["JUZHU_GATEWAY_SECRET"] = env.gateway_secret
    main = import_module("juzhu.city.main").main
    arguments = ["--host", where.hostname or "127.0.0.1", "--port", str(where.port or 80)]
    arguments += ["--data-dir", env.city_data_dir]
    for name, wish in (
        ("--seed", env.city_seed),
        ("--population", env.city_population),
        ("--born-on", env.city_born_on),
    ):
        arguments += [name, wish] if wish else []
    raise SystemExit(main(arguments))


def migrate() -> None:
    """Bring the database to this version's tables."""
    os.environ["JUZHU_STATEMENT_TIMEOUT_MS"] = "0"  # an index on a big table takes its time
    env = running.prepared()
    with running.database(env):
        running.start_django()
        import_module("django.core.management").call_command("migrate", interactive=False)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder
