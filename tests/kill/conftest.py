"""Kill tests start the whole system; the long ones run only when asked for by name."""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.town import Town

SEED = "JUZHU_TEST_KILL_SEED"


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out of every run that does not name them, a bare `pytest` too.

    The longest of the others begins first: begun last, one worker would wait for it alone.
    """
    items.sort(key=lambda item: item.get_closest_marker("kill") is None)
    if "soak" in str(config.getoption("markexpr")):
        return  # -m soak, or -m "not soak"
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


@pytest.fixture
def seed() -> int:
    """Return what the storm's choices come from; the report names it, to get them again."""
    given = os.environ.get(SEED)
    return int(given) if given else random.SystemRandom().randrange(10**6)


@pytest.fixture
def town(open_folder: Path) -> Iterator[Town]:
    """Yield a town not yet started; its parts are gone afterwards."""
    if sys.platform != "linux":
        pytest.skip("the process table is read from /proc")
    town = Town(open_folder)
    try:
        yield town
    finally:
        town.stop()
