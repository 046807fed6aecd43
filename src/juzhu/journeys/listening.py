"""Listening for receipts that come over a carrier's standing connection, beside a worker's jobs."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from juzhu import wiring
from juzhu.modules.notices import receipts
from juzhu.ports.clock import ClockUnavailableError
from juzhu.ports.sms import Fate, Receipt, SmsGateway

log = structlog.get_logger()

KEPT_SECONDS: Final = 120.0
"""A receipt may overtake the note that its message was handed over: so long it is tried again."""
PAUSE_SECONDS: Final = 1.0


def start() -> Callable[[], None]:
    """Listen to every carrier with a standing connection; return what ends it."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_listen, args=(gateway, stop), name=f"receipts-{name}", daemon=True)
        for name, gateway in wiring.sms_providers().items()
        if gateway.standing
    ]
    for thread in threads:
        thread.start()

    def end() -> None:
        stop.set()
        for thread in threads:
            thread.join()

    return end


def _listen(gateway: SmsGateway, stop: threading.Event) -> None:
    ear = Ear(gateway)
    try:
        while not stop.is_set():
            try:
                ear.take()
            except (OperationalError, InterfaceError, ClockUnavailableError) as error:
                log.warning("notices.receipts_put_off", error=type(error).__name__)
                connection.close()
                stop.wait(PAUSE_SECONDS)
    finally:
        connection.close()


class Ear:
    """Takes in what one carrier says; nothing is dropped because the database was away."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        self._kept: list[tuple[float, Receipt]] = []
        self._tried_at = 0.0

    def take(self) -> None:
        """Note what came since the last time, and again what belonged to no message yet."""
        now = monotonic()
        self._kept += [(now, receipt) for receipt in wiring.sms_arrived(self._gateway)]
        fresh = any(came >= now for came, _ in self._kept)
        if not self._kept or not (fresh or now - self._tried_at >= PAUSE_SECONDS):
            return
        self._tried_at = now
        unknown = receipts.note_receipts(
            [receipt for _, receipt in self._kept],
            provider=self._gateway.name,
            at=wiring.clock().now(),
        )
        old = [receipt for came, receipt in self._kept if now - came >= KEPT_SECONDS]
        self._kept = [
            (came, receipt)
            for came, receipt in self._kept
            if now - came < KEPT_SECONDS and (receipt in unknown or receipt.fate is Fate.PENDING)
        ]
        dropped = sum(receipt in unknown for receipt in old)
        if dropped:
            log.warning(
                "notices.receipts_of_no_message", provider=self._gateway.name, count=dropped
            )
