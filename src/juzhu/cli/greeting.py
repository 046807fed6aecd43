"""What `juzhu up` says once everything runs."""

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from juzhu.config.env import Env
from juzhu.config.parse import FaceKind

_SHOWN: Final = 3  # one who qualifies, one who does not yet, one in the endorsement window


def show(console: Console, env: Env, people: Sequence[dict[str, Any]]) -> None:
    """Print where to go and, in a sandbox, whom to be."""
    console.print()
    _line(console, "[bold]Juzhu[/bold]    ", f"http://{env.listen}/")
    _line(console, "Staff    ", f"http://{env.counter_listen}/")
    if people:
        _line(console, "         ", f"accounts in {env.data_dir / 'staff.json'}")
        _line(console, "         ", "a code for the third field: juzhu staff code s1001")
    _line(console, "Exchange ", f"http://{env.api_listen}/api/v1/docs")
    if people:
        _line(console, "         ", f"departments' keys in {env.data_dir / 'sandbox-partners'}")
        _show_city(console, env, people)
    _line(console, "Data     ", f"{env.data_dir}   logs in {env.data_dir / 'log'}")
    console.print("Ctrl-C stops everything; starting again finds everything as it was.")


def _line(console: Console, label: str, text: str) -> None:
    """Print one line, never broken: an address or a command is copied whole."""
    console.print(label + text, highlight=False, soft_wrap=True)


def _show_city(console: Console, env: Env, people: Sequence[dict[str, Any]]) -> None:
    for label, path in (("People", "people"), ("Phones", "phones"), ("Control", "control")):
        note = " (outages, and the clock)" if path == "control" else ""
        _line(console, f"{label:<9}", f"{env.city_url}/{path}{note}")
    table = Table(title="Three people to be (made up)", title_justify="left", show_lines=True)
    for heading in ("name", "citizen number", "phone"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what to expect", overflow="fold")  # rich cuts Chinese short otherwise
    for person in people[:_SHOWN]:
        expected = f"{person['expect']}\n{person['expect_en']}"
        table.add_row(person["name"], person["id_number"], person["phone"], expected)
    console.print(table)
    if env.face is FaceKind.LOCAL:
        _line(
            console,
            "Faces    ",
            f"are looked at: become somebody with yours at {env.city_url}/enrol",
        )
