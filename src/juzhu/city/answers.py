"""JSON answers of the pages' twins for programs."""

from typing import Any

import msgspec
from starlette.responses import Response


def json_response(content: Any, status: int = 200) -> Response:  # Any: whatever JSON can carry
    """Return `content` as JSON; days and instants are written in ISO 8601."""
    return Response(
        msgspec.json.encode(content),
        status,
        headers={"cache-control": "no-store"},
        media_type="application/json",
    )
