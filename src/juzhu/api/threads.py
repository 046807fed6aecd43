"""Running what talks to the database beside the event loop, never on it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from django.conf import settings
from django.db import close_old_connections

T = TypeVar("T")

_MOST_THREADS: Final = 16


@cache
def _pool() -> ThreadPoolExecutor:
    size = min(_MOST_THREADS, settings.JUZHU.database_pool)
    return ThreadPoolExecutor(size, thread_name_prefix="juzhu-exchange")


async def beside(work: Callable[[], T]) -> T:
    """Run `work` in a thread and give its database connection back afterwards."""

    def run() -> T:
        try:
            return work()
        finally:
            close_old_connections()  # back into the pool

    return await asyncio.get_running_loop().run_in_executor(_pool(), run)
