"""Reading request bodies without letting anybody fill the memory."""

from typing import Final

from starlette.requests import Request

LONGEST_BODY: Final = 65_536
"""Far longer than any question to a department or any form of the control page."""


LONGEST_FILE: Final = 4 * 1024 * 1024
"""A production file with twenty photographs is about a megabyte."""


class BodyTooLongError(Exception):
    """The request body is longer than anything the city understands; answered with 413."""


async def read_body(request: Request, *, longest: int = LONGEST_BODY) -> bytes:
    """Return the whole body, or raise BodyTooLongError."""
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > longest:
            raise BodyTooLongError
    return b"".join(parts)
