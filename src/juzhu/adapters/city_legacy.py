"""Fetching the sandbox city's list of permits issued before this system."""

import asyncio
from typing import Final

from juzhu.adapters.background import Background, background

LIMIT_SECONDS: Final = 30.0


def legacy_permits(url: str) -> str:
    """Return the city's CSV of older permits.

    Raises:
        TimeoutError: no whole answer in time.
        aiohttp.ClientError: the city is away or answers with an error.

    """
    return background().run(_fetch(background(), f"{url.rstrip('/')}/legacy/permits.csv"))


async def _fetch(present: Background, url: str) -> str:
    async with (
        asyncio.timeout(LIMIT_SECONDS),
        present.session().get(url, raise_for_status=True) as response,
    ):
        return (await response.read()).decode()
