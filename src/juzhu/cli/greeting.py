"""What `juzhu up` says once everything runs."""

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from juzhu.config.env import Env

_SHOWN: Final = 3  # one who qualifies, one who does not yet, one in the endorsement window


def show(console: Console, env: Env, people: Sequence[dict[str, Any]]) -> None:
    """Print where to go and, in a sandbox, whom to be."""
    console.print()
    console.print(f"[bold]Juzhu[/bold]    http://{env.listen}/", highlight=False)
    console.print(f"Staff    http://{env.counter_listen}/", highlight=False)
    if people:
        console.print(
            f"         accounts in {env.data_dir / 'staff.json'}; codes: juzhu staff code s1001",
            highlight=False,
        )
        _show_city(console, env, people)
    console.print(f"Data     {env.data_dir}   logs in {env.data_dir / 'log'}", highlight=False)
    console.print("Ctrl-C stops everything; starting again finds everything as it was.")


def _show_city(console: Console, env: Env, people: Sequence[dict[str, Any]]) -> None:
    for label, path in (("People", "people"), ("Phones", "phones"), ("Control", "control")):
        note = " (outages, and the clock)" if path == "control" else ""
        console.print(f"{label:<8} {env.city_url}/{path}{note}", highlight=False)
    table = Table(title="Three people to be (made up)", title_justify="left", show_lines=True)
    for heading in ("name", "citizen number", "phone"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what to expect")
    for person in people[:_SHOWN]:
        expected = f"{person['expect']}\n{person['expect_en']}"
        table.add_row(person["name"], person["id_number"], person["phone"], expected)
    console.print(table)
