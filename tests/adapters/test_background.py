"""The background loop: one per process, never inherited."""

import os
import subprocess
import sys
import textwrap

from juzhu.adapters.background import background, close_background


async def process_number() -> int:
    return os.getpid()


def test_it_is_one_and_begins_again_after_closing():
    first = background()
    assert first is background()

    close_background()
    second = background()

    assert second is not first
    assert second.run(process_number()) == os.getpid()


def test_a_forked_child_gets_its_own(city):
    """In a process of its own: forking a test runner full of threads is not what is tested."""
    script = textwrap.dedent(
        f"""
        import os, sys
        from juzhu.adapters.background import background
        from juzhu.adapters.clock_city import CityClock
        parent = background()
        CityClock({city.url!r}).now()
        child = os.fork()
        if child == 0:
            own = background()
            CityClock({city.url!r}).now()
            os._exit(7 if own is not parent else 1)
        _, status = os.waitpid(child, 0)
        CityClock({city.url!r}).now()
        sys.exit(os.waitstatus_to_exitcode(status))
        """
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, timeout=20, check=False
    )

    assert ended.returncode == 7, ended.stderr.decode()
    # Both ended without a word about connections or threads left behind.
    assert ended.stderr == b""
