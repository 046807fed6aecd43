"""One event loop per process, in a thread of its own, for calls out from synchronous code.

It is created on first use and never inherited through a fork, so a server that forks its workers
gives each its own loop and its own connections.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")

CONNECTIONS = 100
"""At most this many connections are open at once, over all outside systems."""


class Background:
    """A running event loop with the HTTP session that belongs to it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._session: aiohttp.ClientSession | None = None
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="juzhu-calls-out", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the loop and wait for its result; the work keeps its own time limit."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def session(self) -> aiohttp.ClientSession:
        """Return the shared session; only from work on the loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Each call sets its own limit around the whole exchange.
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            )
        return self._session

    def close(self) -> None:
        """Close the connections and end the thread."""
        session = self._session
        if session is not None:
            self.run(session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


_lock = threading.Lock()
_present: Background | None = None


def background() -> Background:
    """Return this process's background loop, starting it on first use."""
    global _present  # the one per process is the point
    present = _present
    if present is None:
        with _lock:
            present = _present = _present or Background()
    return present


def close_background() -> None:
    """Close this process's background loop if there is one; the next use starts another."""
    global _present
    with _lock:
        present, _present = _present, None
    if present is not None:
        present.close()


def _forget_after_fork() -> None:
    """Drop the parent's loop in a child: its thread does not exist there."""
    global _present, _lock
    _present, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
