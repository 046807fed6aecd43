"""Answers: of what stands behind the gateway, and of the pages' twins for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service says: an HTTP status and a JSON object."""

    status: int
    content: dict[str, Any]  # Any: a JSON object on its way out


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
