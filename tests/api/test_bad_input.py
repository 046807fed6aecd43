"""Whatever is sent, the answer is a problem in JSON: never a page, never a trace, never a 500."""

import json
import uuid

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juzhu.api import me
from juzhu.api.problems import Kind
from juzhu.modules.partners import strict_json
from tests.api.conftest import ask, problem

KEYS = "/api/v1/me/keys"
ASK = "/api/v1/verifications"
JSON = {"Content-Type": "application/json"}


def post(department, path, content, **headers):
    sent = JSON | {"Idempotency-Key": uuid.uuid4().hex} | headers
    return department.ask("POST", path, content=content, headers=sent)


DEEP = 2_000
MALFORMED = {
    "half": b'{"jwk":',
    "two": b"{}{}",
    "not utf-8": b'{"jwk":"\xff"}',
    "utf-16": '{"jwk":1}'.encode("utf-16"),
    "bom": b"\xef\xbb\xbf{}",
    "nul byte": b'{"jwk":"\x00"}',
    "nul escape": rb'{"jwk":"\u0000"}',
    "half a pair": rb'{"jwk":"\ud800"}',
    "twice": b'{"jwk":1,"jwk":2}',
    "twice below": b'{"jwk":{"kid":"a","kid":"b"}}',
    "twice by escape": rb'{"jwk":1,"\u006awk":2}',
    "nan": b'{"jwk":NaN}',
    "infinity": b'{"jwk":-Infinity}',
    "huge number": b'{"jwk":' + b"9" * 5000 + b"}",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep beside brackets in text": b'{"a":"'
    + b"]" * 40
    + b'","b":'
    + b"[" * 17
    + b"]" * 17
    + b"}",
}


@pytest.mark.parametrize("path", [KEYS, ASK])
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_what_readers_could_read_differently_is_malformed(education, path, content):
    answer = post(education, path, content)

    assert problem(answer)["slug"] == "malformed-request"


@pytest.mark.parametrize("path", [KEYS, ASK])
def test_no_body_is_no_request(education, path):
    assert problem(post(education, path, b""))["status"] in (400, 422)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, "", "x", [], [{}], {"kty": []}])
def test_a_wrong_type_is_told_by_its_place(education, value):
    answer = post(education, KEYS, json.dumps({"jwk": value}))

    found = problem(answer)
    assert found["slug"] == "invalid-request"
    assert found["errors"][0]["pointer"].startswith("/jwk")


def test_a_wrong_value_is_not_given_back(education):
    secret = "secret-in-a-wrong-place"

    answer = post(education, KEYS, json.dumps({"jwk": secret, secret: {"x": secret}}))

    assert answer.status_code == 422
    assert secret not in answer.text.replace(f"/{secret}", "")


@pytest.mark.parametrize(
    ("path", "size", "slug"),
    [(KEYS, 1_000_001, "body-too-large"), ("/oauth/token", 32_001, "body-too-large")],
)
def test_an_oversized_body_is_refused_unread(education, path, size, slug):
    answer = post(education, path, b"x" * size)

    assert problem(answer)["slug"] == slug


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"},
    ],
)
@pytest.mark.parametrize("path", [KEYS, ASK])
def test_another_media_type_is_refused(education, path, headers):
    answer = post(education, path, b"{}", **headers)

    assert problem(answer)["slug"] == "unsupported-media-type"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/api/v1/me", ASK, "/oauth/token", "/.well-known/jwks.json"])
def test_another_method_is_refused_and_the_right_ones_named(education, method, path):
    answer = education.ask(method, path)

    assert problem(answer)["slug"] == "method-not-allowed"
    assert answer.headers["allow"]


STRANGE_PATHS = [
    "/api/v1/",
    "/api/v1/me/",
    "/api/v1/ME",
    "/api/v1/me/keys/%00/end",
    "/api/v1/me/keys/%ff%fe/end",
    "/api/v1/%2e%2e/%2e%2e/etc/passwd",
    "/admin/",
    "/api/v1/receipts/1",
    "/api/v1/" + "x" * 4000,
]


@pytest.mark.parametrize("path", STRANGE_PATHS)
def test_a_strange_address_is_a_problem_like_any_other(education, path):
    answer = education.ask("GET", path)

    assert problem(answer)["slug"] in ("not-found", "method-not-allowed", "invalid-request")


FORMS = {
    "empty": b"",
    "not utf-8": b"grant_type=%ff%fe",
    "twice": b"grant_type=client_credentials&grant_type=client_credentials",
    "many": b"&".join(b"a%d=1" % number for number in range(1000)),
    "other grant": b"grant_type=password&username=a&password=b",
    "no assertion": b"grant_type=client_credentials",
    "secret": b"grant_type=client_credentials&client_id=education&client_secret=x",
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_a_wrong_token_form_is_refused_in_both_languages(exchange, content):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = ask("POST", "/oauth/token", content=content, headers=headers)

    assert problem(answer)["status"] in (400, 401)
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "assertion", ["", "x", "a.b.c", "." * 5000, "é.é.é", "[" * 5000, "..", "\0"]
)
def test_a_wrong_assertion_is_refused(education, assertion):
    answer = education.fetch_token(client_assertion=assertion)

    assert problem(answer)["slug"] == "invalid-client"


@pytest.mark.parametrize(
    ("raised", "status", "kind"),
    [
        (OperationalError("connection to 10.1.2.3 failed"), 503, Kind.UNAVAILABLE),
        (RuntimeError("secret insides"), 500, Kind.FAILED),
    ],
)
def test_a_failure_tells_nothing_of_our_insides(education, monkeypatch, raised, status, kind):
    def fail(code: str) -> None:
        raise raised

    monkeypatch.setattr(me.queries, "partner", fail)

    answer = education.ask("GET", "/api/v1/me", headers={"X-Request-ID": "trace-me-please"})

    found = problem(answer)
    assert (found["status"], found["slug"]) == (status, kind.value.slug)
    assert found["trace_id"] == "trace-me-please"
    assert "10.1.2.3" not in answer.text
    assert "insides" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text().filter(lambda t: "\0" not in t),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda t: "\0" not in t), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_strict_reading_reads_what_everybody_reads(value):
    text = json.dumps(value, ensure_ascii=False)

    assert strict_json.read(text.encode()) == json.loads(text)


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_strict_reading_never_fails_otherwise(raw):
    try:
        strict_json.read(raw)
    except strict_json.RefusedError:
        return
    json.loads(raw)
