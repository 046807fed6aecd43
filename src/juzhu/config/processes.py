"""Starting child processes that cannot outlive their parent, and recognising them later.

Works on Linux and macOS. Linux can tie a child's life to its parent's (PR_SET_PDEATHSIG); elsewhere
the pid files with their fingerprints let the next start find what was left behind.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(signum: signal.Signals, *, parent: int | None = None) -> Callable[[], None]:
    """Return a `preexec_fn` after which the child gets `signum` when its parent dies.

    A child that was started in another way calls the result itself and names its `parent`.

    The kernel clears the setting when the child changes its user, so it must run after that;
    `subprocess.Popen(user=…)` does it in this order.
    """
    expected = os.getpid() if parent is None else parent

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != expected:  # the parent died between fork and prctl
            os._exit(1)

    return prepare


def fingerprint(pid: int) -> str | None:
    """Return a text that no later process with the same `pid` shares; None when none runs."""
    if sys.platform == "linux":
        return _linux_fingerprint(pid)
    shown = subprocess.run(  # noqa: S603 - a fixed command
        ["/bin/ps", "-o", "lstart=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(shown.stdout.split()) or None


def _linux_fingerprint(pid: int) -> str | None:
    folder = Path("/proc", str(pid))
    try:
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, started = after_name[0], after_name[19]
    if state in "ZX":  # dead, only not yet collected by its parent
        return None
    return f"{started} {command.strip()}"


def end(pid: int, *, gently: signal.Signals, seconds: float) -> bool:
    """Send `gently` to a process that is not our child and wait; kill it when it stays.

    Returns False when the process was still there at the end.
    """
    for signum, patience in ((gently, seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if fingerprint(pid) is None:
                return True
            time.sleep(0.02)
    return False
