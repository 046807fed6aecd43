"""Which provider carries the messages. A pure rule over counts: no clock, no database.

Switch when 15 % of a provider's messages of the last 15 minutes take over 5 minutes, never when
all providers are slow (then it is the phones or the network), never twice in 5 minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WATCHED: Final = timedelta(minutes=15)
SLOW: Final = timedelta(minutes=5)
"""A message is slow when it is not on the phone this long after it was first handed over."""
SLOW_SHARE: Final = 0.15
REST: Final = timedelta(minutes=5)
"""At least this long between two switches."""
FEWEST: Final = 20
"""Of fewer messages no share is taken: one phone switched off would be a tenth of ten."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """A provider's messages of the last 15 minutes, and how many of them were slow."""

    messages: int = 0
    slow: int = 0

    @property
    def is_slow(self) -> bool:
        """Whether so many are slow that another provider should be tried."""
        return self.messages >= FEWEST and self.slow >= SLOW_SHARE * self.messages


def choose(
    *,
    present: str,
    order: Sequence[str],
    traffic: Mapping[str, Traffic],
    switched_at: datetime | None,
    at: datetime,
) -> str:
    """Return the provider that carries from now on.

    Args:
        present: the one that carries now.
        order: all that may, most preferred first.
        traffic: what each carried in the last 15 minutes; none means nothing is known against it.
        switched_at: when the last switch was, None if never.
        at: now.

    """
    if present not in order:
        return order[0]  # the settings no longer name it
    if switched_at is not None and abs(at - switched_at) < REST:
        return present
    if not traffic.get(present, Traffic()).is_slow:
        return present
    others = [name for name in order if name != present]
    return next((n for n in others if not traffic.get(n, Traffic()).is_slow), present)
