"""Binding a WeChat account: after a face, after a page that says so, and never by halves."""

import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from juzhu.modules.audit.models import Entry
from juzhu.modules.notices import bindings
from juzhu.modules.notices.models import Message, WechatBinding
from juzhu.modules.people.models import Person
from juzhu.web import assurance
from juzhu.web.views import wechat as view
from tests.web.conftest import Resident
from tests.web.wechat.conftest import PHONE


def person_of(resident: Resident) -> int:
    from juzhu.modules.people.services import digest_of

    return Person.objects.get(id_digest=digest_of(resident.id_number)).pk


def begin(resident) -> str:
    """Be about to go to WeChat; return the state that it sends the browser back with."""
    page = resident.client.get("/wechat/")
    return parse_qs(urlsplit(page.context["authorize_url"]).query)["state"][0]


def came_back(resident, wechat, state, number=PHONE) -> str:
    """Return where a browser is led that comes back with a fresh code."""
    given = {"code": wechat.code(number), "state": state}
    return str(resident.client.get("/wechat/bound/", given).headers["Location"])


def to_confirm(resident, wechat, number=PHONE) -> str:
    """Go to WeChat and come back with a code."""
    return came_back(resident, wechat, begin(resident), number)


def bind(resident, wechat, number=PHONE):
    assert to_confirm(resident, wechat, number) == "/wechat/confirm/"
    return resident.client.post("/wechat/confirm/")


def told(resident) -> list[str]:
    found = Message.objects.filter(person_id=person_of(resident), occasion__startswith="wechat")
    return list(found.order_by("pk").values_list("occasion", flat=True))


def test_an_account_is_bound_and_its_person_told(holder, wechat, api):
    bind(holder, wechat)

    assert bindings.person_of(wechat.openid(api)) == person_of(holder)
    assert told(holder) == ["wechat_bound"]
    assert Entry.objects.filter(purpose="wechat", note="bound").count() == 1
    assert b"ABCDEF" not in bytes(WechatBinding.objects.get().openid_digest)
    assert "微信已经绑定" in holder.client.get("/wechat/").content.decode()


def test_until_the_button_is_pressed_nothing_is_bound(holder, wechat):
    to_confirm(holder, wechat)
    holder.client.get("/wechat/confirm/")

    assert not WechatBinding.objects.exists()


def test_an_account_taken_over_leaves_its_first_person_and_both_are_told(
    holder, neighbour, wechat, api
):
    bind(holder, wechat)
    neighbour.apply(phone="13900001111")

    to_confirm(neighbour, wechat)
    assert "绑着另一个人" in neighbour.client.get("/wechat/confirm/").content.decode()
    neighbour.client.post("/wechat/confirm/")

    assert bindings.person_of(wechat.openid(api)) == person_of(neighbour)
    assert bindings.bound_at(person_of(holder)) is None
    assert told(holder) == ["wechat_bound", "wechat_left"]
    assert told(neighbour) == ["wechat_bound"]
    looks = Entry.objects.filter(person_id=person_of(holder), purpose="wechat").order_by("pk")
    assert list(looks.values_list("actor", "note")) == [
        ("holder:self", "bound"),
        ("system:wechat", "taken_over"),  # it was not the holder who did that
    ]


def test_another_account_takes_the_place_of_the_first(holder, wechat, api):
    bind(holder, wechat)
    bind(holder, wechat, "13900002222")
    bind(holder, wechat, "13900002222")  # once more changes nothing

    assert bindings.person_of(wechat.openid(api, "13900002222")) == person_of(holder)
    assert bindings.person_of(wechat.openid(api)) is None
    assert told(holder) == ["wechat_bound", "wechat_bound"]
    assert sorted(WechatBinding.objects.values_list("why_ended", flat=True)) == ["", "replaced"]


def test_it_can_be_given_up(holder, wechat):
    bind(holder, wechat)

    holder.client.post("/wechat/")

    assert bindings.bound_at(person_of(holder)) is None
    assert told(holder) == ["wechat_bound", "wechat_left"]


@pytest.mark.parametrize("query", [{}, {"state": "forged"}, {"code": "x"}])
def test_a_way_back_that_was_not_begun_here_binds_nothing(holder, wechat, query):
    holder.client.get("/wechat/")

    response = holder.client.get("/wechat/bound/", {"code": wechat.code()} | query)

    assert response.headers["Location"] == "/wechat/?failed=1"
    assert "没有绑上" in holder.client.get("/wechat/?failed=1").content.decode()
    assert holder.client.get("/wechat/confirm/").headers["Location"] == "/wechat/"
    assert not WechatBinding.objects.exists()


def test_a_way_back_late_or_twice_binds_nothing(holder, wechat, monkeypatch):
    begun = begin(holder)
    with monkeypatch.context() as later:
        later.setattr(view, "time", SimpleNamespace(time=lambda: time.time() + 601))
        assert came_back(holder, wechat, begun) == "/wechat/?failed=1"
    assert came_back(holder, wechat, begun) == "/wechat/?failed=1"  # that state is spent

    begun = begin(holder)
    assert came_back(holder, wechat, begun) == "/wechat/confirm/"
    assert came_back(holder, wechat, begun) == "/wechat/?failed=1"
    with monkeypatch.context() as later:
        later.setattr(view, "time", SimpleNamespace(time=lambda: time.time() + 601))
        assert holder.client.post("/wechat/confirm/").headers["Location"] == "/wechat/"

    assert not WechatBinding.objects.exists()


@pytest.mark.parametrize("mode", ["silent", "error500"])
def test_wechat_down_binds_nothing_and_says_so(holder, wechat, mode):
    code = wechat.code()
    page = holder.client.get("/wechat/")
    state = parse_qs(urlsplit(page.context["authorize_url"]).query)["state"][0]
    wechat.misbehave(mode)

    response = holder.client.get("/wechat/bound/", {"code": code, "state": state})

    assert response.headers["Location"] == "/wechat/?failed=1"
    assert not WechatBinding.objects.exists()


def test_without_a_face_no_account_is_bound(holder, wechat, monkeypatch):
    to_confirm(holder, wechat)
    monkeypatch.setitem(assurance.NEEDS, assurance.Act.BIND_WECHAT, assurance.Need(5))

    page = holder.client.get("/wechat/")

    assert "authorize_url" not in page.context
    assert "刷脸后绑定" in page.content.decode()
    assert holder.client.post("/wechat/confirm/").headers["Location"].startswith("/sign-in/")
    assert not WechatBinding.objects.exists()


def test_elsewhere_the_page_says_where_to_bind(holder, wechat, monkeypatch):
    from juzhu import wiring

    monkeypatch.setattr(wiring, "is_trial", lambda: False)
    assert "authorize_url" not in holder.client.get("/wechat/").context

    in_wechat = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.54"}
    assert "authorize_url" in holder.client.get("/wechat/", headers=in_wechat).context


def test_without_an_account_there_is_no_such_page(holder, wechat, monkeypatch):
    from juzhu import wiring

    monkeypatch.setattr(wiring, "wechat", lambda: None)
    monkeypatch.setattr(wiring, "wechat_callbacks", lambda: None)

    for address in ("/wechat/", "/wechat/bound/", "/wechat/confirm/", "/wechat/callback/"):
        assert holder.client.get(address).status_code == 404
