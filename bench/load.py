"""Rows a second that `juzhu load` takes over, beside COPY of the same rows into the same tables."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from bench import register
from bench.lives import draw_lives

ON: Final = date(2026, 11, 24)
LIVES: Final = 50_000
TABLES: Final = ("people_person", "permits_permit", "permits_permitaction", "audit_entry")


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        rows: in the file.
        rows_a_second: from the command to its end, survey included.
        copy_a_second: limit: COPY of what was written, indexes and foreign keys on, one process.
        peak_mib: most memory of the largest process.
        disk_bytes: what the tables take.

    """

    rows: int
    rows_a_second: float
    copy_a_second: float
    peak_mib: float
    disk_bytes: int

    @property
    def times_the_limit(self) -> float:
        """How many times as long as COPY alone."""
        return self.copy_a_second / self.rows_a_second


def run(*, rows: int, processes: int) -> Result:
    """Measure in a folder of its own, which is removed."""
    with database() as folder:
        file = folder / "legacy.csv"
        _write_file(file, rows)
        started = time.perf_counter()
        command = [sys.executable, "-m", "juzhu.cli.main", "load", str(file)]
        subprocess.run([*command, "--processes", str(processes)], check=True)
        took = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        limit, size = _copied_again(folder, rows)
    return Result(rows, rows / took, limit, peak, size)


@contextmanager
def database() -> Iterator[Path]:
    """Run a database of its own with all tables, Django ready; yield its folder."""
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        os.environ |= {
            "JUZHU_DATA_DIR": name,
            "JUZHU_CLOCK": "system",
            "JUZHU_STATEMENT_TIMEOUT_MS": "0",
            "JUZHU_LOG_LEVEL": "WARNING",
        }
        from juzhu.cli import running

        env = running.prepared()
        with running.database(env):
            running.start_django()
            from django.core.management import call_command

            call_command("migrate", interactive=False, verbosity=0)
            yield folder


def _write_file(path: Path, rows: int) -> None:
    lives = draw_lives(min(rows, LIVES), on=ON, busy=0.0, seed="load")
    days = [
        f"{life.issued_on},{';'.join(str(action.on) for action in life.actions[1:])}\n"
        for life in lives
    ]
    with path.open("w", encoding="utf-8") as out:
        out.write("id_number,name,phone,issued_on,endorsed_on\n")
        for i in range(1, rows + 1):
            who = f"{register.id_number(i)},{register.name(i)},{register.phone(i)}"
            out.write(f"{who},{days[i % len(days)]}")


def _copied_again(folder: Path, rows: int) -> tuple[float, int]:
    """Write everything out, empty the tables, and COPY it in: return rows a second, bytes."""
    import psycopg
    from django.db import connection

    with psycopg.connect(**register.conninfo(connection.settings_dict), autocommit=True) as link:
        link.execute("SET statement_timeout = 0")
        found = link.execute("SELECT count(*) FROM permits_permit").fetchone()
        if found is None or found[0] != rows:
            raise RuntimeError(f"{rows} rows but {found} permits")
        size = link.execute(
            "SELECT sum(pg_total_relation_size(t::regclass))::bigint FROM unnest(%s::text[]) t",
            [list(TABLES)],
        ).fetchone()
        for table in TABLES:
            columns = _columns(link, table)
            with (folder / table).open("wb") as out, link.cursor() as cursor:
                copy = cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT")
                with copy as blocks:
                    out.writelines(blocks)
        link.execute("SET session_replication_role = replica")
        link.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        link.execute("RESET session_replication_role; CHECKPOINT")
        started = time.perf_counter()
        for table in TABLES:
            into = f"COPY {table} ({_columns(link, table)}) FROM STDIN"
            with (folder / table).open("rb") as given, link.cursor().copy(into) as copy:
                while block := given.read(1 << 16):
                    copy.write(block)
        return rows / (time.perf_counter() - started), size[0] if size else 0


def _columns(link: object, table: str) -> str:
    found = link.execute(  # type: ignore[attr-defined]
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    ).fetchone()
    return str(found[0])
