"""The local face check on one core: frames, whole sign-ins, and the bare networks as the floor.

Times are processor time of one thread, so that other work on the machine does not count. Memory is
that of a process of its own which does nothing else.
"""

import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

PHOTOGRAPH: Final = Path(__file__).parents[1] / "tests" / "face" / "photographs" / "obama3.jpg"
SIDE: Final = 480
FRAMES: Final = 45
"""Of one sign-in: five seconds at nine frames a second."""
FACES: Final = 3
"""Frames compared with the photograph."""


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        frame_ms: a JPEG frame opened and looked at: face, points, eyes.
        compared_ms: the same, and the face as numbers.
        floor_ms: the networks alone, on numbers that are ready, for a frame looked at.
        compared_floor_ms: the same with the network that compares.
        sign_ins: whole checks a second on one core.
        peak_mib: memory of the process.

    """

    frame_ms: float
    compared_ms: float
    floor_ms: float
    compared_floor_ms: float
    sign_ins: float
    peak_mib: float


def run(*, times: int = 100) -> Result:
    """Measure each step `times` times, in a process of its own."""
    with ProcessPoolExecutor(1) as alone:
        return alone.submit(_measure, times).result()


def _measure(times: int) -> Result:
    from juzhu.face.embedding import distance
    from juzhu.face.frames import look, reference
    from juzhu.face.networks import network

    with Image.open(PHOTOGRAPH) as image:
        small = image.resize((SIDE, SIDE * image.height // image.width))
        out = BytesIO()
        small.save(out, "JPEG", quality=80)
    frame = out.getvalue()
    ready = {
        name: np.random.default_rng(1).random(shape, np.float32)
        for name, shape in (
            ("detector", (1, 3, 128, 128)),
            ("mesh", (1, 3, 192, 192)),
            ("iris", (1, 3, 64, 64)),
            ("embedding", (2, 3, 150, 150)),
        )
    }

    def networks(*names: str) -> None:
        for name in names:
            network(name)(ready[name])

    looked = ("detector", "mesh", "iris", "iris")
    frame_ms = _median(lambda: look(frame), times)
    compared_ms = _median(lambda: look(frame).embedding(), times)
    held = reference(frame)
    photograph_ms = _median(lambda: distance(held, reference(frame)), max(3, times // 4))
    whole = FRAMES * frame_ms + FACES * (compared_ms - frame_ms) + photograph_ms
    return Result(
        frame_ms,
        compared_ms,
        _median(lambda: networks(*looked), times),
        _median(lambda: networks(*looked, "embedding"), times),
        1000 / whole,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _median(work: Callable[[], object], times: int) -> float:
    work()
    taken = []
    for _ in range(times):
        start = time.thread_time()
        work()
        taken.append((time.thread_time() - start) * 1000)
    return statistics.median(taken)
