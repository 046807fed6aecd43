"""How much a partner may ask: a steady rate with room for a minute's burst.

Counted in the memory of each process, each with its share: the limit protects the service, it is
no bill. The headers follow draft-ietf-httpapi-ratelimit-headers.
"""

import math
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from juzhu.api.problems import Kind, Problem

WINDOW_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What is left after this request."""

    quota: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the headers that say so."""
        return {
            "RateLimit-Policy": f'"partner";q={self.quota};w={WINDOW_SECONDS}',
            "RateLimit": f'"partner";r={self.remaining};t={self.reset_seconds}',
        }


_full_at: dict[int, float] = {}
"""By partner, the moment at which its whole allowance will be back."""


def take(partner_id: int, calls_per_minute: int) -> Left:
    """Count one request.

    Raises:
        Problem: TOO_MANY, with the seconds to wait.

    """
    quota = max(1, calls_per_minute // settings.JUZHU.api_workers)
    cost = WINDOW_SECONDS / quota
    now = time.monotonic()
    full_at = max(_full_at.get(partner_id, now), now) + cost
    behind = full_at - now
    if behind > WINDOW_SECONDS:
        wait = math.ceil(behind - WINDOW_SECONDS)
        headers = {"Retry-After": str(wait), **Left(quota, 0, wait).headers()}
        raise Problem(Kind.TOO_MANY, f"Come again in {wait} s.", headers=headers)
    _full_at[partner_id] = full_at
    return Left(quota, int((WINDOW_SECONDS - behind) / cost), math.ceil(behind))


def forget() -> None:
    """Give everybody the whole allowance back."""
    _full_at.clear()
