"""The counts of calls that wait to be written; a killed process loses some seconds of them."""

import asyncio
import time
from collections import Counter
from typing import Final

import structlog
from django.db import DatabaseError
from psycopg_pool import PoolTimeout

from juzhu.api.directory import directory
from juzhu.api.threads import beside
from juzhu.modules.partners import usage
from juzhu.modules.partners.contracts import Caller
from juzhu.modules.partners.usage import Called

log = structlog.get_logger()

EVERY_SECONDS: Final = 5.0


class Tally:
    """Counts calls, and writes them down every few seconds while calls come in."""

    def __init__(self) -> None:
        self._waiting: Counter[Called] = Counter()
        self._written_at = time.monotonic()
        self._writing: set[asyncio.Task[None]] = set()

    def count(self, caller: Caller, operation: str, status: int) -> None:
        """Count one answered call."""
        self._waiting[Called(caller.partner_id, directory.today, operation, status)] += 1
        if time.monotonic() - self._written_at > EVERY_SECONDS and not self._writing:
            task = asyncio.get_running_loop().create_task(self.write())
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def forget(self) -> None:
        """Forget what waits, and begin a new stretch of seconds."""
        self._waiting.clear()
        self._written_at = time.monotonic()

    async def write(self) -> None:
        """Write down what waits; what cannot be written goes on waiting."""
        self._written_at = time.monotonic()
        waiting, self._waiting = self._waiting, Counter()
        if not waiting:
            return
        try:
            await beside(lambda: usage.add(waiting))
        except (DatabaseError, PoolTimeout):
            log.warning("exchange.usage_not_written", calls=waiting.total(), exc_info=True)
            self._waiting.update(waiting)


tally: Final = Tally()
