"""A face process for tests: `python -m tests.face.process PORT TOKEN SEED SPEED`.

As `juzhu face` runs it, but the movements follow from a seed, as a film cannot do what it is asked,
and its clock runs at a speed of its own.
"""

import asyncio
import os
import random
import sys
import time

from juzhu.face.app import create_app
from juzhu.face.checks import Checks
from juzhu.face.main import run
from juzhu.face.networks import network


class Again(random.Random):
    """The same chances for every check."""

    def choice(self, seq):
        if isinstance(seq, tuple):  # how many movements: the first thing chosen
            self.seed(int(sys.argv[3]))
        return super().choice(seq)


if __name__ == "__main__":
    for name in ("detector", "mesh", "iris", "embedding"):
        network(name)
    checks = Checks(
        chance=Again(int(sys.argv[3])), clock=lambda: time.monotonic() * float(sys.argv[4])
    )
    asyncio.run(run(create_app(checks, token=sys.argv[2]), "127.0.0.1", int(sys.argv[1])))
    os._exit(0)
