"""A form begun on a desktop goes on on the phone: its own person signs in there and finds it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from juzhu.modules.cases.models import Case
from juzhu.modules.channels.contracts import PASS_TIME
from juzhu.modules.channels.models import Pass
from tests.web.conftest import Resident, forward

TYPED = {"phone": "13812345678", "delivery": "point", "here": "/apply/"}


@pytest.fixture
def drawn(monkeypatch):
    """Catch what is drawn as a code: the phone's camera."""
    from juzhu import wiring

    found = []
    draw = wiring.code_drawing
    monkeypatch.setattr(wiring, "code_drawing", lambda text: found.append(text) or draw(text))
    return found


def begin(resident: Resident, drawn: list[str]) -> str:
    """Press the button on the half-filled form; return the path in the code."""
    page = resident.client.get("/apply/")
    assert "到手机上继续" in page.content.decode()
    key = page.context["form"]["key"].value()
    sent = resident.client.post("/continue/", TYPED | {"key": key})
    assert sent.headers["Location"] == "/continue/"
    assert resident.client.get("/continue/").context["open"] is True
    assert resident.client.get("/continue/code.svg").content.startswith(b"<svg")
    return urlsplit(drawn[-1]).path


def phone_of(resident: Resident) -> Client:
    phone = Client(headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.54"})
    typed = {"name": resident.name, "id_number": resident.id_number, "consent": "on"}
    phone.post("/sign-in/", typed)
    return phone


def test_the_phone_signs_in_and_goes_on_where_the_desktop_was(resident, drawn):
    path = begin(resident, drawn)
    stranger = Client()
    assert stranger.get(path).headers["Location"].startswith("/sign-in/?next=%2Fcontinue%2F")
    phone = phone_of(resident)

    response = phone.get(path)

    assert response.headers["Location"] == "/apply/"
    form = phone.get("/apply/").context["form"]
    assert form["phone"].value() == "13812345678"
    assert form["delivery"].value() == "point"
    assert resident.client.get("/continue/").context["open"] is False


def test_sent_from_both_devices_it_is_one_case(resident, drawn):
    path = begin(resident, drawn)
    phone = phone_of(resident)
    phone.get(path)
    typed = {"phone": "13812345678", "delivery": "none"}
    on_phone = phone.get("/apply/").context["form"]["key"].value()
    on_desktop = resident.client.get("/apply/").context["form"]["key"].value()

    first = phone.post("/apply/", typed | {"key": on_phone})
    second = resident.client.post("/apply/", typed | {"key": on_desktop})

    assert first.headers["Location"] == second.headers["Location"]
    assert [case.channel for case in Case.objects.all()] == ["wechat"]


def test_somebody_else_who_reads_the_code_gets_nothing_and_leaves_it_good(
    resident, neighbour, drawn
):
    path = begin(resident, drawn)

    assert neighbour.client.get(path).status_code == 410
    assert neighbour.client.get("/apply/").context["form"]["phone"].value() in ("", None)
    assert phone_of(resident).get(path).status_code == 302


def test_a_code_works_once_and_for_minutes(world, resident, drawn):
    path = begin(resident, drawn)
    phone = phone_of(resident)
    phone.get(path)
    assert phone.get(path).status_code == 410

    late = begin(resident, drawn)
    forward(world, seconds=PASS_TIME.total_seconds())
    assert phone.get(late).status_code == 410


def test_a_new_code_ends_the_one_before_and_nothing_typed_lies_open(resident, drawn):
    before = begin(resident, drawn)
    begin(resident, drawn)

    assert phone_of(resident).get(before).status_code == 410
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM channels_pass")
        assert all(b"13812345678" not in bytes(content) for (content,) in cursor.fetchall())
    assert Pass.objects.count() == 1


def test_turning_back_on_the_desktop_finds_the_form_as_it_was(resident, drawn):
    begin(resident, drawn)

    assert resident.client.get("/apply/").context["form"]["phone"].value() == "13812345678"


def test_without_a_form_there_is_no_code(resident):
    assert resident.client.get("/continue/").headers["Location"] == "/"
    assert resident.client.get("/continue/code.svg").status_code == 404


def test_the_foot_of_a_portal_shows_what_is_registered(visitor, settings):
    from dataclasses import replace

    marks = {"site_code": "4403000040", "site_icp": "粤ICP备1号", "site_police": "粤公网安备2号"}
    settings.JUZHU = replace(settings.JUZHU, **marks)
    page = visitor.get("/help/").content.decode()

    for mark in (*marks.values(), "site_code=4403000040", "/map/"):
        assert mark in page
    assert visitor.get("/map/").status_code == 200
