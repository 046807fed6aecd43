"""Small things at a desk: a name typed wrongly, the number of the window."""

import pytest

from juzhu.modules.people import queries as people
from juzhu.modules.permits import services as permit_services
from tests.counter.conftest import hire
from tests.counter.test_desk import acts, find, number_of, send
from tests.factories import NOON, TODAY, a_person, an_id_number


@pytest.fixture
def holder(officer) -> int:
    person_id = a_person()
    permit_services.issue(person_id=person_id, on=TODAY, at=NOON, occasion="SL1")
    return person_id


def test_a_name_typed_wrongly_is_put_right_while_no_permit_bears_it(officer, holder):
    find(officer, an_id_number())
    officer.client.post("/desk/newcomer/", {"name": "周小心"})
    person_id = officer.client.get("/desk/").context["person"].id

    assert send(officer, "/desk/name/", name="周小新").headers["Location"] == "/desk/done/name/"

    assert people.person(person_id).name == "周小新"
    assert acts(officer)[-1] == "name_corrected"
    find(officer, number_of(holder))
    assert officer.client.get("/desk/name/").headers["Location"] == "/desk/"


@pytest.mark.parametrize(("typed", "kept"), [("３", "3"), ("007", "7"), ("大厅", ""), ("0", "")])
def test_a_window_is_a_number(desk, watch, typed, kept):
    from juzhu.modules.desk import queries

    staff = hire(watch, "officer")

    answer = staff.client.post("/shift/", {"point": "440304-01", "window": typed})

    shift = queries.open_shift(staff.username)
    assert (answer.status_code, shift.window if shift else "") == (302 if kept else 422, kept)
