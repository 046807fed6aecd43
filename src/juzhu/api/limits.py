"""How much a partner may ask: a steady rate with room for a minute's burst, over all processes.

Counted in memory, and settled with the database once a second while a partner calls, so that every
process on every machine knows what the others have let through. What a process has let through and
not yet settled is never more than a tenth of a minute's allowance (or one call): then it settles
before it goes on. So N processes together let through at most N tenths more than agreed, however
fast the calls come (docs/decisions/0052). The headers follow draft-ietf-httpapi-ratelimit-headers.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError
from psycopg_pool import PoolTimeout

from juzhu.api.problems import Kind, Problem
from juzhu.api.threads import beside
from juzhu.modules.partners import allowance

log = structlog.get_logger()

WINDOW_SECONDS: Final = 60
SETTLED_SECONDS: Final = 1.0
UNSETTLED_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Left:
    """What is left after this request."""

    quota: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the headers that say so."""
        return {
            "RateLimit-Policy": f'"partner";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"partner";r={self.remaining};t={self.reset_seconds}',
        }


@dataclass(slots=True)
class _Account:
    """What one partner has used, in seconds of its allowance.

    Attributes:
        full_at: when its whole allowance will be back, by this process's own clock.
        unsettled: used here, and not known to the database yet.
        settled_at: when the database was last asked.

    """

    full_at: float = float("-inf")
    unsettled: float = 0.0
    settled_at: float = float("-inf")


class Limits:
    """The accounts of one process."""

    def __init__(self) -> None:
        self._accounts: dict[int, _Account] = {}
        self._settling: asyncio.Task[None] | None = None

    async def take(self, partner_id: int, calls_per_minute: int) -> Left:
        """Count one request.

        Raises:
            Problem: TOO_MANY, with the seconds to wait.
            OperationalError, InterfaceError, PoolTimeout: it cannot be said how much is left.

        """
        account = self._accounts.setdefault(partner_id, _Account())
        quota = max(1, calls_per_minute)
        cost = WINDOW_SECONDS / quota
        await self._settle_in_time(account, cost)
        now = time.monotonic()
        full_at = max(account.full_at, now) + cost
        behind = full_at - now
        if behind > WINDOW_SECONDS + 1e-6:
            wait = math.ceil(behind - WINDOW_SECONDS)
            headers = {"Retry-After": str(wait), **Left(quota, 0, wait).headers()}
            raise Problem(Kind.TOO_MANY, f"Come again in {wait} s.", headers=headers)
        account.full_at = full_at
        account.unsettled += cost
        return Left(quota, int((WINDOW_SECONDS - behind) / cost + 1e-6), math.ceil(behind))

    async def _settle_in_time(self, account: _Account, cost: float) -> None:
        if time.monotonic() - account.settled_at > SETTLED_SECONDS:
            settling = self._settle()
            if account.settled_at == float("-inf"):
                await asyncio.shield(settling)
        while account.unsettled and account.unsettled + cost > UNSETTLED_SHARE * WINDOW_SECONDS:
            await asyncio.shield(self._settle())

    def _settle(self) -> "asyncio.Task[None]":
        loop, running = asyncio.get_running_loop(), self._settling
        if running is None or running.done() or running.get_loop() is not loop:
            running = self._settling = loop.create_task(self._ask())
            running.add_done_callback(_look_at_failure)
        return running

    async def _ask(self) -> None:
        """Tell the database what was used here, and learn what was used everywhere."""
        due = time.monotonic() - SETTLED_SECONDS
        told = {
            partner_id: account.unsettled
            for partner_id, account in self._accounts.items()
            if account.unsettled or account.settled_at < due
        }
        behind = await beside(lambda: allowance.settle(told))
        now = time.monotonic()
        for partner_id, seconds in behind.items():
            account = self._accounts[partner_id]
            account.unsettled -= told[partner_id]
            account.full_at = now + seconds + account.unsettled
            account.settled_at = now

    def forget(self) -> None:
        """Forget what this process knows; what is settled stays."""
        self._accounts.clear()
        self._settling = None


def _look_at_failure(task: "asyncio.Task[None]") -> None:
    """Leave a failure to those who wait; with nobody waiting, the next call settles again."""
    if task.cancelled():
        return
    error = task.exception()
    if isinstance(error, DatabaseError | InterfaceError | PoolTimeout):
        log.warning("exchange.limits_not_settled", error=type(error).__name__)


limits: Final = Limits()
