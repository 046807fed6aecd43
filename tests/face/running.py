"""The face process beside a test, and what the web processes know it by."""

import dataclasses
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from juzhu import wiring
from juzhu.adapters.face_local import LocalFaceCheck, token_of
from juzhu.config.parse import Address, FaceKind

ROOT = Path(__file__).parents[2]
BLINK_THEN_LEFT = 3


@contextmanager
def face_process(seed: int = BLINK_THEN_LEFT, *, speed: float = 1.0) -> Iterator[Address]:
    """Run a face process; yield where it listens."""
    token = token_of(settings.JUZHU.secret_key)
    with process("tests.face.process", token, str(seed), str(speed)) as port:
        yield Address("127.0.0.1", port)


@contextmanager
def process(module: str, *more: str, path: str = "/healthz") -> Iterator[int]:
    """Run a module as a process that serves; yield its port once `path` answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = subprocess.Popen([sys.executable, "-m", module, str(port), *more], cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}{path}", started)
        yield port
    finally:
        started.terminate()
        started.wait(10)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "the face process did not start"
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the face process does not answer")


@contextmanager
def looking_locally(monkeypatch: pytest.MonkeyPatch, where: Address) -> Iterator[None]:
    """Let this process's pages use the face process."""
    changed = dataclasses.replace(settings.JUZHU, face=FaceKind.LOCAL, face_listen=where)
    monkeypatch.setattr(settings, "JUZHU", changed)
    with LocalFaceCheck(f"http://{where}", token=token_of(settings.JUZHU.secret_key)) as check:
        monkeypatch.setattr(wiring, "live_face", lambda: check)
        yield
