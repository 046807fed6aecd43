"""The whole system in one command, as a person at a trial has it, and the city's control desk."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from joserfc.jwk import ECKey

START_SECONDS = 120


@dataclass
class System:
    """Where the pages and the city answer."""

    url: str
    city_url: str
    counter_url: str = ""
    folder: Path | None = None

    def city(self, path: str, **fields: Any) -> Any:
        """Ask the city's control desk, or tell it something."""
        request = Request(f"{self.city_url}{path}", headers={"Accept": "application/json"})
        if fields or path.startswith("/control/"):
            request.data = json.dumps(fields).encode()
            request.add_header("Content-Type", "application/json")
        with urlopen(request) as answer:
            return json.load(answer)

    def person(self, name: str) -> dict[str, str]:
        """Return one of the city's named people."""
        return next(p for p in self.city("/people.json") if p["name"] == name)

    def switch(self, service: str, mode: str = "ok", latency_ms: int = 0) -> None:
        """Make a department misbehave, or behave again."""
        self.city(f"/control/services/{service}", mode=mode, latency_ms=latency_ms)

    def forward(self, **by: int) -> None:
        """Move the city's clock forward by days or months."""
        self.city("/control/clock", **by)

    def messages(self, phone: str) -> list[str]:
        """Return the texts on a phone, as the city's page shows them."""
        return [message["text"] for message in self.city(f"/phones/{phone}.json")]


def start(folder: Path) -> tuple[System, subprocess.Popen[bytes]]:
    """Start `juzhu up` on free ports and wait until its pages answer."""
    web, city, api, counter = (_free_port() for _ in range(4))
    system = System(
        f"http://127.0.0.1:{web}",
        f"http://127.0.0.1:{city}",
        f"http://127.0.0.1:{counter}",
        folder,
    )
    settings = {
        "JUZHU_DATA_DIR": str(folder),
        "JUZHU_LISTEN": f"127.0.0.1:{web}",
        "JUZHU_CITY_URL": system.city_url,
        "JUZHU_API_LISTEN": f"127.0.0.1:{api}",
        "JUZHU_COUNTER_LISTEN": f"127.0.0.1:{counter}",
        "JUZHU_APP_ISSUERS_FILE": str(_register_app(folder)),
    }
    command = [str(Path(sys.executable).with_name("juzhu")), "up"]
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT
        )
    deadline = time.monotonic() + START_SECONDS
    pages = (f"{system.url}/readyz", f"{system.counter_url}/readyz")
    while not all(map(_answers, pages)):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError((folder / "up.log").read_text())
        time.sleep(0.2)
    return system, process


def _register_app(folder: Path) -> Path:
    """Register an app that may hand people over; its private key lies beside, for the tests."""
    key = ECKey.generate_key("P-256", {"kid": "app-1"})
    (folder / "app.jwk").write_text(json.dumps(key.as_dict(private=True)))
    public = key.as_dict(private=False) | {"kid": "app-1"}
    issuers = [{"issuer": "test-app", "keys": [public], "levels": {"face": 4}}]
    file = folder / "issuers.json"
    file.write_text(json.dumps(issuers))
    return file


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End it as Ctrl-C would."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
