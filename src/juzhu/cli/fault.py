"""`juzhu fault`: record that something was down, so that nobody loses a window by it."""

import getpass
from datetime import date
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running
from juzhu.cli.days import DAY
from juzhu.ports.clock import ClockUnavailableError

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def record(
    part: Annotated[
        str, typer.Argument(help="service, or a register: insurance, registrations, hukou, …")
    ],
    first: Annotated[date, typer.Option("--from", help="First day.", **DAY)],
    last: Annotated[date, typer.Option("--to", help="Last day, inclusive.", **DAY)],
    reason: Annotated[str, typer.Option(help="In words that a holder reads.")],
) -> None:
    """Record a fault that is over; windows in their last days are extended by a job.

    Repeating it changes nothing.
    """
    contracts = import_module("juzhu.modules.faults.contracts")
    try:
        which = contracts.Part(part)
    except ValueError:
        known = ", ".join(contracts.Part)
        running.fail(f"there is no part {part!r}; one of: {known}", code=2)
    env = running.prepared()
    with running.database(env):
        running.start_django(quiet=True)
        services = import_module("juzhu.modules.faults.services")
        try:
            number = services.record(
                part=which,
                first=first,
                last=last,
                reason=reason,
                recorded_by=getpass.getuser(),
                at=import_module("juzhu.wiring").clock().now(),
            )
        except ValueError as error:
            running.fail(str(error), code=2)
        except ClockUnavailableError as error:
            running.fail(f"the day is not known: {error}")
    Console().print(f"fault {number} is on record; a worker extends the windows it touched")


@app.command("list")
def list_faults() -> None:
    """Show the latest faults."""
    env = running.prepared()
    table = Table("number", "part", "from", "to", "reason", "recorded by")
    with running.database(env):
        running.start_django()
        for one in import_module("juzhu.modules.faults.queries").faults():
            days = (str(one.first), str(one.last))
            table.add_row(str(one.number), one.part, *days, one.reason, one.recorded_by)
    Console().print(table)
