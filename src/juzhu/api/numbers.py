"""Numbers of the exchange for Prometheus. Nothing about a person, nothing invented by a caller."""

from typing import Final

from prometheus_client import Counter, Histogram

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
