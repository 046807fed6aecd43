"""The change feed: a month of the calendar told at once, read by a department, then polled in vain.

Beside it the floor: the same events and marks by two bare statements on the same rows and indexes,
and the look-ups of a call without anything around them.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from bench import register
from juzhu.ports.clock import SHENZHEN

ON: Final = date(2026, 11, 24)
AT: Final = datetime(2026, 12, 24, 0, 0, 1, tzinfo=SHENZHEN)
"""Thirty days later, with nobody having read since."""
KNOWN: Final = 0.1
PAGE: Final = 1000


_COPY: Final = "INSERT INTO bench_event OVERRIDING SYSTEM VALUE SELECT * FROM permits_event"

_MARK: Final = """
    UPDATE permits_permit SET told_through = told_through - 60
    WHERE id IN (SELECT permit_id FROM permits_event)
"""


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        permits: in the register.
        events: that the calendar brought in that month.
        told: seconds to write them and give them places.
        floor: seconds of two bare statements that insert the same and mark the same permits.
        met: people a second of whom the feed takes notice, once each.
        passed: events a second that a department knowing a tenth of the people is led through.
        read: events a second that it is told, each with its line in the ledger.
        poll_ms: a call when there is nothing new, median.
        look_ms: the bare look-ups of such a call, median.
        issue_ms: issuing a permit in a transaction of its own, median.
        issue_untold_ms: the same without its event.

    """

    permits: int
    events: int
    told: float
    floor: float
    met: float
    passed: float
    read: float
    poll_ms: float
    look_ms: float
    issue_ms: float
    issue_untold_ms: float


def run(*, permits: int) -> Result:
    """Measure in a folder of its own, which is removed."""
    with _database():
        from juzhu.modules.permits import services

        register.fill(permits, on=ON)
        caller = _caller(permits)
        began = time.perf_counter()
        met = _meet(caller.partner_id, permits)
        meeting = time.perf_counter() - began
        began = time.perf_counter()
        events = services.materialise_events(on=AT.date(), at=AT)
        told = time.perf_counter() - began
        floor = _floor()
        began = time.perf_counter()
        read, place = _read(caller)
        took = time.perf_counter() - began
        return Result(
            permits,
            events,
            told,
            floor,
            met / meeting,
            events / took,
            read / took,
            _median(lambda: _call(caller, place)),
            _median(_look),
            *_issue(permits),
        )


@contextmanager
def _database() -> Iterator[None]:
    """Have a database on disk, durable as in production, with our tables and without a city."""
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as name:
        Path(name).chmod(0o711)
        os.environ |= {
            "JUZHU_DATA_DIR": name,
            "JUZHU_LOG_LEVEL": "WARNING",
            "JUZHU_STATEMENT_TIMEOUT_MS": "0",
        }
        from juzhu.cli import running

        with running.database(running.prepared()):
            subprocess.run([sys.executable, "-m", "juzhu.cli.main", "migrate"], check=True)
            running.start_django()
            yield


def _floor() -> float:
    """Do the same to the same rows by two bare statements, and take it back; return the seconds."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_event (LIKE permits_event INCLUDING ALL)")
        with transaction.atomic():
            began = time.perf_counter()
            cursor.execute(_COPY)
            cursor.execute(_MARK)
            took = time.perf_counter() - began
            transaction.set_rollback(True)
        cursor.execute("DROP TABLE bench_event")
    return took


def _caller(permits: int):  # Django is loaded only now
    from juzhu.modules.partners import queries, services
    from juzhu.modules.partners.contracts import Caller, Scope
    from juzhu.modules.partners.sandbox import PARTNERS

    partner = PARTNERS[0]
    partner_id = services.register(
        code=partner.code, name=partner.name, contact="x", actor="bench", at=AT
    )
    for grant in partner.grants:
        services.grant(code=partner.code, grant=grant, actor="bench", at=AT)
    met = [
        (partner_id, person, f"person-{person}") for person in range(1, permits + 1, int(1 / KNOWN))
    ]
    services.learn_many(met=met, at=AT)
    grants = queries.partner(partner.code).grants
    return Caller(partner_id, partner.code, {Scope.EVENTS: grants[Scope.EVENTS]})


def _meet(partner_id: int, permits: int) -> int:
    """Let the feed take notice of everybody whom the department has met; return how many."""
    from juzhu.journeys import feed

    rounds = -(-permits // int(1 / KNOWN) // feed.MET_AT_ONCE)
    for _ in range(rounds):
        feed.meet(partner_id)
    return permits // int(1 / KNOWN)


def _call(caller, after):
    from juzhu.journeys import feed

    return feed.read(caller=caller, after=after, limit=PAGE, at=AT)


def _read(caller):
    """Read the feed to its end; return how many events were told, and the place."""
    read, place, more = 0, None, True
    while more:
        page = _call(caller, place)
        read, place, more = read + len(page.told), page.after, page.more
    return read, place


def _look() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM permits_permit WHERE turns_on <= %s ORDER BY turns_on LIMIT 1", [AT.date()]
        )
        cursor.execute("SELECT EXISTS (SELECT FROM permits_event WHERE position IS NULL)")


def _issue(permits: int) -> tuple[float, float]:
    """Issue permits to people who have none, with and without the event, in turns."""
    from juzhu.modules.people import services as people
    from juzhu.modules.permits import feed, services

    tell = feed.tell
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(400):
        person_id = people.meet(
            id_number=register.id_number(permits + number + 1), name="甲", at=AT
        )
        told = number % 2 == 0
        feed.tell = tell if told else lambda **_: None
        began = time.perf_counter()
        services.issue(person_id=person_id, on=AT.date(), at=AT, occasion=f"bench-{number}")
        times[told].append(time.perf_counter() - began)
    feed.tell = tell
    return _middle(times[True]), _middle(times[False])


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(300):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return _middle(times)


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2] * 1000
