"""Calls to WeChat: one token for all processes, its errcodes, slow and down."""

import hashlib
import json
import threading
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from juzhu import wiring_channels
from juzhu.adapters.wechat_api import WechatApi
from juzhu.adapters.wechat_file import WechatFileError, read_wechat
from juzhu.cli import running
from juzhu.cli import wechat as command
from juzhu.journeys import wechat as journey
from juzhu.modules.channels.lent import LentSecrets
from juzhu.modules.channels.models import LentSecret
from juzhu.ports.wechat import (
    Secret,
    TemplateMessage,
    WechatNotTaken,
    WechatRefused,
    WechatRefusedError,
    WechatTaken,
    WechatUnavailableError,
    WechatUnsure,
)
from tests.web.wechat.conftest import PHONE

TOKEN = "/cgi-bin/stable_token"


def message(openid, key="note-1"):
    return TemplateMessage(key, openid, "T-days_7", {"thing1": "居住证签注快到期了"}, "http://x/")


@pytest.fixture
def follower(wechat, api):
    wechat.control(follow=PHONE)
    return wechat.openid(api)


def test_the_token_is_fetched_once_and_kept_sealed(wechat, api, follower):
    LentSecret.objects.all().delete()
    before = wechat.calls(TOKEN)
    api.send([message(follower, "k1")])
    other_process = WechatApi(wechat.settings, LentSecrets())
    other_process.send([message(follower, "k2")])

    assert wechat.calls(TOKEN) == before + 1
    assert len(wechat.phone()) >= 2
    assert LentSecret.objects.get(kind="access_token").value.startswith("access-")


def test_a_token_that_wechat_no_longer_knows_is_fetched_anew_once(wechat, api, follower):
    api.send([message(follower, "k3")])
    wechat.control(forget=True)
    before = wechat.calls(TOKEN)

    results = api.send([message(follower, f"k4-{n}") for n in range(5)])

    assert [type(it) for it in results] == [WechatTaken] * 5
    assert wechat.calls(TOKEN) == before + 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_token_one_asks(wechat):
    store, asked, found = LentSecrets(), [], []
    gate = threading.Event()

    def fetch():
        asked.append(1)
        gate.wait(5)
        return "access-shared", 7200

    def want():
        found.append(store.get(Secret.ACCESS_TOKEN, fetch))
        from django.db import connection

        connection.close()

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not asked:
        pass
    gate.set()
    for thread in threads:
        thread.join(10)

    assert (found, asked) == (["access-shared"] * 4, [1])


def test_who_fetches_in_vain_leaves_the_way_free(wechat, api, follower):
    LentSecret.objects.all().delete()
    wechat.misbehave("error500")
    assert isinstance(api.send([message(follower, "k5")])[0], WechatNotTaken)
    wechat.misbehave("ok")

    assert isinstance(api.send([message(follower, "k5")])[0], WechatTaken)


@pytest.mark.parametrize("mode", ["error500", "silent", "rubbish", "refuse", "lost_answer"])
def test_no_answer_is_no_refusal(wechat, api, follower, mode):
    wechat.misbehave(mode)

    assert isinstance(api.send([message(follower, f"down-{mode}")])[0], WechatUnsure)
    with pytest.raises(WechatUnavailableError):
        api.menu()


def test_a_lost_answer_is_asked_again_and_arrives_once(wechat, api, follower):
    shown = len(wechat.phone())
    wechat.misbehave("lost_answer")
    api.send([message(follower, "once")])
    wechat.misbehave("ok")

    api.send([message(follower, "once")])

    assert len(wechat.phone()) == shown + 1


@pytest.mark.parametrize(
    ("code", "unfollowed", "quota"),
    [(43004, True, False), (45009, False, True), (40037, False, False)],
)
def test_errcodes_say_what_follows(wechat, api, follower, code, unfollowed, quota):
    wechat.control(faults=[code])

    assert api.send([message(follower, f"e-{code}")]) == [WechatRefused(code, unfollowed, quota)]


def test_a_page_is_signed_with_the_shared_ticket(wechat, api):
    signed = api.sign_page("https://jz.example/face/?a=1#top", now=1_700_000_000)
    ticket = LentSecret.objects.get(kind="jsapi_ticket").value

    text = (
        f"jsapi_ticket={ticket}&noncestr={signed.nonce}&timestamp=1700000000"
        "&url=https://jz.example/face/?a=1"
    )
    assert signed.signature == hashlib.sha1(text.encode()).hexdigest()
    before = wechat.calls("/cgi-bin/ticket/getticket")
    api.sign_page("https://jz.example/", now=1)
    assert wechat.calls("/cgi-bin/ticket/getticket") == before


def test_a_code_says_whose_account_it_is_once(wechat, api):
    code = wechat.code()

    assert api.openid_of(code) == wechat.openid(api)
    with pytest.raises(WechatRefusedError, match="40029"):
        api.openid_of(code)


def test_the_entry_joins_a_menu_that_is_there_and_twice_is_harmless(wechat, api):
    others = {"button": [{"type": "view", "name": "警民互动", "url": "https://x.example/"}]}
    api.publish_menu(others)

    assert journey.published(api) is True
    published = wechat.calls("/cgi-bin/menu/create")
    assert journey.published(api) is False

    assert wechat.calls("/cgi-bin/menu/create") == published
    menu = api.menu()
    assert menu["button"][0] == others["button"][0]
    assert menu["button"][1]["name"] == "政务服务"
    assert menu["button"][1]["sub_button"][0]["name"] == "居住证"


def test_the_command_publishes_once_and_shows_the_menu(wechat, api, monkeypatch, settings):
    monkeypatch.setattr(running, "prepared", lambda: settings.JUZHU)
    monkeypatch.setattr(running, "database", lambda _: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)
    api.publish_menu(
        {"button": [{"type": "view", "name": "警民互动", "url": "https://x.example/"}]}
    )

    def run():
        return CliRunner().invoke(command.app, ["menu"])

    assert run().stdout.startswith("published")
    again = run()
    assert (again.exit_code, again.stdout.startswith("it is there already")) == (0, True)
    assert "警民互动" in again.stdout
    wechat.misbehave("error500")
    away = run()
    assert away.exit_code == 1
    assert "does not answer" in away.output


def test_a_full_menu_says_so():
    entry = {"name": "户政", "type": "view", "url": "x"}
    full = {"button": [{"name": "政务服务", "sub_button": [entry] * 5}]}

    with pytest.raises(journey.MenuFullError):
        journey.with_entry(full, "x")
    with pytest.raises(journey.MenuFullError):
        journey.with_entry({"button": [entry] * 3}, "x")


GOOD = {
    "app_id": "wx0123456789abcdef",
    "secret": "s",
    "token": "abc",
    "aes_key": "a" * 43,
    "templates": {"days_7": {"id": "T", "data": {"time2": "{valid_through}"}}},
}
VALUES = {"days_7": frozenset({"valid_through"})}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"aes_key": "short"}, "43 characters"),
        ({"app_id": "gh_1"}, "AppID"),
        ({"token": "with space"}, "token"),
        ({"templates": {"unheard_of": {"id": "T", "data": {}}}}, "no occasion"),
        ({"templates": {"days_7": {"id": "T", "data": {"a": "{name}"}}}}, "no value name"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, change, says):
    path = tmp_path / "wechat.json"
    path.write_text(json.dumps(GOOD | change))
    path.chmod(0o600)

    with pytest.raises(WechatFileError, match=says):
        read_wechat(path, values=VALUES)


def test_the_file_belongs_to_its_owner_only(tmp_path):
    path = tmp_path / "wechat.json"
    path.write_text(json.dumps(GOOD))
    path.chmod(0o644)
    with pytest.raises(WechatFileError, match="chmod 600"):
        read_wechat(path, values=VALUES)
    path.chmod(0o600)

    assert "secret" not in repr(read_wechat(path, values=VALUES))


def test_the_sandbox_has_the_citys_account_and_production_has_none(monkeypatch, settings):
    from dataclasses import replace

    from juzhu.config.parse import Mode

    wiring_channels._wechat_settings.cache_clear()
    found = wiring_channels._wechat_settings()
    assert found is not None
    assert found.api_url == "http://127.0.0.1:8601/wechat"
    wiring_channels._wechat_settings.cache_clear()
    settings.JUZHU = replace(settings.JUZHU, mode=Mode.PRODUCTION)
    assert wiring_channels._wechat_settings() is None
    wiring_channels._wechat_settings.cache_clear()
