"""A permit cancelled at a desk for the wrong person: the holder comes, and others judge."""

from datetime import timedelta

import pytest

from juzhu.domain.vocabulary import PermitState
from juzhu.modules.lives import asked
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from tests.counter.conftest import hire
from tests.counter.test_desk import acts, find, number_of, send
from tests.factories import NOON, TODAY, a_person

WORDS = "昨天没有来过，是窗口弄错了人"


@pytest.fixture
def holder(desk) -> int:
    person_id = a_person()
    day = TODAY - timedelta(days=90)
    permit_services.issue(person_id=person_id, on=day, at=NOON, occasion="SL1")
    return person_id


def state(person_id: int) -> PermitState:
    return permits.permit_of(person_id, TODAY).status.state


def test_officers_other_than_who_cancelled_it_restore_a_permit(watch, holder):
    careless, other = hire(watch, "supervisor").begin(), hire(watch, "officer").begin()
    find(careless, number_of(holder))
    assert careless.client.get("/desk/not-asked/").status_code == 302
    send(careless, "/desk/cancel/", signed="on")
    find(other, number_of(holder))
    other.client.post("/desk/not-asked/", {"words": WORDS})
    assert "正在核实" in other.client.get("/desk/not-asked/").content.decode()
    assert acts(other)[-1] == "end_disputed"
    (found,) = asked.waiting()
    path = f"/asked/{found.id}/"
    first, second = hire(watch, "reviewer"), hire(watch, "reviewer")
    assert path in first.client.get("/review/").content.decode()
    page = first.client.get(path).content.decode()
    assert f"工号 {careless.username}" in page
    assert WORDS in page

    for staff in (careless, first):  # the one may not, the other only proposes
        staff.client.post(path + "answer/", {"words": "声明上没有本人的签字"})
    for staff in (careless, first):
        staff.client.post(path + "sign/")
    assert (state(holder), asked.found(found.id).proposed_by) == ("cancelled", first.username)
    second.client.post(path + "sign/", {"reject": "1"})
    assert asked.found(found.id).proposed_by == ""
    second.client.post(path + "answer/", {"words": "声明上没有本人的签字"})
    first.client.post(path + "sign/")

    assert state(holder) is PermitState.VALID
    assert "已恢复" in other.client.get("/desk/not-asked/").content.decode()
