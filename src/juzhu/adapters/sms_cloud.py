"""What the two clouds' short-message services share: one signed call and its failures."""

import asyncio
import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import aiohttp
import msgspec
from yarl import URL

from juzhu.adapters.background import background
from juzhu.ports.sms import SmsNotTakenError, SmsUnavailableError

LIMIT_SECONDS: Final = 10.0
MOST_BYTES: Final = 256 * 1024
NOBODYS: Final = "空号"
"""How both say in words that a number is nobody's; their codes differ by carrier."""


def digest(data: bytes) -> str:
    """Return the hexadecimal SHA-256."""
    return sha256(data).hexdigest()


def mac(key: bytes, text: str) -> bytes:
    """Return HMAC-SHA256."""
    return hmac.digest(key, text.encode(), "sha256")


async def post(
    url: str, *, headers: Mapping[str, str], body: bytes, within_seconds: float
) -> dict[str, Any]:
    """Post and return the JSON object of the answer, whatever its status below 500.

    Raises:
        SmsNotTakenError: there was no connection.
        SmsUnavailableError: anything else that is no such answer.

    """
    try:
        async with (
            asyncio.timeout(within_seconds),
            background()
            .session()
            .post(
                URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as response,
        ):
            content = await response.content.read(MOST_BYTES)
            status = response.status
    except aiohttp.ClientConnectorError as error:
        raise SmsNotTakenError(type(error).__name__) from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise SmsUnavailableError(type(error).__name__) from error
    if status >= 500:
        raise SmsUnavailableError(f"status {status}")
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise SmsUnavailableError(f"not understood, status {status}") from error
