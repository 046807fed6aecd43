"""The exchange as departments meet it: `juzhu api` in a process of its own, on a real port."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def exchange(folder: Path, port: int, **more: str) -> Iterator[str]:
    """Yield the address of a running exchange on the test's database."""
    url = f"http://127.0.0.1:{port}"
    output = folder / "api.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "juzhu.cli.main", "api"],
            env=environment(folder, port) | more,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(f"{url}/readyz", process, output)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert "Traceback" not in output.read_text(), output.read_text()


def environment(folder: Path, port: int) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("JUZHU_")} | {
        "JUZHU_DATA_DIR": str(folder),
        "JUZHU_API_LISTEN": f"127.0.0.1:{port}",
        "JUZHU_CLOCK": "system",
        "JUZHU_VAULT_KEYS": vault_keys(),
        "DATABASE_URL": database_url(),
    }


def vault_keys() -> str:
    keys = settings.JUZHU.vault_keys
    text = {name: base64.b64encode(key).decode() for name, key in keys.encryption.items()}
    digest = base64.b64encode(keys.digest).decode()
    return json.dumps({"current": keys.current, "encryption": text, "digest": digest})


def database_url() -> str:
    """Return the address of the test's own database."""
    values = connection.settings_dict
    host, name, user = values["HOST"], values["NAME"], values["USER"]
    port = f"&port={values['PORT']}" if values["PORT"] else ""
    secret = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgresql://{user}{secret}@/{name}?host={host}{port}"


def wait_for(url: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            late = time.monotonic() > deadline
            if late or process.poll() is not None:
                process.kill()
                raise AssertionError(output.read_text()) from None
            time.sleep(0.1)
