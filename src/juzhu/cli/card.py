"""`juzhu card`: the production files of cards, and what is wrong with any."""

import getpass
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running
from juzhu.ports.card_factory import FactoryUnavailableError
from juzhu.ports.clock import ClockUnavailableError

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def files(
    every: Annotated[bool, typer.Option("--all", help="Also those acknowledged whole.")] = False,
) -> None:
    """List the production files the factory has not acknowledged whole; exit 1 when there are."""
    env = running.prepared()
    with running.database(env):
        running.start_django(quiet=True)
        queries = import_module("juzhu.modules.cards.queries")
        found = queries.batches() if every else queries.open_batches()
    table = Table("file", "made", "cards", "open", "sent", "receipt")
    for batch in found:
        table.add_row(
            batch.number,
            f"{batch.made_at:%Y-%m-%d %H:%M}",
            str(batch.lines),
            str(batch.open_lines),
            str(batch.tries),
            batch.receipt or "none",
        )
    Console().print(table if found else "every file is acknowledged")
    if found and not every:
        raise typer.Exit(1)


@app.command()
def send() -> None:
    """Send the files that were not received, and take in the news, now instead of in seconds."""
    env = running.prepared()
    with running.database(env):
        running.start_django(quiet=True)
        journey = import_module("juzhu.journeys.cards")
        now = _now()
        journey.make_file(at=now)
        try:
            journey.send_files()
            journey.take_news()
        except FactoryUnavailableError as error:
            running.fail(f"the factory does not answer: {error}")
    Console().print("sent, and the news are taken in")


@app.command()
def again(
    number: Annotated[str, typer.Argument(help="Production number, KP…")],
) -> None:
    """Let a card be made again that failed five times."""
    env = running.prepared()
    with running.database(env):
        running.start_django(quiet=True)
        services = import_module("juzhu.modules.cards.services")
        contracts = import_module("juzhu.modules.cards.contracts")
        actor = f"operator:{getpass.getuser()}"
        try:
            done = services.try_again(number=number, actor=actor, at=_now())
        except contracts.CardNotFoundError:
            running.fail(f"there is no card {number}", code=2)
    Console().print("it goes into the next file" if done else "it waits for nobody")


def _now() -> Any:
    try:
        return import_module("juzhu.wiring").clock().now()
    except ClockUnavailableError as error:
        running.fail(f"the day is not known: {error}")
