"""The primary's sign of life, every second, so that replicas can tell how far they are behind."""

import asyncio
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError
from psycopg_pool import PoolTimeout

from juzhu.api.threads import beside
from juzhu.journeys import replicas
from juzhu.modules.verifications import services

log = structlog.get_logger()

SECONDS: Final = 1.0

_running: "list[asyncio.Task[None]]" = []


def start() -> None:
    """Begin, where there are replicas; the task lives as long as the event loop."""
    if replicas.replicas():
        _running.append(asyncio.get_running_loop().create_task(_beat()))


async def _beat() -> None:
    while True:
        try:
            await beside(services.beat)
        except (DatabaseError, InterfaceError, PoolTimeout) as error:
            log.warning("exchange.no_beat", error=type(error).__name__)
        await asyncio.sleep(SECONDS)
