"""One night over the whole register by `juzhu roll`, beside the same night in bare SQL."""

import resource
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import register
from bench.load import database

BUSY: Final = 0.02
"""200,000 of ten million have something due: a busy day, seven times an ordinary one."""

_MESSAGES: Final = """
INSERT INTO notices_message (written_at, person_id, occasion, edition, subject, permit_number,
    "values", due_on, deadline, delivery)
SELECT now(), p.person_id, mark.name, 1, p.number || ':' || p.suspended_from, p.number,
    jsonb_build_object('valid_through', p.suspended_from - 1, 'suspended_from', p.suspended_from,
        'last_day', p.ends_on - 1, 'cancelled_on', p.ends_on), mark.day, p.suspended_from, 'queued'
FROM unnest(%s::text[], %s::date[], %s::date[]) AS mark (name, value, day)
JOIN permits_permit p ON p.{column} = mark.value
WHERE p.known_since < mark.day AND p.ends_on {still} mark.day
ON CONFLICT DO NOTHING
"""
_EVENTS: Final = """
WITH due AS (
    SELECT id, person_id, suspended_from, ends_on, coalesce(told_through, known_since) AS told
    FROM permits_permit WHERE turns_on <= %(on)s
), marked AS (
    UPDATE permits_permit SET told_through = %(on)s FROM due WHERE permits_permit.id = due.id
)
INSERT INTO permits_event (permit_id, person_id, recorded_at, kind, undoes, effective_on)
SELECT due.id, person_id, now(), kind, '', day FROM due CROSS JOIN LATERAL
    (VALUES ('suspended', suspended_from), ('cancelled', ends_on)) AS turn (kind, day)
WHERE day > told AND day <= %(on)s AND (kind = 'cancelled' OR ends_on IS NULL OR day < ends_on)
"""
_NUMBER: Final = """
UPDATE permits_event e SET position = n.place, numbered_at = clock_timestamp()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM permits_event
      WHERE position IS NULL) n WHERE n.id = e.id
"""
_AHEAD: Final = """
SELECT window_opens, suspended_from, ends_on, count(*) FROM permits_permit WHERE ends_on > %(on)s
GROUP BY GROUPING SETS ((window_opens), (suspended_from), (ends_on))
"""


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        filled: the register.
        seconds: from the command to its end, start of its processes included.
        again_seconds: the same command again, with nothing left to do: mostly that start.
        floor_seconds: limit: messages, events, their places and the count ahead by bare SQL.
        messages: written.
        events: lapses and ends recorded.
        peak_mib: most memory of the largest of our processes.
        backend_mib: most memory of its own (without what it shares) of a database process.

    """

    filled: register.Filled
    seconds: float
    again_seconds: float
    floor_seconds: float
    messages: int
    events: int
    peak_mib: float
    backend_mib: float

    @property
    def times_the_limit(self) -> float:
        """How many times as long as bare SQL, the start of processes taken off."""
        return (self.seconds - self.again_seconds) / self.floor_seconds


def run(*, permits: int, processes: int) -> Result:
    """Measure in a folder of its own, which is removed."""
    with database():
        import psycopg
        from django.conf import settings

        from juzhu import wiring

        now = wiring.clock().now()
        filled = register.fill(permits, on=now.date(), busy=BUSY)
        _note_last_night(now, permits)
        with psycopg.connect(settings.JUZHU.database_url, autocommit=True) as link:
            floor, expected = _floor(link, now)
            _fresh(link)
            with _Backends() as backends:
                seconds = _command(processes)
            messages, events = _written(link)
            if abs(messages - expected) > max(20, expected / 100):  # acts of the last hours differ
                raise RuntimeError(f"{messages} messages, but bare SQL wrote {expected}")
            again = _command(processes)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Result(filled, seconds, again, floor, messages, events, peak, backends.peak_mib)


def _note_last_night(now: datetime, permits: int) -> None:
    """Say that the round was done last night, as every night."""
    from juzhu.modules.rounds.models import Night

    last = now - timedelta(days=1)
    Night.objects.create(
        first_day=last.date(),
        through=last.date(),
        since=last - timedelta(days=1),
        at=last.replace(hour=0, minute=5),
        after_id=permits,
        last_id=permits,
        finished_at=last,
    )
    Night.objects.create(
        first_day=last.date() + timedelta(days=1),
        through=last.date(),
        since=last,
        at=last.replace(hour=23, minute=0),
        after_id=permits,
        last_id=permits,
        finished_at=last,
    )


def _floor(link: Any, now: datetime) -> tuple[float, int]:
    """Do the night in bare SQL by one connection, and take it back; return seconds, messages.

    Twice, so that the pages are in memory as by day; and after a checkpoint as the round itself,
    because the first touch of a page then costs its whole image in the log.
    """
    took, messages = 0.0, 0
    for _ in range(2):
        _fresh(link)
        started = time.perf_counter()
        with link.transaction(force_rollback=True):
            messages = _bare_night(link, now)
        link.execute("SELECT pg_logical_emit_message(true, 'bench', 'to the disk')")
        took = time.perf_counter() - started
    return took, messages


def _fresh(link: Any) -> None:
    for table in ("permits_permit", "notices_message", "permits_event"):
        link.execute(f"VACUUM ANALYZE {table}")
    link.execute("CHECKPOINT")


def _bare_night(link: Any, now: datetime) -> int:
    from juzhu.journeys.roll.ladder import marks

    link.execute("SET LOCAL statement_timeout = 0")
    messages = 0
    for column, wanted in marks([now.date()]).items():
        sql = _MESSAGES.format(column=column, still=">=" if column == "ends_on" else ">")
        names, values = [mark.name for mark in wanted], [mark.value for mark in wanted]
        messages += link.execute(sql, [names, values, [mark.day for mark in wanted]]).rowcount
    link.execute(_EVENTS, {"on": now.date()})
    link.execute(_NUMBER)
    link.execute(_AHEAD, {"on": now.date()}).fetchall()
    return messages


def _command(processes: int) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "juzhu.cli.main", "roll", "--processes", str(processes)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _written(link: Any) -> tuple[int, int]:
    return tuple(  # type: ignore[return-value]
        link.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("notices_message", "permits_event")
    )


class _Backends:
    """Watches how much memory of its own each database process takes."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Backends":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            for folder in Path("/proc").glob("[0-9]*"):
                self.peak_mib = max(self.peak_mib, _own_mib(folder))


def _own_mib(folder: Path) -> float:
    try:
        if not (folder / "cmdline").read_bytes().startswith(b"postgres: juzhu"):
            return 0.0
        lines = (folder / "status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line for line in lines if line.startswith("RssAnon")]
    return int(found[0].split()[1]) / 1024 if found else 0.0
