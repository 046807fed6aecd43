"""Pid files of the children, so that the next start finds what a killed supervisor left running."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Final

from juzhu.config.processes import fingerprint

_PATIENCE_SECONDS: Final = 10.0


def write(folder: Path, name: str, pid: int) -> None:
    """Note that `pid`, the leader of its own process group, is the child `name`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / f".{name}.new"
    fresh.write_text(json.dumps({"pid": pid, "fingerprint": fingerprint(pid)}))
    fresh.replace(folder / f"{name}.json")


def remove(folder: Path, name: str) -> None:
    """Forget the child `name`."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def end_leftovers(folder: Path) -> list[str]:
    """End the noted children that still run and return their names.

    A pid that meanwhile belongs to another program is left alone: its start time or command
    differs.
    """
    ended = []
    for path in sorted(folder.glob("*.json")):
        noted = json.loads(path.read_text())
        pid = int(noted["pid"])
        seen = fingerprint(pid)
        if seen is not None and seen == noted["fingerprint"]:
            end_group(pid)
            ended.append(path.stem)
        path.unlink()
    return ended


def end_group(leader: int, *, seconds: float = _PATIENCE_SECONDS) -> None:
    """End a process group: the leader gently first, then whatever of the group is left."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while fingerprint(leader) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    kill_group(leader)


def kill_group(leader: int) -> None:
    """Kill what is left of a process group."""
    # PermissionError is macOS's word for a group that consists of dead processes only.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
