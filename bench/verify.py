"""Verifications a second with token, receipt and ledger row, beside pgbench on the same statements.

The statements that pgbench runs are those the service sent a moment before for the same people,
recorded word for word; only the number of the receipt, which must be new, is made by the database.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple
from urllib.request import urlopen

from bench import callers

API: Final = "http://127.0.0.1:8662"
CODE: Final = "bench"
PURPOSE: Final = "school-enrolment"
ASKED: Final = 4096
"""So many people of the register are asked about, again and again, by us and by pgbench."""
CALLERS: Final = 64
BATCH: Final = 1000
BATCH_CALLERS: Final = 4
BATCHES: Final = 16
RATE: Final = 500.0


class Result(NamedTuple):
    """What was measured in one run on one machine."""

    filled: str
    single: callers.Result
    at_rate: callers.Result
    batch: callers.Result
    pgbench_single: float
    pgbench_batch: float
    pgbench_read_only: float
    ledger_rows: int


def run(*, permits: int, seconds: int = 10, workers: int = 2) -> Result:
    """Fill a register, then measure in turn: us, pgbench, with the same load on the machine."""
    with running(permits, workers) as (folder, filled):
        people = random.Random(7).sample(range(1, permits + 1), min(ASKED, permits))
        singles, batches = _bodies(folder, people)
        scripts, batch_scripts = _recorded(folder, people)
        _load(folder, "/api/v1/verifications", singles, CALLERS, 3)  # warm
        single = _load(folder, "/api/v1/verifications", singles, CALLERS, seconds)
        limit = _pgbench(scripts, CALLERS, seconds)
        at_rate = _load(folder, "/api/v1/verifications", singles, CALLERS, seconds, RATE)
        path = "/api/v1/verification-batches"
        batch = _load(folder, path, batches, BATCH_CALLERS, seconds)
        batch_limit = _pgbench(batch_scripts, BATCH_CALLERS, seconds)
        read_only = _pgbench([_read_only(folder, permits)], CALLERS, seconds, "prepared")
        return Result(filled, single, at_rate, batch, limit, batch_limit, read_only, _ledger_rows())


@contextmanager
def running(permits: int, workers: int) -> Iterator[tuple[Path, str]]:
    """Run a database with `permits` permits and the exchange; yield its folder and the cost."""
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        os.environ |= {
            "JUZHU_DATA_DIR": name,
            "JUZHU_CLOCK": "system",
            "JUZHU_API_LISTEN": API.removeprefix("http://"),
            "JUZHU_API_WORKERS": str(workers),
            "JUZHU_STATEMENT_TIMEOUT_MS": "0",
            "JUZHU_LOG_LEVEL": "WARNING",
        }
        from juzhu.cli import running as commands

        env = commands.prepared()
        with commands.database(env):
            _command("migrate", folder)
            commands.start_django()
            from bench import register
            from juzhu import wiring

            filled = register.fill(permits, on=wiring.clock().now().date())
            _register_partner()
            with _exchange(folder):
                yield folder, str(filled)


def _command(name: str, folder: Path) -> None:
    with (folder / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "juzhu.cli.main", name]
        if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
            raise RuntimeError((folder / f"{name}.log").read_text())


@contextmanager
def _exchange(folder: Path) -> Iterator[None]:
    with (folder / "api.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "juzhu.cli.main", "api"],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        limit = time.monotonic() + 30
        while time.monotonic() < limit and child.poll() is None:
            with suppress(OSError), urlopen(f"{API}/healthz", timeout=1):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError((folder / "api.log").read_text())
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def _register_partner() -> None:
    from datetime import date

    from juzhu import wiring
    from juzhu.modules.partners import services
    from juzhu.modules.partners.contracts import AnswerField, Grant, Scope

    at = wiring.clock().now()
    services.register(
        code=CODE,
        name="测速",
        contact="bench@sandbox.invalid",
        actor="system:bench",
        at=at,
        calls_per_minute=2_000_000_000,
    )
    grant = Grant(
        scope=Scope.SCHOOL_ENROLMENT,
        legal_basis="《深圳经济特区居住证条例》：持证人子女接受义务教育",
        fields=tuple(AnswerField),
        valid_from=date(2015, 6, 1),
        per_subject_per_day=1_000_000_000,
    )
    services.grant(code=CODE, grant=grant, actor="system:bench", at=at)


# --- the load ------------------------------------------------------------------------------------


def _bodies(folder: Path, people: list[int]) -> tuple[Path, Path]:
    from bench import register

    who = [{"id_number": register.id_number(i), "name": register.name(i)} for i in people]
    singles, batches = folder / "singles.jsonl", folder / "batches.jsonl"
    singles.write_text(_lines([{"purpose": PURPOSE} | it for it in who]))
    batches.write_text(_lines([{"purpose": PURPOSE, "people": it} for it in _thousands(who)]))
    return singles, batches


def _lines(values: list[dict[str, object]]) -> str:
    return "".join(json.dumps(it, ensure_ascii=False) + "\n" for it in values)


def _thousands(values: list) -> list[list]:
    draw = random.Random(11)
    return [draw.choices(values, k=BATCH) for _ in range(BATCHES)]


def _load(
    folder: Path, path: str, bodies: Path, connections: int, seconds: float, rate: float = 0.0
) -> callers.Result:
    from juzhu.api import tokens

    token = tokens.issue(code=CODE, scopes=[f"verify:{PURPOSE}"])
    host, port = API.removeprefix("http://").split(":")
    plan = {
        "host": host,
        "port": int(port),
        "path": path,
        "token": token,
        "bodies": str(bodies),
        "connections": connections,
        "seconds": seconds,
        "rate": rate,
    }
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    done = subprocess.run(
        [sys.executable, "-m", "bench.callers", str(file)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = callers.Result(*json.loads(done.stdout))
    if found.refused:
        raise RuntimeError(f"{found.refused} of {found.calls} calls were refused")
    return found


# --- the limit -----------------------------------------------------------------------------------


def _recorded(folder: Path, people: list[int]) -> tuple[list[Path], list[Path]]:
    """Return pgbench scripts with the statements that the service sends for these people."""
    singles = [statements([i]) for i in people]
    batches = [statements(it) for it in _thousands(people)]
    return _scripts(folder, "single", singles, 64), _scripts(folder, "batch", batches, BATCHES)


def _scripts(folder: Path, name: str, texts: list[str], files: int) -> list[Path]:
    found = []
    for n in range(files):
        file = folder / f"{name}-{n}.sql"
        file.write_text("".join(texts[n::files]))
        found.append(file)
    return found


def statements(people: list[int]) -> str:
    """Answer one call about these people and return what was sent to the database for it."""
    import hashlib

    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    from bench import register
    from juzhu.journeys import exchange
    from juzhu.journeys.exchange_answer import Shape
    from juzhu.modules.partners import queries
    from juzhu.modules.partners.contracts import Scope

    partner = queries.partner(CODE)
    asker = exchange.Asker(
        partner_id=partner.id,
        actor=f"partner:{CODE}",
        purpose=exchange.Purpose(PURPOSE),
        basis=partner.grants[Scope.SCHOOL_ENROLMENT].legal_basis,
        fields=("status", "valid_through", "continuous_since", "held_periods", "first_issued_on"),
        per_subject_per_day=1_000_000_000,
    )
    who = [exchange.Identity(register.id_number(i), register.name(i)) for i in people]
    shape = Shape.SINGLE if len(people) == 1 else Shape.BATCH
    question = exchange.Question(asker, who, hashlib.sha256(b"bench").digest(), shape)
    queries.pseudonym_key(partner.id)
    reset_queries()  # the log of statements ends at nine thousand
    with CaptureQueriesContext(connection) as sent:
        exchange.answer([question])
    return "".join(f"{_plain(it['sql'])};\n" for it in sent.captured_queries)


def _plain(sql: str) -> str:
    line = " ".join(sql.split())
    if "INTO verifications_receipt" not in line:
        return line
    line, found = re.subn(r"'\{[0-9a-f]{32}\}'::uuid", "ARRAY[uuidv7()]::uuid", line)
    assert found == 1, line
    return line


def _read_only(folder: Path, permits: int) -> Path:
    file = folder / "read-only.sql"
    file.write_text(
        f"\\set person random(1, {permits})\n"
        "SELECT person.name, act.kind, act.effective_on FROM people_person person"
        " JOIN permits_permit permit ON permit.person_id = person.id"
        " JOIN permits_permitaction act ON act.permit_id = permit.id WHERE person.id = :person;\n"
    )
    return file


def _pgbench(scripts: list[Path], clients: int, seconds: int, protocol: str = "simple") -> float:
    """Return transactions a second."""
    from django.conf import settings

    from juzhu.config.postgres_programs import binaries

    a_script = scripts[0].read_text().count("COMMIT;") or 1
    done = subprocess.run(
        [
            str(binaries() / "pgbench"),
            *("--no-vacuum", "--time", str(seconds), "--protocol", protocol),
            *("--client", str(clients), "--jobs", "2"),
            *(f"--file={script}" for script in scripts),
            settings.JUZHU.database_url,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    failed = "number of failed transactions: 0 " not in done.stdout
    if done.returncode or found is None or failed:
        raise RuntimeError(f"pgbench: {done.stdout[:2000]}{done.stderr[:2000]}")
    return float(found[1]) * a_script


def _ledger_rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")
        return int(cursor.fetchone()[0])
