"""The `juzhu` command. Each sub-command is imported only when it is asked for."""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Final

import typer

_WRONG_USE: Final = 2


@dataclass(frozen=True, slots=True)
class Command:
    """Where a sub-command lives and what it does in one line.

    Attributes:
        module: imported when the command is asked for.
        name: a `typer.Typer` in it, or the function itself.
        summary: the line in the list; empty hides the command.

    """

    module: str
    name: str
    summary: str


COMMANDS: Final = {
    "up": Command("juzhu.cli.up", "up", "Run everything on this machine; Ctrl-C stops it."),
    "web": Command("juzhu.cli.serve", "web", "Serve the pages."),
    "api": Command("juzhu.cli.serve", "api", "Serve the departments' exchange."),
    "counter": Command("juzhu.cli.serve", "counter", "Serve the staff pages."),
    "worker": Command("juzhu.cli.serve", "worker", "Run the jobs."),
    "city": Command("juzhu.cli.serve", "city", "Run the sandbox city: departments, phones, clock."),
    "migrate": Command("juzhu.cli.serve", "migrate", "Bring the database to this version."),
    "load-trial": Command("juzhu.cli.trial", "load", ""),
    "law": Command("juzhu.cli.law", "app", "Ask the law: days of a permit, outcome of a case."),
    "roll": Command("juzhu.cli.roll", "app", "Do the daily round: reminders, lapses."),
    "load": Command("juzhu.cli.load", "app", "Take over permits from a CSV file."),
    "staff": Command("juzhu.cli.staff", "app", "Look after the accounts of the staff."),
    "partner": Command("juzhu.cli.partner", "app", "Look after departments at the exchange."),
    "fault": Command("juzhu.cli.fault", "app", "Record a fault; windows it touched are extended."),
    "card": Command("juzhu.cli.card", "app", "Look after the making of cards."),
    "sheet": Command("juzhu.cli.sheet", "app", "Check sheets, make many; look after their keys."),
    "audit": Command("juzhu.cli.audit", "app", "Check the ledger; seal it, export its seals."),
    "notices": Command("juzhu.cli.notices", "app", "Print what people are told by SMS."),
    "face": Command("juzhu.cli.face", "app", "Run the local face check; calibrate it."),
    "wechat": Command("juzhu.cli.wechat", "app", "Look after the WeChat official account."),
    "payment": Command("juzhu.cli.payment", "app", "Look at payments; compare bills; refund."),
    "bench": Command("juzhu.cli.bench", "app", "Measure."),
    "doctor": Command("juzhu.cli.doctor", "doctor", "Check this deployment."),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sub-command that the first argument names."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows "?" instead
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        print(_overview())
        return
    if given[0] == "--version":
        print(f"juzhu {version('juzhu')}")
        return
    command = _available().get(given[0])
    if command is None:
        print(_unknown(given[0]), file=sys.stderr)
        raise SystemExit(_WRONG_USE)
    _application(command)(args=given[1:], prog_name=f"juzhu {given[0]}")


def _application(command: Command) -> typer.Typer:
    found = getattr(import_module(command.module), command.name)
    if isinstance(found, typer.Typer):
        return found
    application = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    application.command()(found)
    return application


def _available() -> dict[str, Command]:
    return {name: it for name, it in COMMANDS.items() if find_spec(it.module) is not None}


def _overview() -> str:
    rows = [f"  {name:<9} {it.summary}" for name, it in _available().items() if it.summary]
    return "\n".join(
        ["Usage: juzhu COMMAND [ARGUMENTS]", "", *rows, "", "More: juzhu COMMAND --help"]
    )


def _unknown(name: str) -> str:
    close = get_close_matches(name, COMMANDS, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else " See `juzhu --help`."
    return f"juzhu: there is no command {name!r}.{hint}"


if __name__ == "__main__":
    main()
