"""The page of faults: doubtful days, recording by hand, and what the holder then sees."""

from datetime import timedelta

import pytest

from juzhu.domain.vocabulary import Source
from juzhu.journeys import faults as journey
from juzhu.modules.faults import outages, queries
from juzhu.modules.faults.contracts import Part
from juzhu.modules.faults.models import Proposal
from juzhu.ports.departments import Counted
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY, noon

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def supervisor(desk, watch) -> Staff:
    return hire(watch, "supervisor")


def test_a_doubtful_day_is_answered_by_the_supervisor_once(supervisor, watch):
    counts = [
        Counted(Source.INSURANCE, noon(YESTERDAY) + timedelta(minutes=5 * n), 0, 1)
        for n in range(24)
    ]
    outages.note(counts)
    outages.notice(on=TODAY, at=NOON)
    [doubt] = queries.proposals()
    officer = hire(watch, "officer").begin()
    assert "社会保险" in officer.client.get("/faults/").content.decode()
    assert 'name="lost"' not in officer.client.get("/faults/").content.decode()

    supervisor.client.post(f"/faults/{doubt.number}/answer/", {"lost": "yes"})
    supervisor.client.post(f"/faults/{doubt.number}/answer/", {"lost": "no"})

    [fault] = queries.faults()
    assert (fault.part, fault.first, fault.last) == (Part.INSURANCE, YESTERDAY, YESTERDAY)
    assert fault.recorded_by == supervisor.username
    assert Proposal.objects.get().accepted
    assert fault.reason in supervisor.client.get("/faults/").content.decode()


def test_a_fault_is_recorded_by_hand_when_it_is_over(supervisor):
    typed = {"part": "insurance", "first": str(YESTERDAY), "last": str(TODAY), "reason": "停电"}

    for change, words in [
        ({"last": str(TODAY + timedelta(days=1))}, "还没过完"),
        ({"last": str(YESTERDAY - timedelta(days=1))}, "不能早于"),
        ({"first": "昨天"}, "日期这样写"),
        ({"part": "weather"}, "请从下面选择"),
        ({"reason": " "}, "办事人会看到"),
    ]:
        answer = supervisor.client.post("/faults/", typed | change)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert supervisor.client.post("/faults/", typed).status_code == 302
    assert supervisor.client.post("/faults/", typed).status_code == 302

    [fault] = queries.faults()
    assert journey.extend_windows(fault_number=fault.number, at=NOON) == 0
