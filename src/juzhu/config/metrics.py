"""Numbers for Prometheus: requests, cases, jobs. Nothing about a person.

The web server runs several processes. With PROMETHEUS_MULTIPROC_DIR set (`juzhu web` sets it) each
writes its counts to a file of its own there and any of them can answer for all.
"""

import dataclasses
import os
from collections.abc import Iterator
from datetime import datetime, time
from typing import Final

import structlog
from django.db import DatabaseError, connection
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from juzhu import wiring
from juzhu.modules.audit import seals
from juzhu.modules.cases import in_review
from juzhu.modules.cases.contracts import LIVE
from juzhu.modules.lives import queries as lives
from juzhu.modules.payments import queries as payments
from juzhu.modules.rounds import queries as rounds
from juzhu.modules.rounds.contracts import Progress
from juzhu.ports.clock import SHENZHEN, ClockUnavailableError

log = structlog.get_logger()

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_REQUESTS: Final = Counter("juzhu_requests", "Requests answered", ["view", "method", "status"])
_SECONDS: Final = Histogram(
    "juzhu_request_seconds",
    "Time to answer a request",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request and its time."""
    known = method if method in _METHODS else "other"  # a caller may invent methods
    _REQUESTS.labels(view, known, str(status)).inc()
    _SECONDS.labels(view).observe(seconds)


class _Database(Collector):
    """What the database holds at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask; without an answer only say that there was none."""
        try:
            families = [
                _jobs(),
                _live_cases(),
                _disputes(),
                _unsealed(),
                *_life_events(),
                *_reviews(),
                *_payments(),
                *_round(),
            ]
        except DatabaseError:
            log.warning("metrics.database_away", exc_info=True)
            families = []
        up = GaugeMetricFamily("juzhu_database_up", "Whether the database answered")
        up.add_metric([], int(bool(families)))
        yield from [*families, up]


def _jobs() -> GaugeMetricFamily:
    query = (
        "SELECT status::text, count(*) FROM procrastinate_jobs "
        "WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
    )
    return _counted("juzhu_jobs", "Jobs waiting, running and failed", query, [])


def _live_cases() -> GaugeMetricFamily:
    # Only the live ones: they have an index of their own, the others grow for ever.
    live = sorted(state.value for state in LIVE)
    places = ", ".join(["%s"] * len(live))
    query = f"SELECT state, count(*) FROM cases_case WHERE state IN ({places}) GROUP BY 1"  # noqa: S608
    return _counted("juzhu_live_cases", "Cases without an end, by state", query, live)


def _disputes() -> GaugeMetricFamily:
    query = (
        "SELECT CASE WHEN claimed_at IS NULL THEN 'open' ELSE 'claimed' END, count(*)"
        " FROM disputes_dispute WHERE answered_at IS NULL GROUP BY 1"
    )
    return _counted("juzhu_disputes", "Looks not accepted, without an answer", query, [])


def _reviews() -> list[GaugeMetricFamily]:
    try:
        on = wiring.clock().now().date()
    except ClockUnavailableError:  # the other numbers need no day
        return []
    family = GaugeMetricFamily(
        "juzhu_reviews", "Cases before the officers, by how near their limit is", labels=["state"]
    )
    load = in_review.load(on)
    family.add_metric(["waiting"], load.waiting)
    family.add_metric(["soon"], load.soon)
    family.add_metric(["over"], load.over)
    return [family]


def _payments() -> list[GaugeMetricFamily]:
    try:
        waiting = payments.waiting(at=wiring.clock().now())
    except ClockUnavailableError:
        return []
    family = GaugeMetricFamily(
        "juzhu_payments_waiting", "What waits for a gateway or an officer", labels=["what"]
    )
    for entry in dataclasses.fields(waiting):
        family.add_metric([entry.name], getattr(waiting, entry.name))
    return [family]


def _unsealed() -> GaugeMetricFamily:
    family = GaugeMetricFamily("juzhu_ledger_unsealed", "Entries of the ledger behind its seals")
    family.add_metric([], seals.numbers_unsealed())
    return family


def _life_events() -> Iterator[GaugeMetricFamily]:
    """Yield whether the registers' feed of life events answers."""
    silence = lives.silence()
    family = GaugeMetricFamily(
        "juzhu_life_events_silent_since", "When the registers' feed stopped answering, 0 while not"
    )
    family.add_metric([], silence.since.timestamp() if silence.since else 0)
    yield family
    family = GaugeMetricFamily("juzhu_life_events_failures", "Tries of that feed without an answer")
    family.add_metric([], silence.failures)
    yield family


def _round() -> Iterator[GaugeMetricFamily]:
    """Yield how far the daily round has got."""
    through, night = rounds.done_through(), rounds.unfinished()
    if through is not None:
        day = datetime.combine(through, time(), SHENZHEN).timestamp()
        family = GaugeMetricFamily(
            "juzhu_round_done_through", "Beginning of the last day that the round has done"
        )
        family.add_metric([], day)
        yield family
    how_far = Progress(0, 0, {}) if night is None else rounds.progress(night.id)
    family = GaugeMetricFamily(
        "juzhu_round_stretches", "Stretches of the round being done", labels=["state"]
    )
    family.add_metric(["done"], how_far.done)
    family.add_metric(["todo"], how_far.of - how_far.done)
    yield family


def _counted(name: str, meaning: str, query: str, values: list[str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=["state"])
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for state, count in cursor.fetchall():
            family.add_metric([state], count)
    return family


def exposition() -> bytes:
    """Return all numbers in Prometheus' text format."""
    counted = REGISTRY
    if DIRECTORY in os.environ:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # no stubs
    database = CollectorRegistry()
    database.register(_Database())
    return generate_latest(counted) + generate_latest(database)
