"""Share codes: made for one purpose, shown in groups, revoked, and opened by somebody else."""

import re

import pytest

from juzhu.modules.sheets.models import Share
from tests.web.conftest import forward


def shown(resident, path: str) -> str:
    response = resident.client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def code_on(page: str) -> str:
    found = re.search(r'bigcode num">([0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3})<', page)
    assert found
    return found[1]


def birth(resident) -> str:
    return resident.id_number[6:14]


def open_code(visitor, code: str, birth_date: str):
    return visitor.post("/verify/share/", {"code": code, "birth_date": birth_date})


def test_without_a_permit_there_is_nothing_to_share(resident):
    assert resident.client.get("/shares/").headers["Location"] == "/"
    assert resident.client.get("/shares/new/").headers["Location"] == "/"


def test_the_code_is_shown_in_groups_with_the_address_to_give(holder):
    assert "还没有共享码" in shown(holder, "/shares/")

    page = shown(holder, holder.share(fields_shown=["valid_through", "standing"]))

    assert code_on(page)
    assert "/verify/share/" in page
    assert page.index("证件状态") < page.index("有效期至")
    assert "2026年11月30日" in page
    assert "租房" in shown(holder, "/shares/")


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("purpose", "请选择用途"),
        ("fields_shown", "请至少选一项"),
        ("days", "请选择多久之内能用"),
    ],
)
def test_what_is_left_out_is_said(holder, left_out, said):
    typed = {"key": "0" * 32, "purpose": "租房", "fields_shown": ["name"], "days": "7"}
    del typed[left_out]

    response = holder.client.post("/shares/new/", typed)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Share.objects.exists()


@pytest.mark.parametrize("days", ["0", "91", "3"])
def test_only_the_offered_days_are_taken(holder, days):
    typed = {"key": "0" * 32, "purpose": "租房", "fields_shown": ["name"], "days": days}

    assert holder.client.post("/shares/new/", typed).status_code == 422


def test_sending_the_form_twice_makes_one_code(holder):
    key = holder.client.get("/shares/new/").context["form"]["key"].value()
    typed = {"key": key, "purpose": "租房", "fields_shown": ["name"], "days": "1"}

    places = {holder.client.post("/shares/new/", typed).headers["Location"] for _ in range(2)}

    assert len(places) == Share.objects.count() == 1


def test_switching_the_language_keeps_every_ticked_field(holder):
    typed = {"fields_shown": ["name", "standing"], "here": "/shares/new/", "lang": "en"}

    holder.client.post("/display/", typed)

    page = shown(holder, "/shares/new/")
    ticked = re.findall(r'name="fields_shown" value="(\w+)"[^>]*checked', page)
    assert sorted(ticked) == ["name", "standing"]


@pytest.mark.parametrize("path", ["", "revoke/"])
def test_a_code_of_somebody_else_looks_absent(holder, neighbour, path):
    share = holder.share()

    assert neighbour.client.get(share + path).status_code == 404
    assert neighbour.client.post(f"{share}revoke/").status_code == 404
    assert neighbour.client.get(f"/shares/{10**30}/").status_code == 404
    assert Share.objects.get().revoked_at is None


def test_it_opens_with_the_birth_date_and_shows_what_was_chosen(holder, visitor):
    share = holder.share(
        fields_shown=["standing", "valid_through", "held_periods", "name"], tell_me="on"
    )
    code = code_on(shown(holder, share))

    response = open_code(visitor, code.lower(), f"{birth(holder)[:4]}-1-{int(birth(holder)[6:])}")

    page = response.content.decode()
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    period = "2026年11月24日至2027年11月23日"
    for said in ("持证人共享的信息", "有效", "<dd>2027年11月23日", period, "陈*明", "租房"):
        assert said in page, said
    assert holder.id_number not in page
    assert "连续持证" not in page
    assert "用过 1 次" in shown(holder, share)
    assert "用您共享码的人" in shown(holder, "/looks/")
    assert "共享码被使用" in shown(holder, "/messages/")


def test_every_refusal_says_the_same_and_keeps_what_was_typed(world, holder, visitor):
    code = code_on(shown(holder, share := holder.share()))
    wrong_day = open_code(visitor, code, "19500101")
    unknown = open_code(visitor, "000000000", birth(holder))
    holder.client.post(f"{share}revoke/")
    revoked = open_code(visitor, code, birth(holder))

    answers = (wrong_day, unknown, revoked)
    said = {re.findall(r"没有对上[^<]*", answer.content.decode())[0] for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(said) == 1
    assert code in wrong_day.content.decode()


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("", "", "请填持证人给您的 9 位共享码"),
        ("123", "19900101", "要 9 位，现在是 3 位"),
        ("12345678U", "19900101", "没有“U”"),
        ("123456789", "1990", "出生日期要 8 位数字"),
        ("123456789", "19901301", "出生日期要 8 位数字"),
    ],
)
def test_what_cannot_be_a_code_or_a_day_is_said(visitor, code, day, said):
    response = open_code(visitor, code, day)

    assert response.status_code == 422
    assert said in response.content.decode()


def test_revoking_is_confirmed_and_ends_it(holder):
    share = holder.share()
    assert "停用这个共享码吗" in shown(holder, f"{share}revoke/")

    holder.client.post(f"{share}revoke/")

    page = shown(holder, share)
    assert "这个共享码已停用" in page
    assert "bigcode" not in page
    assert holder.client.get(f"{share}revoke/").headers["Location"] == share
    assert "不能用了的" in shown(holder, "/shares/")


def test_after_its_last_day_it_is_said_to_be_over(world, holder):
    share = holder.share(days="1")
    assert code_on(shown(holder, share))

    forward(world, days=1)

    assert "这个共享码已到期" in shown(holder, share)
    assert "已到期" in shown(holder, "/shares/")
