"""WeChat's face check against the city's WeChat: what the page says counts for nothing."""

import dataclasses
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client

from juzhu import wiring
from juzhu.adapters.face_wechat import WechatFace
from juzhu.config.parse import FaceKind
from tests.web.wechat.conftest import PHONE


@pytest.fixture
def somebody(wechat, api, monkeypatch) -> dict[str, str]:
    """Return somebody of the city, who has come to sign in by WeChat."""
    changed = dataclasses.replace(settings.JUZHU, face=FaceKind.WECHAT)
    monkeypatch.setattr(settings, "JUZHU", changed)
    monkeypatch.setattr(wiring, "wechat_face", lambda: WechatFace(api))
    people = httpx.get(f"{wechat.city.url}/people.json", trust_env=False).json()
    return {"name": people[0]["name"], "id_number": people[0]["id_number"], "consent": "on"}


def come(visitor: Client, wechat, given: dict[str, str], **changed: str):
    """Fill in the form, go to WeChat and come back with its code."""
    response = visitor.post("/sign-in/?next=/apply/", given | changed)
    assert response.headers["Location"] == "/sign-in/wechat/?next=%2Fapply%2F"
    there = visitor.get("/sign-in/wechat/?next=/apply/").headers["Location"]
    query = parse_qs(urlsplit(there).query)
    back = urlsplit(query["redirect_uri"][0])
    answer = {"next": "/apply/", "code": wechat.code(), "state": query["state"][0]}
    return visitor.get(back.path, answer)


def test_browsers_let_the_form_lead_to_wechat(somebody, wechat, visitor):
    """They hold the answers to a form, and all that these lead to, to the page's own policy."""
    for page in (visitor.get("/sign-in/"), visitor.post("/sign-in/", {})):
        policy = page.headers["Content-Security-Policy"]
        assert f"form-action 'self' {wechat.city.url};" in policy
    policy = come(visitor, wechat, somebody).headers["Content-Security-Policy"]
    assert f"form-action 'self' {wechat.city.url};" in policy
    assert "https://res.wx.qq.com" in policy


def test_a_filmed_person_is_signed_in(somebody, wechat, visitor):
    page = come(visitor, wechat, somebody)
    assert page.status_code == 200
    assert "https://res.wx.qq.com" in page.headers["Content-Security-Policy"]
    assert "res.wx.qq.com" not in visitor.get("/sign-in/").headers["Content-Security-Policy"]
    wechat.post(f"/wechat/{PHONE}", {"do": "film"})

    response = visitor.post("/sign-in/wechat/", {"next": "/apply/"})

    assert response.headers["Location"] == "/apply/"
    assert visitor.session["proofs"]["face"][::2] == [4, True]


@pytest.mark.parametrize("changed", [{}, {"name": "李四"}], ids=["cancelled", "another name"])
def test_who_was_not_filmed_or_is_another_is_not(somebody, wechat, visitor, changed):
    page = come(visitor, wechat, somebody, **changed)
    if changed:
        wechat.control(film=page.context["verify_id"])

    response = visitor.post("/sign-in/wechat/")

    assert response.status_code == 422
    assert "没有核对上" in response.content.decode()
    assert visitor.post("/sign-in/wechat/").headers["Location"] == "/sign-in/wechat/"


def test_a_ticket_filmed_for_one_person_does_not_serve_another(somebody, wechat, visitor, api):
    face = WechatFace(api)
    openid = wechat.openid(api)
    given = {"id_number": somebody["id_number"], "name": somebody["name"]}
    ticket = face.begin(openid=openid, **given)
    wechat.control(film=ticket.verify_id)

    assert face.matched(ticket, **given)
    from juzhu.ports.face import FaceUnavailableError

    for wrong in (given | {"name": "李四"}, given | {"id_number": "11010519491231002X"}):
        with pytest.raises(FaceUnavailableError):
            face.matched(ticket, **wrong)
    with pytest.raises(FaceUnavailableError):
        face.matched(dataclasses.replace(ticket, openid="another"), **given)


def test_a_wrong_state_begins_anew_and_a_used_code_is_refused(somebody, wechat, visitor):
    visitor.post("/sign-in/", somebody)
    visitor.get("/sign-in/wechat/")

    wrong = visitor.get("/sign-in/wechat/", {"code": wechat.code(), "state": "x"})

    assert wrong.headers["Location"] == "/sign-in/wechat/"
    there = visitor.get("/sign-in/wechat/").headers["Location"]
    state = parse_qs(urlsplit(there).query)["state"][0]
    used = visitor.get("/sign-in/wechat/", {"code": "used", "state": state})
    assert used.status_code == 503


@pytest.mark.parametrize("mode", ["error500", "rubbish", "silent"])
def test_a_silent_wechat_is_no_attempt_and_leads_to_the_other_way(somebody, wechat, visitor, mode):
    page = come(visitor, wechat, somebody)
    wechat.control(film=page.context["verify_id"])
    wechat.misbehave(mode)

    response = visitor.post("/sign-in/wechat/")

    assert response.status_code == 503
    assert "/sign-in/code/" in response.content.decode()


def test_nobody_arrives_without_having_said_who_they_are(somebody, visitor):
    assert visitor.get("/sign-in/wechat/").headers["Location"] == "/sign-in/"
