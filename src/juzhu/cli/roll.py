"""`juzhu roll`: do the daily round now."""

from datetime import date, datetime
from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from juzhu.cli import running

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def roll(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Civil day.")] = None,
) -> None:
    """Tell people what the calendar has made true: windows, lapses, ends, asked reminders.

    Safe to repeat at any time; states never wait for it. A day still to come is refused.
    """
    env = running.prepared()
    with running.database(env):
        running.start_django()
        now = import_module("juzhu.wiring").clock().now()
        day: date = on.date() if on else now.date()
        if day > now.date():
            running.fail(f"--on {day} lies after today, {now.date()}", code=2)
        done = import_module("juzhu.journeys.roll").run(on=day, at=now)
    Console().print(f"{day}: " + ", ".join(f"{name} {count}" for name, count in done.items()))
