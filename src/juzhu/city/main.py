"""Running the city: `juzhu city`, or `python -m juzhu.city.main`."""

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from granian.constants import Interfaces
from granian.server.embed import Server

from juzhu.city.app import create_app
from juzhu.city.journal import CityLockedError, CorruptJournalError
from juzhu.city.settings import CitySettings, CitySettingsError, from_environment


def serve(
    host: str,
    port: int,
    data_dir: Path,
    *,
    seed: str | None = None,
    population: int | None = None,
    born_on: date | None = None,
    exit_with_parent: bool = False,
) -> NoReturn:
    """Run the city until SIGTERM or SIGINT, then end the process with status 0.

    The gateway's shared secret comes from the environment (JUZHU_GATEWAY_SECRET).

    Args:
        host: address to listen on; nothing here asks who one is, so keep it to the loopback.
        port: port to listen on.
        data_dir: folder of the journal.
        seed: see `CitySettings`, as are `population` and `born_on`.
        population: how many people are on record.
        born_on: the day a new city is born.
        exit_with_parent: end when standard input ends, that is, when the starter is gone.

    Raises:
        CitySettingsError: settings are missing or contradict the city in `data_dir`.
        CityLockedError: another process runs this city.
        CorruptJournalError: the journal is damaged.

    """
    wishes = {
        "JUZHU_CITY_DATA_DIR": str(data_dir),
        "JUZHU_CITY_SEED": seed,
        "JUZHU_CITY_POPULATION": None if population is None else str(population),
        "JUZHU_CITY_BORN_ON": None if born_on is None else born_on.isoformat(),
    }
    environment = dict(os.environ) | {name: value for name, value in wishes.items() if value}
    if exit_with_parent:
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
    asyncio.run(_serve(host, port, from_environment(environment)))
    # The embedded server's threads may still be winding down, and they abort the process when the
    # interpreter is taken down under them. All that matters is on disk already.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _serve(host: str, port: int, settings: CitySettings) -> None:
    # The embedded server keeps the city in this one process: a kill leaves no worker behind that
    # still holds the journal.
    server = Server(
        create_app(settings),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def _end_with_standard_input() -> None:
    # Not through sys.stdin: its buffer lock would still be held when the interpreter ends.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the city from the command line; return the exit status when it could not start."""
    parser = argparse.ArgumentParser(prog="juzhu.city", description="The sandbox city.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--seed")
    parser.add_argument("--population", type=int)
    parser.add_argument("--born-on", type=date.fromisoformat)
    parser.add_argument("--exit-with-parent", action="store_true")
    wishes = vars(parser.parse_args(arguments))
    try:
        serve(**wishes)
    except (CitySettingsError, CityLockedError, CorruptJournalError) as error:
        sys.stderr.write(f"juzhu city: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
