"""What a killed supervisor left is ended, and nothing else."""

import json
import subprocess
import sys
import time

import pytest

from juzhu.cli import pidfiles
from juzhu.config.processes import fingerprint

FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("up", flush=True)
time.sleep(60)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def start():
    started = []

    def begin(program: str = FAMILY) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True
        )
        assert child.stdout is not None
        child.stdout.readline()
        started.append(child)
        return child

    yield begin
    for child in started:
        pidfiles.kill_group(child.pid)
        child.communicate()


def is_gone(child: subprocess.Popen[bytes]) -> bool:
    """Say whether the child and all it started are gone: then its pipe has no writer left."""
    assert child.stdout is not None
    return child.stdout.read() == b""


def test_a_child_left_behind_is_ended_with_all_it_started(start, tmp_path):
    child = start()
    pidfiles.write(tmp_path / "pids", "web", child.pid)

    ended = pidfiles.end_leftovers(tmp_path / "pids")

    assert ended == ["web"]
    assert is_gone(child)
    assert list((tmp_path / "pids").glob("*.json")) == []


def test_a_deaf_child_is_killed(start):
    child = start(DEAF)

    pidfiles.end_group(child.pid, seconds=0.2)

    assert is_gone(child)


def test_a_pid_that_now_belongs_to_another_program_is_left_alone(start, tmp_path):
    stranger = start()
    (tmp_path / "web.json").write_text(
        json.dumps({"pid": stranger.pid, "fingerprint": "12345 /old/python -m juzhu.cli.main web"})
    )

    ended = pidfiles.end_leftovers(tmp_path)

    assert ended == []
    assert fingerprint(stranger.pid) is not None


def test_a_child_that_has_ended_is_forgotten(start, tmp_path):
    child = start()
    pidfiles.write(tmp_path, "worker", child.pid)
    pidfiles.kill_group(child.pid)
    child.wait()

    assert pidfiles.end_leftovers(tmp_path) == []


def test_a_fingerprint_lasts_a_process_life_and_no_longer(start):
    child = start()

    first = fingerprint(child.pid)
    time.sleep(0.05)

    assert first == fingerprint(child.pid)
    child.kill()
    child.wait()
    assert fingerprint(child.pid) is None
