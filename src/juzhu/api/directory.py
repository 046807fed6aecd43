"""The registry of partners in memory: a token is checked without the database.

The copy is at most two seconds old when it is used, so a partner that was suspended is out within
two seconds in every process. When the database does not answer, an older copy is not used: the
caller is told to come again.
"""

import asyncio
import time
from datetime import date
from typing import Final

from juzhu import wiring
from juzhu.api.threads import beside
from juzhu.modules.partners import queries
from juzhu.modules.partners.contracts import Registry

FRESH_SECONDS: Final = 1.0
OLDEST_SECONDS: Final = 2.0


class Directory:
    """One copy of the registry, renewed by whoever comes first.

    Attributes:
        today: the civil day when the copy was read, for grants; the clock itself may have to ask
            the city and is not for the event loop.

    """

    def __init__(self) -> None:
        self._registry = Registry({})
        self.today = date.min
        self._read_at = float("-inf")
        self._renewal: asyncio.Task[None] | None = None

    async def current(self) -> Registry:
        """Return the registry, at most OLDEST_SECONDS old; raises what the database raises."""
        age = time.monotonic() - self._read_at
        if age > FRESH_SECONDS:
            renewal = self._renew()
            if age > OLDEST_SECONDS:
                await asyncio.shield(renewal)
        return self._registry

    def forget(self) -> None:
        """Read anew at the next use."""
        self._read_at = float("-inf")

    def _renew(self) -> "asyncio.Task[None]":
        running = self._renewal
        if running is None or running.done() or running.get_loop() is not _loop():
            running = self._renewal = _loop().create_task(self._read())
            running.add_done_callback(_look_at_failure)
        return running

    async def _read(self) -> None:
        started = time.monotonic()
        self._registry, self.today = await beside(_read)
        self._read_at = started


def _read() -> tuple[Registry, date]:
    return queries.registry(), wiring.clock().now().date()


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def _look_at_failure(task: "asyncio.Task[None]") -> None:
    """Leave a failure to those who wait; with nobody waiting, the next use tries again."""
    if not task.cancelled():
        task.exception()


directory: Final = Directory()
