"""Which provider carries: the rule sentence by sentence, and its invariants."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.modules.notices.failover import FEWEST, REST, Traffic, choose
from tests.factories import NOON

ORDER = ["one", "two", "three"]
FINE, SLOW, FEW = Traffic(100, 14), Traffic(100, 15), Traffic(FEWEST - 1, FEWEST - 1)
LONG_AGO = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("one", "two", "three", "since", "chosen"),
    [
        (FINE, FINE, FINE, None, "one"),
        (SLOW, FINE, FINE, None, "two"),
        (SLOW, SLOW, FINE, None, "three"),
        (SLOW, SLOW, SLOW, None, "one"),  # all are slow: it is not the provider
        (SLOW, None, None, None, "two"),  # nothing is known against one that carried nothing
        (FEW, FINE, FINE, None, "one"),
        (SLOW, FINE, FINE, timedelta(minutes=4, seconds=59), "one"),
        (SLOW, FINE, FINE, timedelta(minutes=5), "two"),
        (SLOW, FINE, FINE, timedelta(minutes=-3), "one"),  # a clock that was moved back
    ],
)
def test_the_rule(one, two, three, since, chosen):
    traffic = {n: t for n, t in zip(ORDER, (one, two, three), strict=True) if t is not None}

    assert chosen == choose(
        present="one",
        order=ORDER,
        traffic=traffic,
        switched_at=None if since is None else NOON - since,
        at=NOON,
    )


def test_a_provider_taken_out_of_the_settings_carries_no_more():
    assert choose(present="gone", order=ORDER, traffic={}, switched_at=NOON, at=NOON) == "one"


@st.composite
def traffics(draw):
    messages = draw(st.integers(0, 1000))
    return Traffic(messages, draw(st.integers(0, messages)))


@given(
    st.sampled_from(ORDER),
    st.dictionaries(st.sampled_from(ORDER), traffics()),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(hours=1))),
)
def test_it_leaves_only_a_slow_one_and_only_for_one_that_is_not(present, traffic, since):
    chosen = choose(
        present=present,
        order=ORDER,
        traffic=traffic,
        switched_at=None if since is None else NOON - since,
        at=NOON,
    )

    if chosen != present:
        assert traffic[present].slow / traffic[present].messages >= 0.15
        assert not traffic.get(chosen, Traffic()).is_slow
        assert since is None or since >= REST


@given(st.lists(st.dictionaries(st.sampled_from(ORDER), traffics()), max_size=40))
def test_minute_by_minute_it_never_switches_twice_in_five(minutes):
    present, switched_at, switches = "one", None, []
    for minute, traffic in enumerate(minutes):
        at = NOON + timedelta(minutes=minute)
        chosen = choose(
            present=present, order=ORDER, traffic=traffic, switched_at=switched_at, at=at
        )
        if chosen != present:
            present, switched_at = chosen, at
            switches.append(minute)

    assert all(later - sooner >= 5 for sooner, later in pairwise(switches))
