"""Small things at a desk: a name typed wrongly, the number of the window."""

import re

import pytest

from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
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


def test_a_page_left_open_does_nothing_to_whoever_came_after(officer, holder):
    find(officer, number_of(holder))
    left_open = officer.client.session["visit"]["stamp"]
    other = a_person()
    permit_services.issue(person_id=other, on=TODAY, at=NOON, occasion="SL2")
    find(officer, number_of(other))

    answer = send(officer, "/desk/cancel/", signed="on", window=left_open)

    assert answer.headers["Location"] == "/desk/"
    assert "那一页是为另一个人打开的" in officer.client.get("/desk/").content.decode()
    assert {permits.permit_of(p, TODAY).status.state for p in (holder, other)} == {"valid"}
    officer.client.post("/desk/leave/", {"window": left_open})  # its two minutes are over
    assert officer.client.get("/desk/").context["person"].id == other
    for path in ("", "cancel/", "phone/", "sheet/", "reissue/"):
        page = officer.client.get(f"/desk/{path}").content.decode()
        forms = re.findall(r"<form (?!.*/(?:find|tickets|sign-out)/)(.*?)</form>", page, re.DOTALL)
        assert forms
        assert all('name="window"' in form for form in forms), path


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("古丽娜尔·买买提", "不能按姓名找"),
        ("43010519920304997X", "最后一位对不上"),
        ("４３０１０５１９９２１３０４９９７０", "不是一个日期"),
        ("4301051992030499", "身份号码要 18 位，现在是 16 位"),
        ("138 0000 9999", "没有人留过这个手机号"),
        ("😀", "没有找到"),
    ],
)
def test_what_finds_nobody_says_what_is_wrong_with_it(officer, typed, said):
    answer = find(officer, typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
