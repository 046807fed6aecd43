"""What WeChat posts: signed, encrypted, now, and each thing once. wechatpy plays WeChat."""

import base64
import os
import time
import uuid

import pytest
from django.test import Client
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from juzhu.modules.audit.models import Entry
from juzhu.modules.notices import bindings, second
from juzhu.modules.people.models import Person

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
ADDRESS = "/wechat/callback/"


@pytest.fixture
def says(wechat):
    """Return what sends something to the account as WeChat would, and reads the answer."""
    account = wechat.settings
    crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)

    def say(client=None, *, seconds=0, number=None, inside=None, change=None, **words):
        stamp, nonce = str(int(time.time()) + seconds), "n-" + uuid.uuid4().hex[:8]
        words = {"MsgType": "text", "MsgId": number or str(uuid.uuid4().int)[:18]} | words
        plain = inside or "".join(
            f"<{name}><![CDATA[{value}]]></{name}>"
            for name, value in {"FromUserName": OPENID, "CreateTime": stamp, **words}.items()
        )
        body = crypto.encrypt_message(f"<xml>{plain}</xml>", nonce, stamp)
        sealed = body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        signer = WeChatSigner()
        signer.add_data(account.token, stamp, nonce, sealed)
        query = {
            "encrypt_type": "aes",
            "timestamp": stamp,
            "nonce": nonce,
            "msg_signature": signer.signature,
        } | (change or {})
        address = ADDRESS + "?" + "&".join(f"{k}={v}" for k, v in query.items())
        answer = (client or Client()).post(address, body, content_type="text/xml")
        if answer.status_code != 200 or answer.content == b"success":
            return answer.status_code, ""
        text = answer.content.decode()

        def part(name):
            return text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]

        opened = crypto.decrypt_message(
            text, part("MsgSignature"), part("TimeStamp"), part("Nonce")
        )
        return 200, opened.partition("<Content>")[2].partition("</Content>")[0]

    return say


def bound(resident):
    person_id = Person.objects.get().pk
    from juzhu import wiring

    bindings.bind(person_id=person_id, openid=OPENID, at=wiring.clock().now())
    return person_id


def test_the_address_proves_that_it_knows_the_token(wechat, visitor):
    stamp, nonce = str(int(time.time())), "n1"
    signer = WeChatSigner()
    signer.add_data(wechat.settings.token, stamp, nonce)
    query = {"timestamp": stamp, "nonce": nonce, "echostr": "8842", "signature": signer.signature}

    assert visitor.get(ADDRESS, query).content == b"8842"
    assert visitor.get(ADDRESS, query | {"signature": "0" * 40}).status_code == 404
    assert visitor.get(ADDRESS, query | {"timestamp": "1"}).status_code == 404
    assert visitor.get(ADDRESS).status_code == 404


def test_a_new_follower_is_welcomed_with_links(says):
    status, answer = says(MsgType="event", Event="subscribe")

    assert status == 200
    assert "/go/home/" in answer
    assert "/wechat/" in answer


@pytest.mark.parametrize("word", ["状态", "我要签注", "信息单", "STATUS", "sheet "])
def test_a_word_is_answered_with_a_link_and_nothing_about_anybody(says, word):
    assert "http://127.0.0.1:8600/go/" in says(Content=word)[1]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("words", [{"Content": "你好<&>"}, {"MsgType": "image"}, {"Content": ""}])
def test_anything_else_is_answered_with_what_can_be_asked(says, words):
    assert "12345" in says(**words)[1]


def test_a_bound_account_hears_the_state_and_the_ledger_says_so(says, holder):
    person_id = bound(holder)
    before = Entry.objects.filter(person_id=person_id).count()

    chinese, english = says(Content="状态")[1], says(Content="status")[1]

    assert "您的居住证有效，有效期至2027年" in chinese
    assert "valid through" in english
    for secret in (holder.name, holder.id_number, holder.id_number[-4:]):
        assert secret not in chinese + english
    entries = Entry.objects.filter(person_id=person_id, purpose="wechat", note="state")
    assert entries.count() == 2
    assert Entry.objects.filter(person_id=person_id).count() == before + 2


def test_what_is_heard_again_has_no_second_effect(says, holder):
    bound(holder)
    says(Content="状态", number="77")

    assert says(Content="状态", number="77") == (200, "")
    assert Entry.objects.filter(note="state").count() == 1


def test_two_reports_of_one_second_are_two(says, monkeypatch):
    heard = []
    monkeypatch.setattr(second, "reported", lambda **words: heard.append(words["number"]) or True)
    report = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgId": "", "CreateTime": "9"}

    for message in ("1", "2", "2"):
        says(MsgID=message, Status="success", **report)

    assert heard == ["1", "2"]


def test_who_unfollows_is_bound_no_more(says, holder):
    person_id = bound(holder)

    says(MsgType="event", Event="unsubscribe")

    assert bindings.bound_at(person_id) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -400},
        {"seconds": 400},
        {"change": {"msg_signature": "0" * 40}},
        {"change": {"nonce": "another"}},
        {"change": {"encrypt_type": "raw"}},
        {"inside": '<!DOCTYPE x [<!ENTITY a "aaaa">]><FromUserName>&a;</FromUserName>'},
        {"inside": "<FromUserName>"},
        {"inside": "<Content>x</Content>"},
    ],
)
def test_what_wechat_did_not_sign_now_looks_absent(says, wrong):
    assert says(Content="状态", **wrong) == (404, "")


@pytest.mark.parametrize(
    "body", [b"", b"<xml/>", b"\0", b"<xml><Encrypt>%%%</Encrypt></xml>", b"<xml>" + b"x" * 40_000]
)
def test_rubbish_looks_absent(wechat, visitor, body):
    address = f"{ADDRESS}?encrypt_type=aes&timestamp={int(time.time())}&nonce=n&msg_signature=x"

    assert visitor.post(address, body, content_type="text/xml").status_code == 404


def test_a_message_for_another_account_is_not_ours(wechat, visitor):
    account = wechat.settings
    crypto = WeChatCrypto(account.token, account.aes_key, "wxanother000000")
    stamp = str(int(time.time()))
    body = crypto.encrypt_message("<xml><FromUserName>o</FromUserName></xml>", "n", stamp)
    signature = body.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
    query = f"?encrypt_type=aes&timestamp={stamp}&nonce=n&msg_signature={signature}"

    assert visitor.post(ADDRESS + query, body, content_type="text/xml").status_code == 404


def test_garbled_ciphers_are_refused_whatever_they_decrypt_to(wechat, visitor):
    for size in (16, 32, 48, 17, 0):
        sealed = base64.b64encode(os.urandom(size)).decode()
        stamp = str(int(time.time()))
        signer = WeChatSigner()
        signer.add_data(wechat.settings.token, stamp, "n", sealed)
        query = f"?encrypt_type=aes&timestamp={stamp}&nonce=n&msg_signature={signer.signature}"
        body = f"<xml><Encrypt>{sealed}</Encrypt></xml>"

        response = visitor.post(ADDRESS + query, body, content_type="text/xml")

        assert response.status_code == 404, size
