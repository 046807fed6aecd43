"""Signing in by face and by code."""

import pytest
from django.test import Client

from juzhu.modules.people import services as people
from juzhu.modules.people.models import SignInCode
from tests.factories import NOON, an_id_number
from tests.web.conftest import forward

FACE = {"name": "陈小明", "consent": "on"}


def typed(**fields: str) -> dict[str, str]:
    return FACE | {"id_number": an_id_number()} | fields


def test_the_simulated_check_says_so(world, visitor):
    assert "（模拟）" in visitor.get("/sign-in/").content.decode()

    world.simulated = False

    assert "模拟" not in visitor.get("/sign-in/").content.decode()


def test_a_matching_face_opens_the_home_page_under_a_new_session_key(visitor):
    visitor.get("/sign-in/")
    visitor.post("/display/", {"here": "/sign-in/", "lang": "zh-hans"})
    before = visitor.session.session_key

    response = visitor.post("/sign-in/", typed())

    assert response.headers["Location"] == "/"
    assert visitor.session.session_key != before
    assert visitor.get("/").templates[0].name == "web/home/no_permit.html"


def test_without_consent_nobody_is_checked_and_the_fields_are_kept(visitor):
    given = typed()
    del given["consent"]

    response = visitor.post("/sign-in/", given)

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>出错：刷脸登录" in page
    assert 'href="#id_consent"' in page
    assert 'value="陈小明"' in page
    assert given["id_number"] in page


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "请填身份号码"),
        ("4301001990010100", "身份号码要 18 位，现在是 16 位"),
        ("43010019900101001A", "最后一位可以是 X"),
        ("430100199013010015", "第 7 到 14 位不是一个日期"),
        ("430102199001010012", "最后一位对不上"),
        ("810000198907019971", "港澳台居民居住证"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(visitor, number, says):
    response = visitor.post("/sign-in/", typed(id_number=number))

    assert response.status_code == 422
    assert says in response.content.decode()


def test_blanks_and_a_small_x_are_fine(visitor):
    number = an_id_number()

    response = visitor.post("/sign-in/", typed(id_number=f" {number[:6]} {number[6:].lower()} "))

    assert response.status_code == 302


def test_a_face_that_does_not_match_says_nothing_about_the_number(world, visitor):
    world.face_matches = False

    response = visitor.post("/sign-in/", typed())

    assert response.status_code == 422
    assert "没有核对上" in response.content.decode()


def test_five_failures_close_the_door_and_say_until_when(world, visitor):
    world.face_matches = False
    given = typed()
    for _ in range(5):
        visitor.post("/sign-in/", given)

    response = visitor.post("/sign-in/", given)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "2026年11月24日 12:15" in response.content.decode()


def test_a_silent_face_service_offers_the_other_way(world, visitor):
    world.face_answers = False

    response = visitor.post("/sign-in/", typed())

    assert response.status_code == 503
    assert "不是您的原因" in response.content.decode()


@pytest.fixture
def known(world) -> tuple[str, str]:
    number = an_id_number()
    person = people.meet(id_number=number, name="陈小明", at=NOON)
    people.reserve_phone(person_id=person, phone="13800006021")
    return number, "13800006021"


def ask(client: Client, number: str, phone: str):
    return client.post("/sign-in/code/?next=/apply/", {"id_number": number, "phone": phone})


def test_the_code_opens_the_wanted_page(visitor, known):
    response = ask(visitor, *known)
    assert response.headers["Location"] == "/sign-in/code/enter/?next=%2Fapply%2F"
    code = SignInCode.objects.get().code

    response = visitor.post("/sign-in/code/enter/", {"code": code, "next": "/apply/"})

    assert response.headers["Location"] == "/apply/"


def test_a_foreign_phone_gets_the_same_answer_and_no_entry(visitor, known):
    response = ask(visitor, known[0], "13900000000")

    assert response.headers["Location"] == "/sign-in/code/enter/?next=%2Fapply%2F"
    entered = visitor.post("/sign-in/code/enter/", {"code": "123456"})
    assert entered.status_code == 422
    assert "验证码不对" in entered.content.decode()


@pytest.mark.parametrize("code", ["", "12345", "abcdef"])
def test_a_code_has_six_digits(visitor, known, code):
    ask(visitor, *known)

    response = visitor.post("/sign-in/code/enter/", {"code": code})

    assert response.status_code == 422
    assert "6 位" in response.content.decode()


def test_a_code_nobody_asked_for_starts_again(visitor):
    response = visitor.get("/sign-in/code/enter/")

    assert response.headers["Location"] == "/sign-in/code/?over=1"


def test_an_expired_code_is_not_accepted(world, visitor, known):
    ask(visitor, *known)
    code = SignInCode.objects.get().code
    forward(world, minutes=6)

    response = visitor.post("/sign-in/code/enter/", {"code": code})

    assert response.status_code == 422


def test_what_was_asked_is_not_readable_in_the_session(visitor, known):
    ask(visitor, *known)

    held = str(dict(visitor.session))

    assert known[0] not in held
    assert known[1] not in held


def test_who_is_signed_in_already_goes_on(resident):
    assert resident.client.get("/sign-in/?next=/apply/").headers["Location"] == "/apply/"


def test_signing_out_ends_the_session(resident):
    response = resident.client.post("/sign-out/")

    assert response.headers["Location"] == "/signed-out/"
    assert resident.client.get("/progress/").status_code == 302
    assert resident.client.get("/signed-out/").status_code == 200
