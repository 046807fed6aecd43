"""Cases a second from the button to the permit in force, beside the same SQL without us."""

import asyncio
import re
from pathlib import Path
from typing import Final, NamedTuple

from bench import trial
from bench.pgbench import transactions_a_second

SCRIPT: Final = Path(__file__).with_name("decide.sql")
DEPARTMENT_MS: Final = 5
CLIENTS: Final = 16
RATE: Final = 20.0


class Result(NamedTuple):
    """What was measured in one run on one machine."""

    cases_a_second: float
    p50_ms: float
    p99_ms: float
    p50_at_rate_ms: float
    p99_at_rate_ms: float
    limit_a_second: float

    @property
    def ratio(self) -> float:
        """Share of the database's own speed on the same statements."""
        return self.cases_a_second / self.limit_a_second


def run(*, cases: int = 1500, rate_seconds: int = 15, worker: bool = True) -> Result:
    """Measure; `worker` also delivers the messages meanwhile, on the same processors."""
    with trial.running(latency_ms=DEPARTMENT_MS, worker=worker) as folder:
        warm = 60
        people = trial.applicants(warm + cases + int(RATE * rate_seconds))
        asyncio.run(trial.as_fast_as_possible(people[:warm], CLIENTS))
        fast, times = asyncio.run(trial.as_fast_as_possible(people[warm : warm + cases], CLIENTS))
        steady = asyncio.run(trial.at_a_rate(people[warm + cases :], RATE))
        _all_in_force(len(people))
        limit = _pgbench(folder)
    return Result(fast, *_percentiles(times), *_percentiles(steady), limit)


def _percentiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000


def _all_in_force(expected: int) -> None:
    """Refuse to report a speed for something that did not happen."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM permits_permit")
        found = cursor.fetchone()[0]
    if found != expected:
        raise RuntimeError(f"{expected} applications but {found} permits")


def _pgbench(folder: Path, *, seconds: int = 10) -> float:
    """Run the same statements, values of the same size, with as many clients; return cases/s."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person"
            " (id_digest, id_number, name, phone, phone_digest, created_at)"
            " SELECT sha256(('bench' || n)::bytea), p.id_number, p.name, p.phone, p.phone_digest,"
            " p.created_at"
            " FROM generate_series(1, 60000) n, (SELECT * FROM people_person LIMIT 1) p"
            " RETURNING id"
        )
        first = min(row[0] for row in cursor.fetchall())
        cursor.execute(f"CREATE SEQUENCE bench_person START {first}")
        script = folder / "decide.sql"
        script.write_text(_rendered(cursor))
    return transactions_a_second(script, clients=CLIENTS, seconds=seconds)


def _rendered(cursor: object) -> str:
    """Fill the script with the values of a real case, so that as many bytes travel."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT c.id, c.phone, d.findings::text, d.facts, d.digest, m.values::text"
        " FROM cases_case c JOIN cases_decision d ON d.case_id = c.id JOIN notices_message m"
        " ON m.case_number = c.number ORDER BY c.id DESC LIMIT 1"
    )
    case_id, phone, findings, facts, digest, values = cursor.fetchone()  # type: ignore[attr-defined]
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT source, took_ms, receipt, body FROM evidence_answer WHERE case_id = %s", [case_id]
    )
    rows = ", ".join(
        f"(:case_id, 1, '{source}', 'answered', '2026-11-24 12:00:00+08', {took}, '{receipt}',"
        f" '{_bytes(body)}')"
        for source, took, receipt, body in cursor.fetchall()  # type: ignore[attr-defined]
    )
    filled = {
        "phone": _bytes(phone),
        "digest": _bytes(digest),
        "facts": _bytes(facts),
        "findings": findings.replace("'", "''"),
        "values": values.replace("'", "''"),
        "evidence": rows,
    }
    return re.sub(r"\{(\w+)\}", lambda name: filled[name[1]], SCRIPT.read_text())


def _bytes(value: bytes) -> str:
    return "\\x" + bytes(value).hex()
