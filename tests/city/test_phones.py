"""Short messages and the phones that show them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

PHONE = "13800000001"


def send(call, key, phone=PHONE, text="您好"):
    return call.signed("/sms/send", {"key": key, "phone": phone, "text": text})


def keys_on(call, phone=PHONE):
    return [message["key"] for message in call.get(f"/phones/{phone}.json").json]


def test_a_message_arrives_once_however_often_it_is_sent(call):
    first = send(call, "once")
    again = send(call, "once")
    changed = send(call, "once", text="别的话")

    assert first.status == again.status == 200
    assert first.json["number"] == again.json["number"] == changed.json["number"]
    assert keys_on(call).count("once") == 1


def test_many_at_once_with_one_key_deliver_once(call):
    with ThreadPoolExecutor(8) as senders:
        numbers = {
            heard.json["number"] for heard in senders.map(lambda _: send(call, "race"), "x" * 24)
        }

    assert len(numbers) == 1
    assert keys_on(call).count("race") == 1


def test_a_lost_answer_has_been_delivered(call):
    call.switch("sms", "lost_answer")
    assert send(call, "lost").status == 500
    call.switch("sms", "ok")

    assert keys_on(call).count("lost") == 1
    assert send(call, "lost").status == 200
    assert keys_on(call).count("lost") == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"phone": "12800000001"},
        {"phone": "1380000000"},
        {"phone": "138000000011"},
        {"phone": "+8613800000001"},
        {"phone": "１３８００００００１１"},
        {"text": ""},
        {"text": "长" * 501},
    ],
)
def test_a_message_that_can_never_arrive_is_refused(call, bad):
    heard = send(call, f"bad {bad}", **bad)

    assert heard.status == 422
    assert heard.json["error"] == "refused"


def test_phones_are_listed_with_their_latest_message_first(call):
    send(call, "list-1", phone="13700000001", text="一")
    send(call, "list-2", phone="13700000002", text="二")
    send(call, "list-3", phone="13700000001", text="三")

    listed = [(message["phone"], message["text"]) for message in call.get("/phones.json").json]

    assert listed[:2] == [("13700000001", "三"), ("13700000002", "二")]
    page = call.get("/phones").body.decode()
    assert page.index("三") < page.index("二")


def test_a_phone_shows_its_messages_newest_last_and_escapes_them(call):
    phone = "13600000009"
    send(call, "page-1", phone=phone, text="第一条")
    send(call, "page-2", phone=phone, text="<script>alert(1)</script>")

    page = call.get(f"/phones/{phone}").body.decode()

    assert page.index("第一条") < page.index("&lt;script&gt;")
    assert "<script" not in page


def test_a_phone_that_received_nothing_says_so(call):
    assert "还没有收到短信" in call.get("/phones/13500000000").body.decode()
    assert call.get("/phones/13500000000.json").json == []
