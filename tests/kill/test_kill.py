"""`kill -9` of any part at any moment: nothing lost, nothing doubled."""

import os
import random
import sys

import pytest

from tests.kill.storm import Plan, Storm
from tests.kill.town import Part, Town

SHORT = (Part.WEB, Part.WEB_PROCESS, Part.CITY, Part.DATABASE, Part.SUPERVISOR)
LONG = (*Part, Part.WORKER, Part.WORKER, Part.DATABASE, Part.WEB)
"""The worker, the database and the web server have most to lose."""


@pytest.mark.kill
def test_one_kill_of_each_part_loses_and_doubles_nothing(town: Town, seed: int) -> None:
    # The worker first: its jobs are taken over half a minute later. The backend last: PostgreSQL
    # recovers from that by itself, and told to stop meanwhile it may take half a minute.
    kills = [Part.WORKER, *random.Random(seed).sample(SHORT, len(SHORT)), Part.BACKEND]
    plan = Plan(
        kills=[(part,) for part in kills],
        pause=(0.3, 2.5),
        residents=4,
        holders=300,
        outages=False,
        hurry=True,
        settle_seconds=120,  # what a killed worker had in hand is taken over after a minute
    )

    report = Storm(town, plan, seed).run()

    sys.stdout.write(f"{report}\n")  # shown when it fails
    assert report.wrong == [], town.tail()
    assert town.audit().startswith("0: ")


@pytest.mark.kill
@pytest.mark.soak
def test_a_storm_of_kills_loses_and_doubles_nothing(
    town: Town, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    wanted = int(os.environ.get("JUZHU_TEST_KILLS", "60"))
    kills: list[tuple[Part, ...]] = [(part,) for part in Part]
    while sum(map(len, kills)) < wanted:
        pair = rng.random() < 0.2
        kills.append(tuple(rng.sample(LONG, 2)) if pair else (rng.choice(LONG),))
    rng.shuffle(kills)
    plan = Plan(
        kills=kills,
        pause=(0.2, 6.0),
        residents=5,
        holders=3000,
        outages=True,
        hurry=False,
        settle_seconds=600,
    )

    report = Storm(town, plan, seed).run()

    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    assert report.wrong == [], town.tail()
    assert town.audit().startswith("0: ")
