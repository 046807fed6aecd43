"""`juzhu load FILE`: take over permits issued before this system."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running

WRONG_ROWS = 2
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="UTF-8 CSV: id_number,name,phone,issued_on,endorsed_on")
    ],
) -> None:
    """Take over the permits of FILE; rows with mistakes are listed and left out (exit code 2)."""
    env = running.prepared()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        running.fail(f"{file}: {error.strerror}", code=WRONG_ROWS)
    except UnicodeDecodeError:
        running.fail(f"{file} is not UTF-8: save it as UTF-8 and load it again", code=WRONG_ROWS)
    with running.database(env):
        running.start_django()
        legacy = import_module("juzhu.journeys.legacy")
        wiring = import_module("juzhu.wiring")
        try:
            report = legacy.load(lines, at=wiring.clock().now())
        except legacy.LegacyFileError as error:
            running.fail(f"{file}: {error}", code=WRONG_ROWS)
    console = Console()
    console.print(f"taken over {report.loaded}, already here {report.known}")
    if report.refused:
        table = Table("line", "what to mend", title=f"not loaded: {len(report.refused)}")
        for row in report.refused:
            table.add_row(str(row.line), row.reason)
        console.print(table)
        raise SystemExit(WRONG_ROWS)
