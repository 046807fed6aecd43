"""`juzhu load FILE`: take over permits issued before this system."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from datetime import datetime
from functools import partial
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
    from juzhu.journeys.legacy_file import Surveyed
    from juzhu.modules.rounds.contracts import ClosingView, Tally

WRONG_ROWS = 2
PATIENCE_SECONDS = 120.0
_SHOWN = 20
_FEW = 10_000
"""Rows that are taken over in less time than other processes need to start."""
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def load(
    file: Annotated[
        Path | None, typer.Argument(help="UTF-8 CSV: id_number,name,phone,issued_on,endorsed_on")
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Where rows with mistakes go; FILE.refused by default.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = os.cpu_count()
    or 1,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Open the register as it is; FILE may be lost.")
    ] = False,
) -> None:
    """Take over the permits of FILE; rows with mistakes are left out (exit code 2).

    Killed at any point, the same command goes on where it stopped. Rows with mistakes are written
    to a file that only you may read, with line and reason. A long file into an empty register is
    taken over fast and alone: nobody else can write the register until it ends.
    """
    if (file is None) != give_up:
        running.fail("name a FILE, or give --give-up alone", code=WRONG_ROWS)
    env = running.prepared()
    with running.database(env):
        running.start_django()
        if file is None:
            _give_up(processes)
            return
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
    load_id = _patience().with_(partial(rounds.begin_load, file_digest=surveyed.digest, at=at))
    _hold(load_id)
    try:
        return _all_parts(file, surveyed, load_id=load_id, at=at, processes=processes)
    except BrokenExecutor:
        running.fail("a process was killed. Nothing is lost: the same command goes on from here.")


def _hold(load_id: int) -> None:
    hold = import_module("juzhu.modules.rounds.services").hold_load
    if not _patience().with_(partial(hold, load_id)):
        running.fail("the file is being loaded by another process.")


def _give_up(processes: int) -> None:
    """Open a register that a load has closed, without the rest of its file."""
    register = import_module("juzhu.modules.rounds.closing").closed()
    if register is None:
        print("the register is open")
        return
    _hold(register.load_id)
    now = import_module("juzhu.wiring").clock().now()
    with _progress() as progress:
        _open(register, processes, progress, now)
    print("the register is open; the file's other rows can still be loaded")


def _all_parts(
    file: Path, surveyed: "Surveyed", *, load_id: int, at: datetime, processes: int
) -> "Tally":
    """Take over what is not done yet: all parts, then the lines that were set aside."""
    known = {"path": file, "at": at}
    total: Tally = import_module("juzhu.modules.rounds.contracts").Tally()
    done = _done(load_id)
    for tally in done.values():
        total.add(tally)
    waiting = [part for part in surveyed.parts if part.first_byte not in done]
    register = _patience().with_(partial(_register, load_id, surveyed, is_begun=bool(done), at=at))
    with _progress() as progress:
        bar = progress.add_task(file.name, total=surveyed.lines - 1, completed=total.rows)

        def work(journey: str, tasks: list[dict[str, Any]], processes: int = processes) -> None:
            for tally in _tallies(journey, [known | task for task in tasks], processes):
                total.add(tally)
                progress.update(bar, completed=total.rows)

        if register is None:
            work("legacy.load_part", [{"part": part, "load_id": load_id} for part in waiting])
        else:
            alone = [{"part": part, "register": register} for part in waiting]
            work("legacy_alone.fill_part", alone)
            _open(register, processes, progress, at)
        done = _done(load_id)
        aside = [
            {"part": part, "lines": done[part.first_byte].aside, "load_id": load_id}
            for part in surveyed.parts
            if done[part.first_byte].aside
        ]
        few = sum(len(done[part.first_byte].aside) for part in surveyed.parts) < _FEW
        work("legacy.load_aside", aside, 1 if few else processes)
    total = import_module("juzhu.modules.rounds.contracts").Tally()
    for tally in _done(load_id).values():
        total.add(tally)
    return total


def _done(load_id: int) -> "dict[int, Tally]":
    found: dict[int, Tally] = _patience().with_(
        partial(import_module("juzhu.modules.rounds.queries").parts_done, load_id)
    )
    return found


def _register(
    load_id: int, surveyed: "Surveyed", *, is_begun: bool, at: datetime
) -> "ClosingView | None":
    """Return the register if this load has closed it, or closes it now."""
    closed: ClosingView | None = import_module("juzhu.modules.rounds.closing").closed()
    if closed is not None and closed.load_id != load_id:
        running.fail(
            "the register is closed for another file. Load that one again, or open the register"
            " as it is with `juzhu load --give-up`."
        )
    if closed is not None or is_begun:
        return closed
    alone = import_module("juzhu.journeys.legacy_alone")
    found: ClosingView | None = alone.close(load_id=load_id, lines=surveyed.lines, at=at)
    return found


def _open(register: "ClosingView", processes: int, progress: Progress, at: datetime) -> None:
    alone = import_module("juzhu.journeys.legacy_alone")
    bar = progress.add_task("", total=None)

    def build() -> None:
        _hold(register.load_id)  # again, if the connection that held it is gone
        for doing in alone.open_again(register, processes=processes, at=at):
            progress.update(bar, description=doing)

    _patience().with_(build)
    progress.remove_task(bar)


def _tallies(journey: str, tasks: list[dict[str, Any]], processes: int) -> "Iterator[Tally]":
    """Yield what became of each task as it is done, in any order."""
    if processes == 1 or len(tasks) < 2:
        for task in tasks:
            yield _one(journey, task)
        return
    pool = ProcessPoolExecutor(
        min(processes, len(tasks)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    with pool:
        jobs: list[Future[Tally]] = [pool.submit(_one, journey, task) for task in tasks]
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


def _one(journey: str, task: dict[str, Any]) -> "Tally":
    module, name = journey.split(".")
    work = partial(getattr(import_module(f"juzhu.journeys.{module}"), name), **task)
    tally: Tally = _patience().with_(work)
    return tally


def _patience() -> Any:
    return import_module("juzhu.journeys.patience").Patience(PATIENCE_SECONDS)


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
