"""`juzhu face`: the local face check as a process, and its errors on one's own photographs."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from juzhu.adapters.face_local import token_of
from juzhu.cli import running

app = typer.Typer(
    add_completion=False, invoke_without_command=True, help="Look after the local face check."
)


def is_installed() -> bool:
    """Say whether this installation has the extra that the local face check needs."""
    return find_spec("onnxruntime") is not None and find_spec("numpy") is not None


def require() -> None:
    """End the command with a sentence where the extra is missing."""
    if not is_installed():
        running.fail("the local face check needs an extra: install juzhu[face].", code=2)


@app.callback()
def main(context: typer.Context) -> None:
    """Run the local face check until SIGTERM, or do what the sub-command says."""
    require()
    if context.invoked_subcommand is not None:
        return
    env = running.prepared()
    import_module("juzhu.face.main").serve(
        env.face_listen.host,
        env.face_listen.port,
        threshold=env.face_threshold,
        token=token_of(env.secret_key),
    )


@app.command()
def calibrate(
    folder: Annotated[
        Path, typer.Argument(help="One folder per person in it, JPEG photographs inside.")
    ],
) -> None:
    """Print how often the check would err at each threshold, on your own photographs."""
    try:
        found = import_module("juzhu.face.calibrate").calibrate(folder)
    except OSError as error:
        running.fail(f"{folder} cannot be read ({error.strerror}).", code=2)
    for path in found.unusable:
        print(f"no face found: {path}")
    print(f"{found.photographs} photographs of {found.people} people.")
    if not found.rates[0].same or not found.rates[0].different:
        running.fail("two people, and two photographs of one of them, are the least.")
    Console().print(_table(found))
    print(
        "FRR: pairs of one person that would be refused. FAR: pairs of different people that would "
        "pass for one.\nThe rule of three: no error in n pairs only says that the rate is, with "
        "95 % certainty, below 3/n."
    )


def _table(found: Any) -> Table:  # Any: its module is loaded only where the extra is installed
    table = Table("threshold", "FRR", "of", "FAR", "of", box=None)
    for rate in found.rates:
        table.add_row(
            f"{rate.threshold:.2f}",
            f"{rate.refused / rate.same:.2%}",
            str(rate.same),
            f"{rate.accepted / rate.different:.2%}",
            str(rate.different),
        )
    return table
