"""The client's side of the departments' gateway: signing, checking the answer's signature."""

import asyncio
import os
import time
from dataclasses import dataclass
from typing import Final

import aiohttp

from juzhu.adapters.background import Background, background
from juzhu.ports import gateway

MOST_BYTES: Final = 256 * 1024
"""A longer answer is not read to its end."""


class GatewayUnreachableError(Exception):
    """No connection, a broken one, or an answer of the 5xx kind."""


class GatewayMalformedError(Exception):
    """An answer that is too long, unsigned, or signed for another question.

    `body` is what came, for the record; empty when it was too long.
    """

    def __init__(self, reason: str, body: bytes = b"") -> None:
        super().__init__(reason)
        self.body = body


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose signature was right."""

    status: int
    body: bytes


class Gateway:
    """Signed calls to one gateway.

    Args:
        url: its address without a path, such as `http://127.0.0.1:8001`.
        secret: the shared secret.
        app_id: the name under which the gateway knows the caller.

    """

    def __init__(self, *, url: str, secret: str, app_id: str = "juzhu") -> None:
        if not secret:
            raise ValueError("the gateway's secret is empty")
        self._url = url.rstrip("/")
        self._secret = secret.encode()
        self._app_id = app_id

    def call(self, path: str, body: bytes, *, within_seconds: float) -> Reply:
        """Post `body` and return the answer; for synchronous callers.

        Raises:
            TimeoutError: no whole answer in time; the request may have had its effect.
            GatewayUnreachableError: likewise.
            GatewayMalformedError: an answer nobody should believe.

        """
        present = background()

        async def limited() -> Reply:
            async with asyncio.timeout(within_seconds):
                return await self.post(present, path, body)

        return present.run(limited())

    async def post(self, present: Background, path: str, body: bytes) -> Reply:
        """Post `body` without a time limit of its own; errors as for `call`."""
        nonce, stamp = os.urandom(16).hex(), str(int(time.time()))
        signature = gateway.sign_request(
            self._secret, method="POST", path=path, timestamp=stamp, nonce=nonce, body=body
        )
        headers = {
            gateway.APPID: self._app_id,
            gateway.TIMESTAMP: stamp,
            gateway.NONCE: nonce,
            gateway.SIGNATURE: signature,
            "content-type": "application/json",
        }
        try:
            async with present.session().post(
                f"{self._url}{path}", data=body, headers=headers, allow_redirects=False
            ) as response:
                return await self._read(response, nonce)
        except aiohttp.ClientError as error:
            raise GatewayUnreachableError(type(error).__name__) from error

    async def _read(self, response: aiohttp.ClientResponse, nonce: str) -> Reply:
        if response.status >= 500:
            raise GatewayUnreachableError(f"status {response.status}")
        body = await _bounded(response)
        expected = gateway.sign_answer(self._secret, nonce=nonce, status=response.status, body=body)
        found = response.headers.get(gateway.SIGNATURE, "")
        if not gateway.same_signature(expected, found):
            raise GatewayMalformedError(f"wrong signature, status {response.status}", body)
        return Reply(response.status, body)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    length = response.content_length
    if length is not None and length <= MOST_BYTES:
        return await response.read()
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            response.close()
            raise GatewayMalformedError("answer too long")
    return b"".join(parts)
