"""Running the face process: what `juzhu face` does."""

import asyncio
import os
import signal
import sys
from typing import NoReturn

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette

from juzhu.face.app import create_app
from juzhu.face.checks import Checks
from juzhu.face.networks import network


def serve(host: str, port: int, *, threshold: float, token: str) -> NoReturn:
    """Serve until SIGTERM or SIGINT, then end the process with status 0.

    Args:
        host: address to listen on; keep it to the loopback.
        port: port to listen on.
        threshold: greatest distance of two faces taken for one person.
        token: what callers must show.

    """
    for name in ("detector", "mesh", "iris", "embedding"):
        network(name)  # before the first person, not while they wait
    asyncio.run(run(create_app(Checks(threshold=threshold), token=token), host, port))
    # The embedded server's threads may still be winding down, and they abort the process when the
    # interpreter is taken down under them. There is nothing to save.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def run(app: Starlette, host: str, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT."""
    server = Server(
        app,
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
