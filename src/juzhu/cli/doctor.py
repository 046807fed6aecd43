"""`juzhu doctor`: what is well, what is not, and what to do."""

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from juzhu.cli import running
from juzhu.config import logs
from juzhu.config.env import Env
from juzhu.config.parse import EnvError

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Check settings, keys, database, workers, clocks and neighbours; exit 1 when one fails."""
    found = [_plain(check) for check in _checks()]
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)
    if any(check["level"] == "fail" for check in found):
        raise SystemExit(running.FAILED)


def _checks() -> Sequence[Any]:
    try:
        env = Env.load()
    except EnvError as error:
        return [{"name": "settings", "level": "fail", "found": str(error), "advice": "set it"}]
    running.start_django()
    logs.configure({"format": env.log_format, "level": "CRITICAL"})  # the table says it all
    return list(import_module("juzhu.cli.checks").all_checks(env))


def _plain(check: Any) -> dict[str, str]:
    if isinstance(check, dict):
        return check
    return {
        "name": check.name,
        "level": str(check.level),
        "found": check.found,
        "advice": check.advice,
    }


def _print(found: Sequence[dict[str, str]]) -> None:
    table = Table()
    table.add_column("check", no_wrap=True)
    for heading in ("", "found", "what to do"):
        table.add_column(heading)
    for check in found:
        level = f"[{_COLOURS[check['level']]}]{check['level']}[/]"
        table.add_row(check["name"], level, escape(check["found"]), escape(check["advice"]))
    Console().print(table)
