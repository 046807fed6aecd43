"""Whom no reminder reached: their district sees it, takes it in hand, and says what came of it."""

from datetime import timedelta

import pytest

from juzhu.journeys import followups
from juzhu.modules.desk.models import Act
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices import services
from juzhu.modules.notices.contracts import NewMessage, Occasion
from juzhu.modules.notices.models import FollowUp, Message
from juzhu.modules.people import queries as people
from tests.counter.conftest import Staff, hire
from tests.factories import HOUSE, NOON, TODAY, a_person, looks_of
from tests.web.conftest import ADDRESS


@pytest.fixture
def person(world, desk) -> int:
    """Return somebody whom the last reminder did not reach."""
    person_id = a_person()
    row = NewMessage(
        person_id=person_id,
        occasion=Occasion.DAYS_1,
        subject="P",
        values={"valid_through": str(TODAY + timedelta(days=1))},
        due_on=TODAY,
        deadline=TODAY + timedelta(days=1),
    )
    services.write_many([row], at=NOON)
    Message.objects.update(delivery="failed", failure="unreachable")
    assert followups.open_new(on=TODAY, at=NOON) == 1
    return person_id


def here(staff: Staff, path: str = "/unreached/") -> str:
    return staff.client.get(path).content.decode()


def test_the_district_sees_it_and_names_are_shown_to_whoever_has_taken_it_up(
    person, officer, watch
):
    number = FollowUp.objects.get(person_id=person).pk
    page, name = f"/unreached/{number}/", people.person(person).name
    other = hire(watch, "officer").begin()
    assert followups.open_new(on=TODAY, at=NOON) == 0
    assert HOUSE.startswith("440304")
    assert "关机或者停机" in here(officer)
    assert ADDRESS not in here(officer, page)

    officer.client.post(page)
    other.client.post(page)

    assert ADDRESS in here(officer, page)
    assert name not in here(officer, page)  # masked
    assert ADDRESS not in here(other, page)
    assert [look.who for look in looks_of(person)] == [
        f"officer:{officer.username}",
        "system:night",
    ]
    assert officer.client.post(f"{page}result/", {}).status_code == 422
    other.client.post(f"{page}result/", {"result": "moved"})
    assert notices.is_unreached(person)

    officer.client.post(f"{page}result/", {"result": "reached"})

    row = FollowUp.objects.get()
    assert (row.result, row.address, row.taken_by) == ("reached", None, officer.username)
    assert not notices.is_unreached(person)
    assert "没有。提醒都送到了" in here(officer)
    assert Act.objects.filter(kind="followed_up", outcome="reached").count() == 1


def test_another_district_sees_nothing_of_it(person, desk, watch):
    FollowUp.objects.update(district="440306")
    number = FollowUp.objects.get().pk
    officer = hire(watch, "officer").begin()

    assert "联系 " not in here(officer)
    assert officer.client.get(f"/unreached/{number}/").status_code == 404
    assert officer.client.post(f"/unreached/{number}/").status_code == 404
    assert f"联系 {number}" in here(hire(watch, "auditor"))
