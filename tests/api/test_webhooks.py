"""A department looks after its own addresses; what belongs to others looks absent."""

import uuid
from datetime import timedelta

import pytest

from juzhu import wiring
from juzhu.adapters.webhooks_http import HttpWebhooks
from juzhu.journeys import webhooks
from juzhu.modules.webhooks.models import Delivery, Target, TargetKey
from tests.api.conftest import problem

URL = "https://hooks.education.example/juzhu"
PATH = "/api/v1/webhooks"


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    """Take addresses as in production."""
    monkeypatch.setattr(wiring, "webhooks", HttpWebhooks)


def post(department, path, body=None, key=None):
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    return department.ask("POST", path, json={} if body is None else body, headers=headers)


def add(department, url=URL, **more):
    return post(department, PATH, {"url": url}, **more)


def test_an_address_is_added_seen_and_removed(education):
    added = add(education)

    assert added.status_code == 201, added.text
    found = added.json()
    assert (found["url"], found["state"], found["failures"]) == (URL, "active", 0)
    assert found["public_keys"][0].startswith("whpk_")
    assert education.ask("GET", PATH).json() == {"webhooks": [found]}
    one = f"{PATH}/{found['id']}"
    assert education.ask("GET", one).json() == found
    hints = education.ask("GET", f"{one}/hints").json()["hints"]
    assert [(hint["state"], hint["tries"]) for hint in hints] == [("pending", 0)]
    assert education.ask("DELETE", one).status_code == 204
    assert problem(education.ask("GET", one))["slug"] == "not-found"
    assert Delivery.objects.count() == TargetKey.objects.count() == 0


def test_a_repeated_request_adds_one_address(education):
    key = uuid.uuid4().hex

    first, again = add(education, key=key), add(education, key=key)

    assert first.content == again.content
    assert Target.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://user:word@hooks.example/",
        "https://hooks.example/ü",
        "https://hooks.example/ x",
        "file:///etc/passwd",
        "https://" + "x" * 500,
        "",
    ],
)
def test_an_address_that_will_not_do_is_refused(education, url):
    refused = add(education, url)

    assert problem(refused)["slug"] == "invalid-request"
    assert refused.json()["errors"][0]["pointer"] == "/url"


def test_the_same_address_twice_and_a_sixth_are_refused(education):
    for number in range(5):
        assert add(education, f"{URL}/{number}").status_code == 201

    assert "already" in problem(add(education, f"{URL}/1"))["errors"][0]["detail"]
    assert "5 addresses" in problem(add(education, f"{URL}/6"))["errors"][0]["detail"]


def test_a_key_is_changed_without_a_gap(education):
    found = add(education).json()

    changed = post(education, f"{PATH}/{found['id']}/keys").json()

    assert len(changed["public_keys"]) == 2
    assert changed["public_keys"][1:] == found["public_keys"]


def test_a_disabled_address_is_resumed_and_nudged_at_once(education):
    found = add(education).json()
    Target.objects.update(state="disabled", why="gone", failures=3)
    Delivery.objects.update(state="failed", next_try_at=None)

    resumed = education.ask("POST", f"{PATH}/{found['id']}/resume").json()

    assert (resumed["state"], resumed["why"], resumed["failures"]) == ("active", "", 0)
    hints = education.ask("GET", f"{PATH}/{found['id']}/hints").json()["hints"]
    assert [hint["state"] for hint in hints] == ["pending", "failed"]


def test_a_range_of_hints_is_sent_again(education):
    found = add(education).json()
    Delivery.objects.update(state="delivered", next_try_at=None)
    at = webhooks.now()
    span = {"first": (at - timedelta(hours=1)).isoformat(), "last": at.isoformat()}

    replayed = post(education, f"{PATH}/{found['id']}/replays", span)
    backwards = {"first": span["last"], "last": span["first"]}

    assert (replayed.status_code, replayed.json()) == (202, {"replayed": 1})
    refused = problem(post(education, f"{PATH}/{found['id']}/replays", backwards))
    assert refused["errors"][0]["pointer"] == "/last"


CALLS = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/keys"),
    ("POST", "/resume"),
    ("GET", "/hints"),
    ("POST", "/replays"),
]


@pytest.mark.parametrize(("method", "what"), CALLS)
def test_what_belongs_to_another_department_looks_absent(education, border, method, what):
    found = add(education).json()
    body = {"first": "2026-01-01T00:00:00+08:00", "last": "2026-01-02T00:00:00+08:00"}
    path = f"{PATH}/{found['id']}{what}"

    answer = post(border, path, body) if method == "POST" else border.ask(method, path)

    assert problem(answer)["slug"] == "not-found"
    assert education.ask("GET", PATH).json() == {"webhooks": [found]}


@pytest.mark.parametrize(("method", "what"), [*CALLS, ("LIST", ""), ("ADD", "")])
def test_without_the_grant_nothing_is_managed(education, method, what):
    found = add(education).json()
    education.token = education.fetch_token(scope="verify:school-enrolment").json()["access_token"]
    span = {"first": "2026-01-01T00:00:00+08:00", "last": "2026-01-02T00:00:00+08:00"}
    path = PATH if method in ("LIST", "ADD") else f"{PATH}/{found['id']}{what}"
    body = {"url": URL} if method == "ADD" else span

    posts = method in ("POST", "ADD")
    asks = {"LIST": "GET"}.get(method, method)
    answer = post(education, path, body) if posts else education.ask(asks, path)

    assert problem(answer)["slug"] == "purpose-not-granted"
