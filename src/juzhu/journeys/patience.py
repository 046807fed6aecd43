"""Going on when the database comes back: a restart, a failover, connections cut."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, connection

_T = TypeVar("_T")

PAUSE_SECONDS: Final = 1.0


class Patience:
    """Tries a step again while the database is away, as long as agreed.

    The step may have been committed in the moment the connection broke: it must be safe to repeat.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def with_(self, step: Callable[[], _T]) -> _T:
        """Return what the step returns.

        Raises:
            OperationalError, InterfaceError: the database stayed away.

        """
        limit = time.monotonic() + self._seconds
        while True:
            try:
                return step()
            except (OperationalError, InterfaceError):
                connection.close()
                if time.monotonic() >= limit:
                    raise
                time.sleep(PAUSE_SECONDS)
