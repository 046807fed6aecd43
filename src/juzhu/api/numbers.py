"""Numbers of the exchange for Prometheus. Nothing about a person, nothing invented by a caller."""

import hmac
import ipaddress
import os
from typing import Final

from django.conf import settings
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from juzhu.api.calls import Call
from juzhu.api.routes import HOT, PUBLIC

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "PATCH", "PUT"})
_REQUESTS: Final = Counter(
    "juzhu_exchange_requests", "Requests answered", ["operation", "method", "status"]
)
_SECONDS: Final = Histogram(
    "juzhu_exchange_request_seconds",
    "Time to answer a request",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def operation(call: Call) -> str:
    """Return the name of what was called: a path of ours or the route's name, never free text."""
    if call.operation:
        return call.operation
    known = call.path in PUBLIC or (call.method, call.path) in HOT
    return f"{call.method} {call.path}" if known else "unknown"


def count(name: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request and its time."""
    _REQUESTS.labels(name, method if method in _METHODS else "other", str(status)).inc()
    _SECONDS.labels(name).observe(seconds)


def may_be_seen(call: Call) -> bool:
    """Say whether this caller may read the numbers: by the token, or from this very machine."""
    token = settings.JUZHU.metrics_token
    if token:
        given = call.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if "x-forwarded-for" in call.headers:  # a proxy on this machine, on behalf of anybody
        return False
    try:
        return ipaddress.ip_address(call.host).is_loopback
    except ValueError:
        return False


def exposition() -> bytes:
    """Return the numbers of all processes in Prometheus' text format."""
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # no stubs
    return generate_latest(counted)
