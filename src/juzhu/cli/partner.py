"""`juzhu partner`: who may ask at the exchange, for what, and by which key."""

import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from juzhu.cli import running
from juzhu.cli.days import SomeDay

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False, no_args_is_help=True)
keys = typer.Typer(no_args_is_help=True, help="Public keys by which a partner proves itself.")
app.add_typer(keys, name="key")

Code = Annotated[str, typer.Argument(help="The partner's short name, e.g. education.")]


@app.callback()
def partner() -> None:
    """Look after the departments that ask at the exchange."""


@app.command()
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="How the holder of a permit reads it.")],
    contact: Annotated[
        str, typer.Option(help="Who is told of troubles: a mobile number, an e-mail address.")
    ],
    dpop: Annotated[bool, typer.Option(help="Ask for proof of possession (RFC 9449).")] = False,
    calls_per_minute: Annotated[int, typer.Option(min=1)] = 6000,
    jwks: Annotated[str, typer.Option(help="Address of its keys, instead of `key add`.")] = "",
) -> None:
    """Register a partner. It may ask nothing until something is granted."""
    with _partners() as partners:
        partners.check_code(code)
        partners.register(
            code=code,
            name=name,
            contact=contact,
            dpop=dpop,
            calls_per_minute=calls_per_minute,
            jwks_uri=jwks,
            actor=_who(),
        )
    print(f"{code} is registered; grant it a purpose with `juzhu partner grant {code} …`")


@app.command()
def change(
    code: Code,
    name: Annotated[str | None, typer.Option(help="How the holder of a permit reads it.")] = None,
    contact: Annotated[str | None, typer.Option(help="A mobile number, an e-mail address.")] = None,
    dpop: Annotated[bool | None, typer.Option(help="Ask for proof of possession.")] = None,
    calls_per_minute: Annotated[int | None, typer.Option(min=1)] = None,
    jwks: Annotated[str | None, typer.Option(help="Address of its keys; empty for none.")] = None,
) -> None:
    """Change what is registered of a partner; what is left out stays."""
    given = {
        "name": name,
        "contact": contact,
        "dpop": dpop,
        "calls_per_minute": calls_per_minute,
        "jwks_uri": jwks,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    with _partners() as partners:
        partners.amend(code, actor=_who(), **changes)
    print(f"{code}: {', '.join(changes) or 'nothing'} changed")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show every partner with what it may ask and its keys."""
    with _partners() as partners:
        found = partners.all_partners()
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:  # no table: it would cut key names and scopes, which are copied from here
        state = "suspended" if one["suspended"] else "active"
        print(f"{one['code']}  {one['name']}  {state}  {one['calls_per_minute']} calls/min")
        for scope in one["grants"]:
            print(f"  may ask  {_grant_line(scope)}")
        for held in one["keys"]:
            print(f"  key      {_key_line(held)}")
        if one["jwks_uri"]:
            print(f"  keys at  {one['jwks_uri']}")


@app.command()
def grant(
    code: Code,
    scope: Annotated[str, typer.Argument(help="E.g. verify:school-enrolment, events:read.")],
    basis: Annotated[
        str, typer.Option(help="Text and article that allow it; the holder reads it.")
    ],
    fields: Annotated[str, typer.Option(help="Further fields, separated by commas.")] = "",
    confidential_days: Annotated[
        int, typer.Option(min=0, help="Days for which the holder is not shown the look.")
    ] = 0,
    since: SomeDay = None,
    until: SomeDay = None,
    per_subject: Annotated[
        int, typer.Option(min=1, help="Looks at one person a day before an alert is raised.")
    ] = 20,
) -> None:
    """Grant a purpose, or change what was granted for it; `--until` ends it."""
    with _partners() as partners:
        partners.grant(
            code,
            scope=scope,
            legal_basis=basis,
            fields=[name for name in fields.split(",") if name],
            confidential_days=confidential_days,
            valid_from=since,
            valid_to=until,
            per_subject_per_day=per_subject,
            actor=_who(),
        )
    print(f"{code} may ask {scope}")


@app.command()
def suspend(code: Code, why: Annotated[str, typer.Option(help="Kept beside the act.")]) -> None:
    """Shut a partner out within two seconds, tokens that are out included."""
    with _partners() as partners:
        partners.suspend(code, why=why, actor=_who())
    print(f"{code} is suspended")


@app.command()
def resume(code: Code) -> None:
    """Let a suspended partner in again."""
    with _partners() as partners:
        partners.resume(code, actor=_who())
    print(f"{code} is active again")


@app.command()
def rotate(
    leaked: Annotated[
        bool, typer.Option(help="The key may be known to others: nothing it signed counts.")
    ] = False,
) -> None:
    """Let the exchange sign with its next key; with `--leaked`, withdraw those there were."""
    env = running.prepared()
    running.start_django()
    kid = import_module("juzhu.wiring").rotate_exchange_keys(leaked=leaked)
    print(f"the exchange signs with key {kid} (folder {env.data_dir})")


@keys.command("add")
def add_key(
    code: Code,
    file: Annotated[Path, typer.Argument(help="A public key: JWK or PEM.")],
    kid: Annotated[str, typer.Option(help="Its name; left out: the JWK's, else its print.")] = "",
) -> None:
    """Register a public key beside those there are."""
    with _partners() as partners:
        named = partners.add_key(code, text=_read(file), kid=kid, actor=_who())
    print(f"{code} may prove itself by key {named}")


@keys.command("end")
def end_key(
    code: Code,
    kid: Annotated[str, typer.Argument(help="The key's name.")],
    hours: Annotated[int, typer.Option(min=0, help="How long it is still good; 0 is at once.")] = 0,
) -> None:
    """Let a key be good no longer; for a key that others may know, at once."""
    with _partners() as partners:
        partners.end_key(code, kid=kid, hours=hours, actor=_who())
    print(f"key {kid} of {code} ends in {hours} h" if hours else f"key {kid} of {code} has ended")


@contextmanager
def _partners() -> Iterator[Any]:
    """Yield the journey with a database; what it refuses is one sentence and exit code 2."""
    env = running.prepared()
    with running.database(env):
        running.start_django()
        journey = import_module("juzhu.journeys.partners")
        try:
            yield journey
        except journey.RefusedError as error:
            running.fail(str(error), code=running.WRONG_SETTINGS)


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        running.fail(f"{file} cannot be read: {error}", code=running.WRONG_SETTINGS)


def _who() -> str:
    """Return who acts: the account of this machine."""
    return f"operator:{pwd.getpwuid(os.geteuid()).pw_name}"


def _grant_line(grant: dict[str, Any]) -> str:
    until = f" until {grant['valid_to']}" if grant["valid_to"] else ""
    return f"{grant['scope']}{until}"


def _key_line(key: dict[str, Any]) -> str:
    return str(key["kid"]) + (f" until {key['ends_at']}" if key["ends_at"] else "")
