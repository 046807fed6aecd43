"""Calling addresses that partners have chosen, over HTTP, and never inwards.

The name is looked up once, every address it has is looked at, and the connection goes to one of
just these: a second look-up could answer otherwise (DNS rebinding). Redirects are not followed.
Nothing of the answer is used but its status and `Retry-After`.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from juzhu.adapters.background import background
from juzhu.ports.webhooks import AddressRefusedError, Outcome, Post

LIMIT_SECONDS: Final = 10.0
SIDE_BY_SIDE: Final = 50
_INSIDE_V6: Final = (
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64: an IPv4 address behind a gateway
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),  # 6to4: likewise
    ipaddress.ip_network("2001::/32"),  # Teredo: likewise
)

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return every address of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return [str(entry[4][0]) for entry in found]


def is_outside(address: str) -> bool:
    """Say whether an address belongs to the open Internet: not to us, a neighbour or a gateway."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in network for network in _INSIDE_V6):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class HttpWebhooks:
    """`juzhu.ports.webhooks.WebhookCaller` over HTTPS.

    Args:
        inside: let addresses inside be called, and without TLS: for the sandbox only.
        limit_seconds: for a whole call.
        lookup: how names become addresses.

    """

    def __init__(
        self,
        *,
        inside: bool = False,
        limit_seconds: float = LIMIT_SECONDS,
        lookup: Lookup = look_up,
    ) -> None:
        self._inside = inside
        self._limit_seconds = limit_seconds
        self._lookup = lookup

    def check(self, url: str) -> None:
        """See `WebhookCaller.check`."""
        host, _ = self._parts(url)
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return  # a name: looked up when it is called
        self._refuse_inside([host])

    def post_all(self, posts: Sequence[Post]) -> list[Outcome]:
        """See `WebhookCaller.post_all`."""

        async def all_of_them() -> list[Outcome]:
            turn = asyncio.Semaphore(SIDE_BY_SIDE)

            async def one(post: Post) -> Outcome:
                async with turn:
                    return await self._post(post)

            return await asyncio.gather(*map(one, posts))

        return background().run(all_of_them())

    async def _post(self, post: Post) -> Outcome:
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await self._call(post)
        except TimeoutError:
            return Outcome(None, f"no answer within {self._limit_seconds:g} s")
        except AddressRefusedError as error:
            return Outcome(None, str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Outcome(None, f"no connection: {type(error).__name__}")

    async def _call(self, post: Post) -> Outcome:
        host, port = self._parts(post.url)
        addresses = await self._lookup(host, port)
        self._refuse_inside(addresses)
        connector = aiohttp.TCPConnector(
            resolver=_Pinned(addresses), use_dns_cache=False, force_close=True
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
            ) as session,
            session.post(
                post.url, data=post.body, headers=post.headers, allow_redirects=False
            ) as response,
        ):
            said = f"status {response.status}"
            if 300 <= response.status < 400:
                said += ": redirects are not followed"
            wait = response.headers.get("Retry-After", "")
            return Outcome(response.status, said, _seconds(wait, response.headers.get("Date", "")))

    def _parts(self, url: str) -> tuple[str, int]:
        """Return host and port of an address that has the right shape."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise AddressRefusedError("this is no address") from None
        if parts.scheme != "https" and not (self._inside and parts.scheme == "http"):
            raise AddressRefusedError("the address must begin with https://")
        if not parts.hostname or parts.username is not None or parts.fragment:
            raise AddressRefusedError("the address needs a host, and neither user nor fragment")
        return parts.hostname, port

    def _refuse_inside(self, addresses: Sequence[str]) -> None:
        if not addresses:
            raise AddressRefusedError("the name has no address")
        if not self._inside and not all(map(is_outside, addresses)):
            raise AddressRefusedError("the address lies inside a private network")


class _Pinned(AbstractResolver):
    """Answers with the addresses that were looked at, whatever the name says by now."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses that were looked at."""
        del family
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Hold nothing."""


def _seconds(wait: str, date: str) -> float | None:
    """Return the seconds of a `Retry-After`: a number, or an instant beside the answer's own."""
    if wait.isascii() and wait.isdigit():
        return float(wait[:9])
    try:
        until, now = parsedate_to_datetime(wait), parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return max(0.0, _aware_difference(until, now))


def _aware_difference(until: datetime, now: datetime) -> float:
    if (until.tzinfo is None) != (now.tzinfo is None):
        return 0.0
    return (until - now).total_seconds()
