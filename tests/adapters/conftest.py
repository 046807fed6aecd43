"""A running city, the adapters that talk to it, and a stand-in that answers anything at all."""

import http.client
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from juzhu.adapters.background import close_background
from juzhu.adapters.gateway import Gateway
from juzhu.city.named import named_people
from juzhu.city.process import CityProcess


@pytest.fixture(scope="session", autouse=True)
def background_closed_at_the_end() -> Iterator[None]:
    """Leave no open connection behind: an unclosed one is a warning, and that an error."""
    yield
    close_background()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityProcess]:
    """Yield a city shared by the session; its clock must not be moved."""
    with CityProcess(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture
def gateway(city: CityProcess) -> Gateway:
    return Gateway(url=city.url, secret=city.secret)


def post(city: CityProcess, path: str, content: Any) -> None:
    """Post JSON to the city's control."""
    connection = http.client.HTTPConnection(city.host, city.port, timeout=5)
    try:
        headers = {"content-type": "application/json"}
        connection.request("POST", path, json.dumps(content), headers)
        assert connection.getresponse().status == 200
    finally:
        connection.close()


@pytest.fixture
def move_clock() -> Callable[..., None]:
    """Return a function that moves a city's clock by days."""
    return lambda city, days: post(city, "/control/clock", {"days": days})


@pytest.fixture
def switch(city: CityProcess) -> Iterator[Callable[..., None]]:
    """Yield a function that makes a service misbehave until the test ends."""

    def to(service: str, mode: str, latency_ms: int = 0) -> None:
        wish = {"mode": mode, "latency_ms": latency_ms}
        post(city, f"/control/services/{service}", wish)

    yield to
    post(city, "/control/reset", {})


@pytest.fixture(scope="session")
def numbers() -> dict[str, str]:
    """Return the citizen number of each of the people to be."""
    people = [named.person for named in named_people(date(2026, 11, 24))]
    return {person.name: person.id_number for person in people}


@pytest.fixture
def stand_in() -> Callable[..., Any]:
    """Return a context manager: a server that sends the given bytes to whoever connects."""

    @contextmanager
    def serving(raw: bytes) -> Iterator[str]:
        class Sender(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.recv(65_536)
                self.request.sendall(raw)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Callers may leave early; that is what some tests are about."""

        with Server(("127.0.0.1", 0), Sender) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,)).start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()

    return serving
