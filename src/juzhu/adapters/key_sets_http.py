"""`juzhu.ports.key_sets.KeySets` over HTTP: small, quick, and never led elsewhere."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
import msgspec

from juzhu.ports.key_sets import KeySetUnavailableError

LIMIT_SECONDS: Final = 3.0
LARGEST: Final = 64_000


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


_KEY_SET: Final = msgspec.json.Decoder(_KeySet)


class HttpKeySets:
    """Asks the addresses that an operator has registered; with TLS only where people are real."""

    def __init__(self, *, tls_only: bool) -> None:
        self._schemes = ("https://",) if tls_only else ("https://", "http://")

    async def fetch(self, url: str) -> Sequence[Mapping[str, Any]]:
        """Return the keys at `url`; raise KeySetUnavailableError."""
        if not url.startswith(self._schemes):
            raise KeySetUnavailableError("only https is asked")
        try:
            async with (
                asyncio.timeout(LIMIT_SECONDS),
                aiohttp.ClientSession(auto_decompress=False) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise KeySetUnavailableError(f"answered {response.status}")
                raw = await response.content.read(LARGEST + 1)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise KeySetUnavailableError(type(error).__name__) from error
        try:
            return _KEY_SET.decode(raw).keys
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise KeySetUnavailableError("no key set") from error
