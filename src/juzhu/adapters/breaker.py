"""A circuit breaker: after repeated failures an outside system is left alone for a while."""

from typing import Final

FAILURES: Final = 5
REST_SECONDS: Final = 5.0


class Breaker:
    """Opens after five failures in a row; after five seconds lets one trial call through.

    Not locked: it belongs to one event loop. Times are seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._closed_from = 0.0
        self._trying = False

    def lets_through(self, now: float) -> bool:
        """Say whether a call may be made; a yes while open is the trial and must be reported."""
        if self._failures < FAILURES:
            return True
        if self._trying or now < self._closed_from:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """Report an answer, whatever it said."""
        self._failures = 0
        self._trying = False

    def failed(self, now: float) -> None:
        """Report that no answer came."""
        self._failures += 1
        self._trying = False
        self._closed_from = now + REST_SECONDS
