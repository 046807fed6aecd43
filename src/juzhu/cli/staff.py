"""`juzhu staff`: accounts of the staff, on the machine of whoever administers it."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

Username = Annotated[str, typer.Argument(help="Staff number (工号).")]


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[
        str, typer.Option(help="officer, reviewer, supervisor, auditor or administrator.")
    ],
    point: Annotated[str, typer.Option(help="Code of the usual acceptance point.")] = "",
) -> None:
    """Make an account; its password and secret are shown once."""
    with _services() as (services, contracts):
        if role not in list(contracts.Role):
            running.fail(f"there is no role {role!r}; one of: {', '.join(contracts.Role)}", code=2)
        try:
            made = services.add(
                username=username,
                name=name,
                role=contracts.Role(role),
                point=point,
                by=_operator(),
                at=now(),
            )
        except services.AccountExistsError:
            running.fail(
                f"there is an account {username} already; `juzhu staff reset {username}` gives it"
                " a new password.",
                code=2,
            )
    _show(made)


@app.command("list")
def list_accounts() -> None:
    """List the accounts."""
    with _services():
        found = import_module("juzhu.modules.staff.queries").accounts()
    table = Table()
    for heading in ("staff number", "name", "role", "point", "last signed in", "state"):
        table.add_column(heading)
    for account in found:
        last = f"{account.last_signed_in:%Y-%m-%d %H:%M}" if account.last_signed_in else "never"
        state = "disabled" if account.disabled else "in use"
        table.add_row(account.username, account.name, account.role, account.point, last, state)
    Console().print(table)


@app.command()
def reset(username: Username) -> None:
    """Give a new password and secret, open a locked account, and end its sessions."""
    with _services() as (services, _):
        try:
            made = services.reset(username=username, by=_operator(), at=now())
        except LookupError:
            running.fail(f"there is no account {username}.", code=2)
    _show(made)


@app.command()
def disable(username: Username) -> None:
    """Close an account and end its sessions at once."""
    with _services() as (services, _):
        try:
            services.disable(username=username, by=_operator(), at=now())
        except LookupError:
            running.fail(f"there is no account {username}.", code=2)
    print(f"{username} is disabled.")


@app.command()
def code(username: Username) -> None:
    """Print the present code of a sandbox account, in place of an authenticator app."""
    env = running.environment()
    if env.production:
        running.fail("codes come from the person's authenticator in production.", code=2)
    with _services():
        codes = import_module("juzhu.modules.staff.codes")
        try:
            secret = import_module("juzhu.modules.staff.queries").totp_secret(username)
        except LookupError:
            running.fail(f"there is no account {username}.", code=2)
        print(codes.code(secret, codes.now()))


@contextmanager
def _services() -> Iterator[tuple[Any, Any]]:
    """Have the database and the staff module for the length of a command."""
    with running.database(running.prepared()):
        running.start_django()
        yield (
            import_module("juzhu.modules.staff.services"),
            import_module("juzhu.modules.staff.contracts"),
        )


def now() -> Any:
    """Return the instant by which accounts and their codes live."""
    return import_module("juzhu.counter.now").instant()


def _operator() -> str:
    return f"operator:{getpass.getuser()}"[:64]


def _show(made: Any) -> None:
    print(f"staff number  {made.username}")
    print(f"password      {made.password}")
    print(f"secret        {made.totp_secret}")
    print(f"for the app   {made.totp_uri}")
    print("Shown once: hand them over in person, then clear this screen.")
