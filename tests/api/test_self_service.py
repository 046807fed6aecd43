"""What a department does for itself: change its key without a gap, see how much it called."""

import asyncio
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections

from juzhu.api.directory import directory
from juzhu.api.tally import tally
from juzhu.api.tokens import now
from juzhu.modules.partners import once
from juzhu.modules.partners.models import PartnerChange, StoredAnswer
from tests.api.conftest import Department, new_key, problem, register


def post(department, path, body, *, once_key=None):
    headers = {"Idempotency-Key": once_key or uuid.uuid4().hex}
    return department.ask("POST", path, json=body, headers=headers)


def add(department, key, **more):
    return post(department, "/api/v1/me/keys", {"jwk": key.as_dict(private=False)}, **more)


def test_keys_change_without_a_gap(education):
    fresh = new_key()

    added = add(education, fresh)

    assert added.status_code == 201, added.text
    directory.forget()
    with_new = Department("education", fresh)
    assert with_new.fetch_token().status_code == education.fetch_token().status_code == 200
    soon = now() + timedelta(seconds=1)
    ended = post(
        with_new, f"/api/v1/me/keys/{education.key.kid}/end", {"ends_at": soon.isoformat()}
    )
    assert ended.status_code == 200, ended.text
    directory.forget()
    while now() < soon:
        pass
    assert problem(education.fetch_token())["slug"] == "invalid-client"
    assert with_new.fetch_token().status_code == 200
    whats = list(PartnerChange.objects.order_by("pk").values_list("what", "actor"))[-2:]
    assert whats == [("key_added", "partner:education"), ("key_ended", "partner:education")]


def test_the_last_key_cannot_be_ended(education):
    answer = post(education, f"/api/v1/me/keys/{education.key.kid}/end", {})

    assert problem(answer)["slug"] == "not-as-things-stand"


@pytest.mark.parametrize(
    ("jwk", "says"),
    [
        (new_key().as_dict(private=True), "private"),
        ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "OKP"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AA"}, "pattern"),
        ({"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}, "point"),
        (new_key().as_dict(private=False) | {"kid": "a b"}, "pattern"),
    ],
    ids=["private", "rsa", "short", "off the curve", "kid"],
)
def test_what_is_no_good_public_key_is_refused(education, jwk, says):
    answer = post(education, "/api/v1/me/keys", {"jwk": jwk})

    (error,) = problem(answer)["errors"]
    assert answer.status_code == 422
    assert says in error["detail"]
    assert error["pointer"].startswith("/jwk")


def test_nobody_takes_over_the_key_of_another(education, border):
    answer = add(education, border.key)

    assert problem(answer)["slug"] == "not-as-things-stand"


def test_a_repeated_request_has_one_effect_and_one_answer(education):
    fresh, key = new_key(), uuid.uuid4().hex

    first, second = add(education, fresh, once_key=key), add(education, fresh, once_key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert PartnerChange.objects.filter(what="key_added").count() == 2  # the first one, and this


def test_the_key_of_another_request_is_refused(education):
    key = uuid.uuid4().hex
    add(education, new_key(), once_key=key)

    assert problem(add(education, new_key(), once_key=key))["slug"] == "idempotency-key-reused"


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "ü" * 20])
def test_without_a_good_idempotency_key_nothing_is_created(education, key):
    body = {"jwk": new_key().as_dict(private=False)}
    headers = {"Idempotency-Key": key.encode()}

    answer = education.ask("POST", "/api/v1/me/keys", json=body, headers=headers)

    assert problem(answer)["slug"] == "idempotency-key-missing"
    assert StoredAnswer.objects.count() == 0


def test_a_request_in_flight_is_not_done_twice(shared_exchange):
    register("education", first := new_key())
    education = Department("education", first)
    key, entered, leave = uuid.uuid4().hex, threading.Event(), threading.Event()
    caller_id = directory_id(education)

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            assert once._lock(caller_id, key)
            entered.set()
            leave.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(20)
    try:
        meanwhile = add(education, new_key(), once_key=key)
    finally:
        leave.set()
        holder.join()

    assert problem(meanwhile)["slug"] == "request-in-flight"
    assert meanwhile.headers["retry-after"] == "1"
    assert add(education, new_key(), once_key=key).status_code == 201


def directory_id(department: Department) -> int:
    from juzhu.modules.partners import queries

    return queries.partner(department.code).id


def test_an_effect_that_fails_stores_no_answer(education):
    key = uuid.uuid4().hex
    wrong = post(education, "/api/v1/me/keys", {"jwk": {"kty": "RSA"}}, once_key=key)

    right = add(education, new_key(), once_key=key)

    assert (wrong.status_code, right.status_code) == (422, 201)


def test_after_seven_days_a_key_is_free_again(education):
    key = uuid.uuid4().hex
    add(education, new_key(), once_key=key)
    StoredAnswer.objects.update(at=now() - timedelta(days=7, seconds=1))

    assert add(education, new_key(), once_key=key).status_code == 201


def test_usage_counts_calls_by_operation_and_status(education):
    for _ in range(3):
        education.ask("GET", "/api/v1/me")
    education.ask("GET", "/api/v1/nothing")
    asyncio.run(tally.write())

    lines = education.ask("GET", "/api/v1/me/usage").json()["lines"]

    counted = {(line["operation"], line["status"]): line["calls"] for line in lines}
    assert counted[("GET /api/v1/me", 200)] == 3
    assert counted[("unknown", 404)] == 1


def test_usage_of_a_wrong_span_is_refused(education):
    for query in ("first=2026-02-02&last=2026-02-01", "first=1999-01-01&last=2026-01-01"):
        answer = education.ask("GET", f"/api/v1/me/usage?{query}")

        assert problem(answer)["errors"][0]["parameter"] == "first"


@pytest.mark.parametrize("ends_at", [3_096_803_737, "3096803737", "2099-01-01", True, "2099"])
def test_an_instant_is_written_in_one_way_only(education, ends_at):
    answer = post(education, f"/api/v1/me/keys/{education.key.kid}/end", {"ends_at": ends_at})

    assert problem(answer)["errors"][0]["pointer"] == "/ends_at"


@pytest.mark.parametrize("day", ["0", "20260101", "2026-1-1", "2026-01-01T00:00:00", "today"])
def test_a_day_is_written_in_one_way_only(education, day):
    answer = education.ask("GET", f"/api/v1/me/usage?last={day}")

    assert problem(answer)["errors"][0]["parameter"] == "last"
