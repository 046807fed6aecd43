"""The feed of the registers of persons: in order, whole, and never guessed at."""

import pytest

from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.life_events_http import HttpLifeEvents
from juzhu.domain.vocabulary import Source
from juzhu.ports.life_events import LifeEventsUnavailableError, LifeKind
from tests.adapters.conftest import post
from tests.factories import NOON


@pytest.fixture
def feed(gateway):
    return HttpLifeEvents(gateway, limit_seconds=0.5)


def happen(city, **what):
    post(city, "/control/lives", what)


def test_what_was_told_comes_by_place_and_the_registers_say_the_same(city, feed, gateway, numbers):
    name, number = "韩小重", numbers["韩小重"]
    start = len(feed.after(0, limit=500))
    happen(city, kind="number_corrected", id_number=number)
    happen(city, kind="death", id_number=numbers["谢小安"], on="2026-11-20")
    happen(city, kind="taken_back", undoes=feed.after(start, limit=2)[1].key)

    first, second, third = feed.after(start, limit=10)

    assert [it.position for it in (first, second, third)] == [start + 1, start + 2, start + 3]
    assert (first.kind, first.id_number) == (LifeKind.NUMBER_CORRECTED, number)
    assert (second.source, str(second.on)) == ("civil-affairs", "2026-11-20")
    assert (third.kind, third.undoes) == (LifeKind.TAKEN_BACK, second.key)
    assert feed.after(start, limit=1) == [first]
    assert feed.after(start + 3, limit=10) == []
    found = {}
    for asked in (number, first.new_number):
        ask = HttpDepartments(gateway).ask
        answers = ask(id_number=asked, name=name, sources=[Source.POPULATION], at=NOON)
        found[asked] = answers[Source.POPULATION].entry.name
    assert found == {number: None, first.new_number: name}


@pytest.mark.parametrize("mode", ["error500", "refuse", "silent", "rubbish", "forged"])
def test_trouble_is_never_taken_for_no_news(feed, switch, mode):
    switch("life_events", mode)

    with pytest.raises(LifeEventsUnavailableError):
        feed.after(0, limit=10)
