"""A running city, and a caller that signs: the tests of this folder speak real HTTP to it."""

import http.client
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from juzhu.city.process import CityProcess
from juzhu.ports import gateway


@dataclass(frozen=True)
class Heard:
    """An answer as it came."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """Calls a city; `signed` as the gateway wants it, with any header changed."""

    city: CityProcess

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 5,
    ) -> Heard:
        connection = http.client.HTTPConnection(self.city.host, self.city.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Heard(answer.status, answer.read(), found)
        finally:
            connection.close()

    def get(self, path: str) -> Heard:
        return self("GET", path)

    def post_json(self, path: str, content: Any) -> Heard:
        body = json.dumps(content).encode()
        return self("POST", path, body, {"content-type": "application/json"})

    def headers(self, path: str, body: bytes, **changes: str) -> dict[str, str]:
        parts = {"timestamp": str(int(time.time())), "nonce": os.urandom(16).hex()} | changes
        signature = gateway.sign_request(
            self.city.secret.encode(),
            method="POST",
            path=path,
            timestamp=parts["timestamp"],
            nonce=parts["nonce"],
            body=body,
        )
        return {"appid": "juzhu", "signature": signature} | parts

    def signed(self, path: str, content: Any, timeout: float = 5, **changes: str) -> Heard:
        body = json.dumps(content).encode()
        return self("POST", path, body, self.headers(path, body, **changes), timeout)

    def switch(self, service: str, mode: str, latency_ms: int = 0) -> None:
        wish = {"mode": mode, "latency_ms": latency_ms}
        assert self.post_json(f"/control/services/{service}", wish).status == 200


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityProcess]:
    """Yield a city shared by the session; its clock must not be moved."""
    with CityProcess(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture
def call(city: CityProcess) -> Iterator[Caller]:
    """Yield a caller of the shared city, whose switches are all reset afterwards."""
    caller = Caller(city)
    yield caller
    assert caller.post_json("/control/reset", {}).status == 200


@pytest.fixture
def own_city(tmp_path) -> Iterator[Callable[..., Caller]]:
    """Yield a function that starts a city of the test's own in one folder, again and again."""
    started: list[CityProcess] = []

    def start(**wishes: Any) -> Caller:
        running = CityProcess(tmp_path / "own", secret="one secret", **wishes).start()
        started.append(running)
        return Caller(running)

    yield start
    for running in started:
        running.stop()
