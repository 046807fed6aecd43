"""`juzhu roll`: do the daily round now."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from juzhu.cli import running
from juzhu.cli.days import DAY
from juzhu.config.processes import die_with_parent

if TYPE_CHECKING:
    from juzhu.modules.rounds.contracts import Progress as HowFar

PATIENCE_SECONDS = 120.0
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def roll(
    on: Annotated[date | None, typer.Option(help="Civil day.", **DAY)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, write nothing.")] = False,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = os.cpu_count()
    or 1,
) -> None:
    """Tell people what the calendar has made true: windows, lapses, ends, asked reminders.

    Does every day that was missed, with the legal day on all it writes. Safe to repeat, to kill and
    to run twice at once; states never wait for it. A day still to come is refused.
    """
    env = running.prepared()
    with running.database(env):
        running.start_django()
        now = import_module("juzhu.wiring").clock().now()
        day: date = on or now.date()
        if day > now.date():
            running.fail(f"--on {day} lies after today, {now.date()}", code=2)
        journey = import_module("juzhu.journeys.roll")
        if dry_run:
            _show(f"{day}: would find", journey.expected(on=day, at=now))
            return
        with _watch() as watch, _helpers(processes - 1, now):
            done = journey.run(on=day, at=now, patience_seconds=PATIENCE_SECONDS, watch=watch)
    _show(f"{day}: done", done)


@contextmanager
def _watch() -> Iterator[Any]:
    """Yield what shows in a terminal how far the round has got."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(
        *columns, console=Console(stderr=True), disable=not sys.stderr.isatty()
    ) as progress:
        bar = progress.add_task("round", total=None)

        def show(how_far: "HowFar") -> None:
            told = how_far.counts.get("messages", 0)
            progress.update(
                bar, total=how_far.of, completed=how_far.done, description=f"{told:,} messages"
            )

        yield show


@contextmanager
def _helpers(count: int, now: datetime) -> Iterator[None]:
    """Have `count` more processes do stretches meanwhile."""
    context = get_context("spawn")
    children = [
        context.Process(target=_help, args=(os.getpid(), now), daemon=True) for _ in range(count)
    ]
    for child in children:
        child.start()
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.join()


def _help(parent: int, now: datetime) -> None:
    die_with_parent(signal.SIGKILL, parent=parent)()
    gc.disable()  # rows hold no cycles
    running.start_django()
    import_module("juzhu.journeys.roll").help_until_told(at=now, patience_seconds=PATIENCE_SECONDS)


def _show(title: str, counts: dict[str, int]) -> None:
    table = Table("", "count", title=title, title_justify="left")
    for name, count in counts.items():
        table.add_row(name.replace("_", " "), f"{count:,}")
    Console().print(table)
