"""JSON answers of the pages' twins for programs."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response


def json_response(  # Any: whatever JSON can carry
    content: Any, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `content` as JSON; days and instants are written in ISO 8601."""
    return Response(
        msgspec.json.encode(content),
        status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )
