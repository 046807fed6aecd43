"""Calls that come together go together; each gets its own outcome."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from juzhu.api.coalesce import Coalescer, CrowdedError


def gated(outcomes=lambda items: [item * 10 for item in items]):
    """Work that stands still until the gate opens, and what it was given each time."""
    gate, seen = threading.Event(), []

    def work(items: Sequence[int]):
        assert gate.wait(5)
        seen.append(list(items))
        return outcomes(items)

    return work, gate, seen


def run(work, gate, items, *, most=100, most_waiting=1000):
    async def all_at_once():
        coalescer = Coalescer("test", work, lanes=1, most=most, most_waiting=most_waiting)
        first, *others = items
        tasks = [asyncio.create_task(coalescer.answer(first))]
        await asyncio.sleep(0.05)  # it is being worked on now
        tasks += [asyncio.create_task(coalescer.answer(item)) for item in others]
        await asyncio.sleep(0.05)
        gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(all_at_once())


def test_the_first_goes_alone_and_those_who_came_meanwhile_together():
    work, gate, seen = gated()

    assert run(work, gate, range(6)) == [0, 10, 20, 30, 40, 50]
    assert seen == [[0], [1, 2, 3, 4, 5]]


def test_no_more_go_together_than_allowed():
    work, gate, seen = gated()

    run(work, gate, range(6), most=2)

    assert seen == [[0], [1, 2], [3, 4], [5]]


def test_one_bad_call_does_not_fail_the_others():
    def outcomes(items):
        if 3 in items:
            raise ValueError("three")
        return [item * 10 for item in items]

    work, gate, _ = gated(outcomes)
    found = run(work, gate, range(6))

    assert isinstance(found.pop(3), ValueError)
    assert found == [0, 10, 20, 40, 50]


def test_when_the_database_goes_away_nobody_is_answered_and_nothing_is_tried_again():
    def outcomes(items):
        raise OperationalError("gone")

    work, gate, seen = gated(outcomes)
    found = run(work, gate, range(4))

    assert [type(it) for it in found] == [OperationalError] * 4
    assert sorted(item for items in seen for item in items) == [0, 1, 2, 3]


def test_too_much_waiting_is_refused_at_once():
    work, gate, _ = gated()

    found = run(work, gate, range(8), most_waiting=4)

    assert [type(it) for it in found].count(CrowdedError) == 3


@pytest.mark.parametrize("gone", [0, 3])
def test_a_caller_who_has_gone_disturbs_nobody(gone):
    work, gate, _ = gated()

    async def one_leaves():
        coalescer = Coalescer("test", work, lanes=1, most=100, most_waiting=1000)
        tasks = [asyncio.create_task(coalescer.answer(n)) for n in range(4)]
        await asyncio.sleep(0.05)
        tasks[gone].cancel()
        gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(one_leaves())

    assert isinstance(found.pop(gone), asyncio.CancelledError)
    assert sorted(found) == [n * 10 for n in range(4) if n != gone]
