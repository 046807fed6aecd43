"""When a phone may ring. Pure: instants come in, instants go out."""

from datetime import datetime, time, timedelta
from typing import Final

from juzhu.ports.clock import SHENZHEN

RINGS_FROM: Final = time(9)
RINGS_UNTIL: Final = time(21)
"""Between these hours of the day in Shenzhen, the second not included, an SMS may ring."""


def may_ring(at: datetime) -> bool:
    """Say whether a phone may ring at `at` for somebody who is not waiting for it."""
    return RINGS_FROM <= at.astimezone(SHENZHEN).time() < RINGS_UNTIL


def next_ring(at: datetime) -> datetime:
    """Return `at` itself when a phone may ring then, else the next morning's first instant."""
    if may_ring(at):
        return at
    local = at.astimezone(SHENZHEN)
    day = local.date() + timedelta(days=1 if local.time() >= RINGS_UNTIL else 0)
    return datetime.combine(day, RINGS_FROM, SHENZHEN)
