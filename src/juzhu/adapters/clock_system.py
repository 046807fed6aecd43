"""The machine's own clock: `juzhu.ports.clock.Clock` for every real deployment."""

import threading
from datetime import datetime

from juzhu.ports.clock import SHENZHEN


class SystemClock:
    """Tells the machine's time in Asia/Shanghai and holds it when the machine sets it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = datetime.min.replace(tzinfo=SHENZHEN)

    def now(self) -> datetime:
        """Return the present instant; never earlier than one returned before."""
        with self._lock:
            now = datetime.now(SHENZHEN)  # noqa: TID251  # this is where the instant comes from
            self._latest = max(self._latest, now)
            return self._latest
