"""What every command that touches data does first: settings, secrets, database, Django."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

import django

from juzhu.config import secrets
from juzhu.config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from juzhu.config.env import Env
from juzhu.config.parse import EnvError

WRONG_SETTINGS = 2
FAILED = 1


def fail(message: str, *, code: int = FAILED) -> Never:
    """Say what is wrong and end."""
    print(f"juzhu: {message}", file=sys.stderr)
    raise SystemExit(code)


def environment() -> Env:
    """Return the settings; wrong ones end the command with exit code 2."""
    try:
        return Env.load()
    except EnvError as error:
        fail(str(error), code=WRONG_SETTINGS)


def prepared() -> Env:
    """Return the settings after making the data folder and, in a sandbox, its secrets."""
    env = environment()
    try:
        # Root's PostgreSQL runs under another account, which must be able to enter, not to list.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        env.data_dir.mkdir(mode=mode, parents=True, exist_ok=True)
        if not env.production:
            secrets.ensure(env.data_dir)
    except OSError as error:
        fail(f"{env.data_dir} cannot be used ({error.strerror}): set JUZHU_DATA_DIR.")
    except secrets.SecretsError as error:
        fail(str(error))
    return environment()


@contextmanager
def database(env: Env) -> Iterator[None]:
    """Have the database running: the embedded one is started here unless it already runs."""
    if not env.embedded:
        yield
        return
    try:
        server = EmbeddedPostgres(env.data_dir)
        server.start()
    except EmbeddedPostgresError as error:
        fail(str(error))
    try:
        yield
    finally:
        server.stop()


def start_django(*, quiet: bool = False) -> None:
    """Load Django with these settings; only now may modules with tables be imported.

    Quiet is for commands that say by themselves what they did: only errors are logged.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juzhu.config.settings")
    django.setup()
    if quiet:
        logging.getLogger().setLevel(logging.ERROR)
