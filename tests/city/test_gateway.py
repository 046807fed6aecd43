"""The gateway of the city: who gets in, what comes out, and every way it can misbehave."""

import http.client
import time
from datetime import date

import pytest

from juzhu.city.gate import Gate, NotAdmittedError
from juzhu.city.named import named_people
from juzhu.ports import gateway

NUMBERS = {n.person.name: n.person.id_number for n in named_people(date(2026, 11, 24))}
CHEN = {"id_number": NUMBERS["陈小明"], "name": "陈小明"}
SUN = {"id_number": NUMBERS["孙小芸"], "name": "孙小芸"}
SOURCES = ["population", "hukou", "registrations", "insurance", "talent", "enrolment"]
INSURANCE = "/departments/insurance/query"


@pytest.mark.parametrize("source", SOURCES)
def test_every_department_answers_with_receipt_day_number_and_content(call, source):
    heard = call.signed(f"/departments/{source}/query", CHEN)

    assert heard.status == 200
    assert set(heard.json) == {"receipt", "answered_on", "id_number", "content"}
    assert heard.json["id_number"] == CHEN["id_number"]
    assert heard.json["answered_on"] == call.get("/clock").json["now"][:10]


def test_two_answers_never_share_a_receipt(call):
    receipts = {call.signed(INSURANCE, CHEN).json["receipt"] for _ in range(5)}
    assert len(receipts) == 5


def test_the_answer_is_signed_over_status_body_and_the_requests_nonce(call, city):
    nonce = "0123456789abcdef"
    heard = call.signed(INSURANCE, CHEN, nonce=nonce)

    expected = gateway.sign_answer(city.secret.encode(), nonce=nonce, status=200, body=heard.body)
    assert heard.headers["signature"] == expected


def test_the_signatures_are_the_published_ones():
    """Computed once with OpenSSL, so that both sides cannot be wrong together."""
    signature = gateway.sign_request(
        b"key", method="POST", path="/a", timestamp="1", nonce="n", body=b"{}"
    )
    assert signature == "6e61cae7c144867de4f36042f641da5c9f0abb10a7f4cae58469f7e7f3a2f1de"
    answer = gateway.sign_answer(b"key", nonce="n", status=200, body=b"{}")
    assert answer == "c3072c3bda5c54e95459ad880dcead4069cfe0f934ac418a5041d412c7de228a"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": "0" * 64}, "wrong_signature"),
        ({"signature": "\u00e9"}, "wrong_signature"),
        ({"appid": "someone"}, "unknown_appid"),
        ({"timestamp": "1"}, "stale_timestamp"),
        ({"timestamp": "99999999999"}, "stale_timestamp"),
        ({"timestamp": "-5"}, "malformed_headers"),
        ({"timestamp": "9" * 5000}, "malformed_headers"),
        ({"nonce": "short"}, "malformed_headers"),
    ],
)
def test_a_wrongly_signed_request_is_turned_away(call, changes, code):
    heard = call.signed(INSURANCE, CHEN, **changes)

    assert heard.status == 401
    assert heard.json == {"error": code}


def test_a_changed_body_or_path_is_turned_away(call):
    body = b'{"id_number":"1","name":"2"}'
    headers = call.headers(INSURANCE, body)

    assert call("POST", INSURANCE, body + b" ", headers).status == 401
    assert call("POST", "/departments/hukou/query", body, headers).status == 401
    assert call("POST", INSURANCE, body, headers).status == 200


def test_a_request_is_admitted_once(call):
    body = b'{"id_number":"1","name":"2"}'
    headers = call.headers(INSURANCE, body)

    assert call("POST", INSURANCE, body, headers).status == 200
    again = call("POST", INSURANCE, body, headers)
    assert (again.status, again.json) == (401, {"error": "replayed_nonce"})


def test_nonces_are_forgotten_once_their_timestamp_is_stale(monkeypatch):
    gate = Gate(b"key", "juzhu")

    def admit(stamp):
        parts = {"timestamp": str(stamp), "nonce": f"nonce-{stamp}"}
        signature = gateway.sign_request(b"key", method="POST", path="/", body=b"", **parts)
        gate.admit("POST", "/", parts | {"appid": "juzhu", "signature": signature}, b"")

    now = 1_800_000_000
    for later in range(0, 3600, 30):
        monkeypatch.setattr(time, "time", lambda moment=now + later: moment)
        admit(now + later)
        with pytest.raises(NotAdmittedError, match="replayed_nonce"):
            admit(now + later)
    assert len(gate._seen) <= 7


def test_an_unknown_person_is_an_answer_and_not_an_error(call):
    nobody = {"id_number": "110105194912310021", "name": "无名"}

    assert call.signed("/departments/population/query", nobody).json["content"] == {
        "on_record": False
    }
    assert call.signed("/departments/registrations/query", nobody).json["content"] == {"homes": []}


def test_a_question_that_is_none_is_refused(call):
    assert call.signed(INSURANCE, ["?"]).status == 400
    assert call.signed(INSURANCE, {"id_number": 5, "name": "x"}).status == 400
    assert call.signed(INSURANCE, CHEN | {"pad": "x" * 70_000}).status == 413


def test_insurance_always_fails_for_the_one_person(call):
    assert call.signed(INSURANCE, SUN).status == 500
    assert call.signed("/departments/hukou/query", SUN).status == 200


@pytest.mark.parametrize(
    ("mode", "status"), [("error500", 500), ("refuse", 503), ("lost_answer", 500)]
)
def test_a_broken_department_says_so(call, mode, status):
    call.switch("insurance", mode)

    assert call.signed(INSURANCE, CHEN).status == status
    assert call.signed("/departments/hukou/query", CHEN).status == 200


def test_a_silent_department_keeps_its_caller_waiting(call):
    call.switch("hukou", "silent")

    with pytest.raises(TimeoutError):
        call.signed("/departments/hukou/query", CHEN, timeout=0.3)


def test_rubbish_is_signed_and_a_forgery_is_not(call, city):
    def is_genuine():
        heard = call.signed(INSURANCE, CHEN, nonce=nonce)
        return heard.headers["signature"] == gateway.sign_answer(
            city.secret.encode(), nonce=nonce, status=200, body=heard.body
        )

    call.switch("insurance", "rubbish")
    nonce = "rubbish-nonce-1"
    assert is_genuine()
    call.switch("insurance", "forged")
    nonce = "forged-nonce-1"
    assert not is_genuine()


def test_another_person_is_somebody_else(call):
    call.switch("insurance", "another_person")

    assert call.signed(INSURANCE, CHEN).json["id_number"] != CHEN["id_number"]


def test_latency_is_waited_for(call):
    call.switch("talent", "ok", latency_ms=200)

    begun = time.monotonic()
    call.signed("/departments/talent/query", CHEN)
    assert time.monotonic() - begun >= 0.2


def test_only_posted_questions_are_answered(call):
    assert call.get(INSURANCE).status == 405


def test_connections_are_kept(call, city):
    connection = http.client.HTTPConnection(city.host, city.port, timeout=5)
    for _ in range(2):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.read() == b"ok\n"
        assert not answer.will_close
    connection.close()


class TestFace:
    @pytest.mark.parametrize(
        ("id_number", "name", "matched"),
        [
            (NUMBERS["陈小明"], "陈小明", True),
            (NUMBERS["陈小明"].lower(), "陈小朋", False),
            (NUMBERS["郭小宝"], "郭小宝", False),
            (NUMBERS["何长青"], "何长青", False),
            (NUMBERS["罗小强"], "罗小强", True),
            ("110105194912310021", "无名", False),
        ],
    )
    def test_it_matches_name_and_number_of_the_living(self, call, id_number, name, matched):
        heard = call.signed("/face/verify", {"id_number": id_number, "name": name}).json

        assert heard["matched"] is matched

    def test_it_says_that_it_is_simulated(self, call):
        heard = call.signed("/face/verify", CHEN).json

        assert heard["simulated"] is True
        assert "模拟" in heard["note"]
        assert "SIMULATED" in heard["receipt"]
