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
from typing import Any, Final, NamedTuple

import psycopg
from django.db import connection

from bench import register
from bench.lives import draw_lives

ON: Final = date(2026, 11, 24)
LIVES: Final = 50_000
TABLES: Final = ("people_person", "permits_permit", "permits_permitaction", "audit_entry")


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        rows: in the file.
        rows_a_second: from the command to its end, survey and building of indexes included.
        copy_a_second: limit: COPY of what was written, indexes and foreign keys on, one process.
        bare_a_second: limit: COPY without, everything built at the end, one process.
        ours_us: processor time of our processes for each row, in millionths of a second.
        database_us: the same of the database's.
        peak_mib: most memory of the largest process.
        disk_bytes: what the tables take.

    """

    rows: int
    rows_a_second: float
    copy_a_second: float
    bare_a_second: float
    ours_us: float
    database_us: float
    peak_mib: float
    disk_bytes: int

    @property
    def times_the_limit(self) -> float:
        """How many times as long as COPY with everything on."""
        return self.copy_a_second / self.rows_a_second

    @property
    def times_bare(self) -> float:
        """How many times as long as COPY with everything built at the end."""
        return self.bare_a_second / self.rows_a_second


def run(*, rows: int, processes: int) -> Result:
    """Measure in a folder of its own, which is removed."""
    with database() as folder:
        file = folder / "legacy.csv"
        _write_file(file, rows)
        before, ours = _database_seconds(folder), _our_seconds()
        started = time.perf_counter()
        command = [sys.executable, "-m", "juzhu.cli.main", "load", str(file)]
        subprocess.run([*command, "--processes", str(processes)], check=True)
        took = time.perf_counter() - started
        database_us = (_database_seconds(folder) - before) / rows * 1e6
        ours_us = (_our_seconds() - ours) / rows * 1e6
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = _written_out(folder, rows)
        limit, bare = (_copied_again(folder, rows, bare=bare) for bare in (False, True))
    return Result(rows, rows / took, limit, bare, ours_us, database_us, peak, size)


def _our_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _database_seconds(folder: Path) -> float:
    """Return what the database's processes that have ended used of the processors."""
    (pid_file,) = folder.glob("postgres/*/postmaster.pid")
    pid = pid_file.read_text().split("\n", 1)[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


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


def _written_out(folder: Path, rows: int) -> int:
    """Write all tables out; return the bytes they take."""
    with _connected() as link:
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
        return int(size[0])


def _copied_again(folder: Path, rows: int, *, bare: bool) -> float:
    """Empty the tables and COPY all in, with or `bare` of indexes meanwhile: rows a second."""
    from juzhu import wiring
    from juzhu.journeys import legacy_alone
    from juzhu.modules.rounds import closing
    from juzhu.modules.rounds.models import Load

    with _connected() as link:
        link.execute("SET session_replication_role = replica")
        link.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        link.execute("RESET session_replication_role; CHECKPOINT")
        load = Load.objects.create(file_digest=b"b" * 32, begun_at=wiring.clock().now())
        started, register = time.perf_counter(), None
        if bare:
            register = closing.close(load.pk, tables=TABLES[:3], rows=0, at=load.begun_at)
            link.execute("SELECT set_config('juzhu.load', %s, false)", [str(load.pk)])
        for table in TABLES:
            into = f"COPY {table} ({_columns(link, table)}) FROM STDIN"
            with (folder / table).open("rb") as given, link.cursor().copy(into) as copy:
                while block := given.read(1 << 16):
                    copy.write(block)
        if register is not None:
            for _ in legacy_alone.open_again(register, processes=1, at=load.begun_at):
                pass
        took = time.perf_counter() - started
        if register is None:
            load.delete()
        return rows / took


def _connected() -> "psycopg.Connection[Any]":
    link = psycopg.connect(**register.conninfo(connection.settings_dict), autocommit=True)
    link.execute("SET statement_timeout = 0")
    return link


def _columns(link: object, table: str) -> str:
    found = link.execute(  # type: ignore[attr-defined]
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    ).fetchone()
    return str(found[0])
