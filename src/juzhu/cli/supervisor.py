"""Keeping services running: started in order, restarted with back-off, stopped in reverse."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Final

import structlog

from juzhu.cli.services import Service
from juzhu.config.embedded_postgres import EmbeddedPostgresError

log = structlog.get_logger()

_LOOK_EVERY_SECONDS: Final = 0.2
_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 30.0
_STABLE_AFTER_SECONDS: Final = 60.0


class StoppedError(Exception):
    """Ctrl-C or SIGTERM came while something was under way."""


class StartError(Exception):
    """A service does not come up; the message says what to do."""


@dataclass
class _Watched:
    """One service and its misfortunes."""

    service: Service
    started_at: float
    wait_seconds: float = _FIRST_WAIT_SECONDS
    again_at: float | None = None  # None: it runs


class Supervisor:
    """Starts services, keeps them running and stops them; use as a context manager."""

    def __init__(self) -> None:
        self._watched: list[_Watched] = []
        self._stopping = threading.Event()

    def __enter__(self) -> "Supervisor":
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, service: Service) -> None:
        """Start a service and look after it from now on."""
        self._watched.append(_Watched(service, time.monotonic()))
        service.start()

    def wait(self, ready: Callable[[], bool], service: Service, *, seconds: float = 60.0) -> None:
        """Wait until a started service is `ready`, while it lives.

        Raises:
            StoppedError: a signal came meanwhile.
            StartError: it died, or is not ready in time.

        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.check(starting=service)
            if service.exit_code() is not None or time.monotonic() > deadline:
                raise StartError(f"{service.name} does not start; see {service.log_file}.")
            time.sleep(0.05)

    def check(self, *, starting: Service | None = None) -> None:
        """Look after what runs already, all but `starting`; raise StoppedError after a signal."""
        if self._stopping.is_set():
            raise StoppedError
        for watched in self._watched:
            if watched.service is not starting:
                self._look_after(watched)

    def watch(self) -> None:
        """Keep all services running until a signal comes."""
        while not self._stopping.wait(_LOOK_EVERY_SECONDS):
            for watched in self._watched:
                self._look_after(watched)

    def stop(self) -> None:
        """Stop all services, the last started first."""
        self._stopping.set()
        while self._watched:
            service = self._watched.pop().service
            service.stop()
            log.info("supervisor.stopped", service=service.name)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - its shape
        self._stopping.set()

    def _look_after(self, watched: _Watched) -> None:
        service, now = watched.service, time.monotonic()
        if watched.again_at is None:
            code = service.exit_code()
            if code is None:
                return
            if now - watched.started_at > _STABLE_AFTER_SECONDS:
                watched.wait_seconds = _FIRST_WAIT_SECONDS
            log.error(
                "supervisor.service_died",
                service=service.name,
                exit=_in_words(code),
                again_in_seconds=watched.wait_seconds,
                see=str(service.log_file),
            )
            watched.again_at = now + watched.wait_seconds
            watched.wait_seconds = min(watched.wait_seconds * 2, _LONGEST_WAIT_SECONDS)
        elif now >= watched.again_at:
            _start_again(watched)


def _start_again(watched: _Watched) -> None:
    watched.again_at, watched.started_at = None, time.monotonic()
    try:
        watched.service.start()
    except EmbeddedPostgresError as error:
        log.error("supervisor.restart_failed", service=watched.service.name, reason=str(error))
        return  # the next look finds it dead and waits longer
    log.warning("supervisor.restarted", service=watched.service.name)


def _in_words(code: int) -> str:
    return f"status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
