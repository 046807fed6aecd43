"""Which address is answered by whom, and how much may be sent to it."""

from collections.abc import Mapping
from typing import Final

from juzhu.api import hot
from juzhu.api.calls import Handler

LARGEST_BODY: Final = 1_000_000
LARGEST_BODY_BY_PATH: Final[Mapping[str, int]] = {
    "/oauth/token": 32_000,
    "/api/v1/verifications": 16_000,
    "/api/v1/verification-batches": 4_000_000,  # too many rows are told as what they are
    "/api/v1/sheets": 16_000,
    "/api/v1/verification-jobs": 32_000_000,
}
"""Bytes; addresses that are not listed take LARGEST_BODY."""

HOT: Final[Mapping[tuple[str, str], Handler]] = {
    ("POST", "/api/v1/verifications"): hot.verify_one,
    ("POST", "/api/v1/verification-batches"): hot.verify_many,
}
"""Quick handlers by method and path. Their entries in the OpenAPI file are declared in
`endpoints`, like those of all others."""

PUBLIC: Final = frozenset(
    {
        "/oauth/token",
        "/.well-known/jwks.json",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/openapi.json",
        "/api/v1/docs",
        "/api/v1/docs.css",
    }
)
"""Answered to everybody. A new one is written here by hand, so that somebody thinks about it."""

QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Not worth a log line."""
