"""The sandbox city's clock, which can be moved forward: `juzhu.ports.clock.Clock` for trials."""

import asyncio
import threading
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import aiohttp
import msgspec
import structlog

from juzhu.adapters.background import Background, background
from juzhu.adapters.clock_system import SystemClock
from juzhu.ports.clock import Clock, ClockUnavailableError

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 0.25
LIMIT_SECONDS: Final = 1.0
REST_SECONDS: Final = 2.0
"""How long the city is left alone after it did not answer."""


class _ClockFacts(msgspec.Struct):
    offset_seconds: int


_FACTS: Final = msgspec.json.Decoder(_ClockFacts)


class CityClock:
    """Real time plus the city's offset, asked for again after a quarter of a second.

    While the city is away the last known offset goes on being used: the time of a trial must not
    jump because a process is being restarted.
    """

    def __init__(self, url: str, *, base: Clock | None = None) -> None:
        self._url = f"{url.rstrip('/')}/clock"
        self._base = base or SystemClock()
        self._lock = threading.Lock()
        self._offset: timedelta | None = None
        self._ask_again = 0.0

    def now(self) -> datetime:
        """Return the city's instant.

        Raises:
            ClockUnavailableError: the city has not answered once yet.

        """
        # One asks, the others go on with what is known; only the very first must wait.
        if self._lock.acquire(blocking=self._offset is None):
            try:
                if monotonic() >= self._ask_again:
                    self._refresh()
            finally:
                self._lock.release()
        if self._offset is None:
            raise ClockUnavailableError(f"no answer from {self._url}")
        return self._base.now() + self._offset

    def _refresh(self) -> None:
        try:
            offset = background().run(self._fetch(background()))
        except (TimeoutError, aiohttp.ClientError, msgspec.DecodeError) as error:
            log.warning("clock.city_silent", error=f"{type(error).__name__}: {error}")
            self._ask_again = monotonic() + REST_SECONDS
            return
        # Never back: a city begun anew must not turn a running system's days around.
        self._offset = offset if self._offset is None else max(self._offset, offset)
        self._ask_again = monotonic() + FRESH_SECONDS

    async def _fetch(self, present: Background) -> timedelta:
        async with (
            asyncio.timeout(LIMIT_SECONDS),
            present.session().get(self._url, raise_for_status=True) as response,
        ):
            return timedelta(seconds=_FACTS.decode(await response.read()).offset_seconds)
