"""`juzhu load FILE`: take over permits issued before this system."""

import gc
import os
import signal
import sys
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from datetime import datetime
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from juzhu.cli import running
from juzhu.config.processes import die_with_parent

if TYPE_CHECKING:
    from juzhu.journeys.legacy_file import Part, Surveyed
    from juzhu.modules.rounds.contracts import Tally

WRONG_ROWS = 2
_SHOWN = 20
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="UTF-8 CSV: id_number,name,phone,issued_on,endorsed_on")
    ],
    refused: Annotated[
        Path | None, typer.Option(help="Where rows with mistakes go; FILE.refused by default.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = os.cpu_count()
    or 1,
) -> None:
    """Take over the permits of FILE; rows with mistakes are left out (exit code 2).

    Killed at any point, the same command goes on where it stopped. Rows with mistakes are written
    to a file that only you may read, with line and reason.
    """
    env = running.prepared()
    with running.database(env):
        running.start_django()
        report = _load(file, processes)
    console = Console()
    console.print(f"taken over {report.taken:,}, already here {report.known:,}")
    if report.refused:
        into = refused or file.with_name(f"{file.name}.refused")
        import_module("juzhu.journeys.legacy_file").write_refused(file, report.refused, into)
        _show(console, report, into)
        raise SystemExit(WRONG_ROWS)


def _load(file: Path, processes: int) -> "Tally":
    files = import_module("juzhu.journeys.legacy_file")
    rounds = import_module("juzhu.modules.rounds.services")
    at = import_module("juzhu.wiring").clock().now()
    try:
        surveyed = files.survey(file)
    except OSError as error:
        running.fail(f"{file}: {error.strerror}", code=WRONG_ROWS)
    except files.LegacyFileError as error:
        running.fail(f"{file}: {error}", code=WRONG_ROWS)
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=at)
    if not rounds.hold_load(load_id):
        running.fail(f"{file} is being loaded by another process.")
    try:
        return _all_parts(file, surveyed, load_id=load_id, at=at, processes=processes)
    except BrokenExecutor:
        running.fail("a process was killed. Nothing is lost: the same command goes on from here.")


def _all_parts(
    file: Path, surveyed: "Surveyed", *, load_id: int, at: datetime, processes: int
) -> "Tally":
    done = import_module("juzhu.modules.rounds.queries").parts_done(load_id)
    total: Tally = import_module("juzhu.modules.rounds.contracts").Tally()
    waiting = [part for part in surveyed.parts if part.first_byte not in done]
    for tally in done.values():
        total.add(tally)
    with _progress() as progress:
        bar = progress.add_task(file.name, total=surveyed.lines - 1, completed=total.rows)
        for tally in _tallies(file, waiting, load_id, at, processes):
            total.add(tally)
            progress.update(bar, completed=total.rows)
    return total


def _tallies(file: Path, parts: "list[Part]", load_id: int, at: datetime, processes: int) -> Any:
    """Yield what became of each part as it is done, in any order."""
    work = import_module("juzhu.journeys.legacy").load_part
    if processes == 1 or len(parts) < 2:
        for part in parts:
            yield work(path=file, part=part, load_id=load_id, at=at)
        return
    pool = ProcessPoolExecutor(
        min(processes, len(parts)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    with pool:
        jobs: list[Future[Tally]] = [
            pool.submit(_part, path=file, part=part, load_id=load_id, at=at) for part in parts
        ]
        try:
            for job in as_completed(jobs):
                yield job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin(parent: int) -> None:
    """Make a new process ready; it ends with the command."""
    gc.disable()  # rows hold no cycles, and looking for some takes a sixth of the time
    die_with_parent(signal.SIGKILL, parent=parent)()
    running.start_django()


def _part(**arguments: Any) -> "Tally":
    tally: Tally = import_module("juzhu.journeys.legacy").load_part(**arguments)
    return tally


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _show(console: Console, report: "Tally", into: Path) -> None:
    table = Table("line", "what to mend", title=f"not loaded: {len(report.refused):,}")
    for line, reason in sorted(report.refused)[:_SHOWN]:
        table.add_row(str(line), reason)
    console.print(table)
    if len(report.refused) > _SHOWN:
        console.print(f"and {len(report.refused) - _SHOWN:,} more")
    console.print(f"All of them, with line and reason: {into}")
