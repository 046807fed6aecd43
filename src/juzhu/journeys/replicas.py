"""Reading the register from a streaming replica while it is fresh; everybody else from the primary.

A replica tells its age by the beat that `api` writes into the primary every second. One that is
behind, silent or gone is left alone for some seconds, and nobody waits for it twice.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from time import monotonic
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connections

from juzhu.modules.verifications import queries
from juzhu.modules.verifications.contracts import Call
from juzhu.modules.verifications.queries import Found

log = structlog.get_logger()

OLDEST: Final = timedelta(seconds=5)
REST_SECONDS: Final = 5.0

_rest_until: dict[str, float] = {}
_turn: Final = itertools.count()


@dataclass(frozen=True, slots=True)
class Copy:
    """What a replica holds about the people of some calls, and how far it is behind at most."""

    found: Found
    age: timedelta


def read(calls: Sequence[Call]) -> Copy | None:
    """Return what a fresh replica holds; None when there is none, so that the primary is read."""
    aliases = replicas()
    if not aliases:
        return None
    first = next(_turn) % len(aliases)
    for alias in (*aliases[first:], *aliases[:first]):
        if monotonic() < _rest_until.get(alias, 0.0):
            continue
        copy = _read(alias, calls)
        if copy is not None:
            return copy
        _rest_until[alias] = monotonic() + REST_SECONDS
    return None


@cache
def replicas() -> tuple[str, ...]:
    """Return the names of the replicas of this deployment."""
    return tuple(alias for alias in connections if alias.startswith("replica"))


def _read(alias: str, calls: Sequence[Call]) -> Copy | None:
    try:
        age = queries.age(alias)  # first: what is read after it is younger
        if age is None or age > OLDEST:
            log.warning("exchange.replica_behind", replica=alias, age=str(age))
            return None
        return Copy(queries.look_up(calls, using=alias), age)
    except (DatabaseError, InterfaceError) as error:
        log.warning("exchange.replica_away", replica=alias, error=type(error).__name__)
        connections[alias].close()
        return None
