"""Unknown person, other name, no permit: one answer, by the same statements, in the same time."""

import gc
import random
import re
import statistics
import time
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juzhu.journeys import exchange
from juzhu.journeys.exchange_answer import Shape
from juzhu.modules.partners import queries as partners
from juzhu.modules.people import services as people
from juzhu.modules.verifications import queries, services
from juzhu.modules.verifications.contracts import Call
from tests.api.test_verifications import ONE, a_holder, question
from tests.factories import NOON, TODAY, an_id_number


@pytest.fixture
def cases():
    """Return number and name of somebody unknown, somebody under another name, one without."""
    holder, _, _ = a_holder()
    without = an_id_number()
    people.meet(id_number=without, name="李四", at=NOON)
    return {
        "unknown": (an_id_number(), "王五"),
        "other name": (holder, "王五"),
        "no permit": (without, "李四"),
    }


def tells_apart(first: list[float], second: list[float]) -> float:
    """Return how well one time tells which of the two it was: 0.5 not at all, 1.0 always.

    It is the share of pairs in the right order (Mann-Whitney), so it looks at the distributions,
    not at a mean that one slow call decides.
    """
    pairs = [(a < b) + 0.5 * (a == b) for a, b in product(first, second)]
    share = sum(pairs) / len(pairs)
    return max(share, 1 - share)


def test_the_time_of_an_answer_does_not_tell_them_apart(education, cases):
    times: dict[str, list[float]] = {name: [] for name in cases}
    order = random.Random(3)
    for turn in range(130):
        for name in order.sample(sorted(cases), len(cases)):  # what came before weighs on nobody
            number, called = cases[name]
            started = time.perf_counter()
            answer = education.ask("POST", ONE, json=question(number, called))
            if turn >= 10:
                times[name].append(time.perf_counter() - started)
            assert answer.json()["status"] == "none"

    unknown, other, without = times.values()
    found = [
        tells_apart(*pair) for pair in ((unknown, other), (unknown, without), (other, without))
    ]
    # Up to 0.72 was seen on a quiet machine, for a hundredth of the time: the ledger's line of
    # somebody unknown refers to nobody, so no reference is checked. One cheap statement weighs as
    # little; the tests below count statements, this one finds work that costs more.
    assert max(found) < 0.8, (found, {k: statistics.median(v) for k, v in times.items()})


def test_the_steps_after_the_look_up_cost_the_same(education, cases):
    """The same without the noise of network and database: the processor's time of the steps."""
    looks = {
        name: exchange.look(exchange.Identity(number, called), 0, TODAY)
        for name, (number, called) in cases.items()
    }
    found = queries.look_up([Call(services.new_receipt_id(NOON), None, list(looks.values()), b"")])
    times: dict[str, list[int]] = {name: [] for name in looks}
    gc.disable()
    for _ in range(1500):
        for name, look in looks.items():
            started = time.perf_counter_ns()
            queries.verification(look, found)
            times[name].append(time.perf_counter_ns() - started)
    gc.enable()

    medians = {name: statistics.median(values) for name, values in times.items()}
    assert max(medians.values()) < 1.25 * min(medians.values()), medians


def test_the_statements_are_the_same(education, cases):
    asker = exchange.Asker(
        partner_id=partners.partner("education").id,
        actor="partner:education",
        purpose=exchange.Purpose.SCHOOL_ENROLMENT,
        basis="x",
        fields=("status",),
    )
    shapes = {}
    for name, (number, called) in cases.items():
        asked = exchange.Question(
            asker, [exchange.Identity(number, called)], b"h" * 32, Shape.SINGLE
        )
        exchange.answer([asked])  # what is read once is read
        with CaptureQueriesContext(connection) as sent:
            exchange.answer([asked])
        shapes[name] = [re.sub(r"'[^']*'|\d+", "?", it["sql"]) for it in sent.captured_queries]

    assert len(shapes["unknown"]) >= 5
    assert [len(it) for it in shapes.values()] == [len(shapes["unknown"])] * 3
    # The one difference: whose look it is, by our number or by the digest asked about.
    assert shapes["other name"] == shapes["no permit"]
