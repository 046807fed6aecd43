"""A department proves who it is and gets a token of five minutes."""

import time

import pytest
from joserfc.jwk import ECKey

from juzhu.modules.partners import services
from tests.api.conftest import Department, ask, new_key, problem, register
from tests.factories import NOON


def test_an_assertion_becomes_a_token_and_the_token_says_who_one_is(education):
    answer = education.fetch_token()

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 300)
    assert "verify:school-enrolment" in found["scope"].split()
    me = education.ask("GET", "/api/v1/me")
    assert me.status_code == 200, me.text
    assert me.json()["code"] == "education"
    assert me.headers["ratelimit-policy"] == '"partner";q=6000;w=60'


def test_es256_does_as_well(exchange):
    key = ECKey.generate_key("P-256", auto_kid=True)
    register("housing", key)

    assert Department("housing", key).ask("GET", "/api/v1/me").status_code == 200


def test_an_assertion_is_good_once(education):
    form = education.form()
    first = ask("POST", "/oauth/token", data=form)

    again = ask("POST", "/oauth/token", data=form)

    assert first.status_code == 200
    assert problem(again)["slug"] == "invalid-client"
    assert again.json()["error"] == "invalid_client"


NOW = int(time.time())
WRONG = {
    "other issuer": {"iss": "housing"},
    "other subject": {"sub": "housing"},
    "other audience": {"aud": "https://elsewhere/oauth/token"},
    "over": {"exp": NOW - 100},
    "too long": {"exp": NOW + 4000},
    "no end": {"exp": None},
    "from the future": {"iat": NOW + 4000},
    "not yet": {"nbf": NOW + 4000},
    "no jti": {"jti": None},
    "long jti": {"jti": "x" * 200},
    "jti a number": {"jti": 5},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_assertion_with_a_wrong_claim_is_refused(education, wrong):
    answer = education.fetch_token(client_assertion=education.assertion(**wrong))

    assert answer.status_code == 401
    assert problem(answer)["slug"] == "invalid-client"


@pytest.mark.parametrize("off", [-50, 50])
def test_a_clock_that_is_a_little_off_is_forgiven(education, border, off):
    now = int(time.time()) + off
    late = education.assertion(iat=now, nbf=now, exp=now + 300 if off > 0 else now + 10)

    assert education.fetch_token(client_assertion=late).status_code == 200
    border.headers("GET", "/api/v1/me")
    proof = border.proof("GET", "/api/v1/me", token=border.token, iat=now)
    headers = {"Authorization": f"DPoP {border.token}", "DPoP": proof}
    assert ask("GET", "/api/v1/me", headers=headers).status_code == 200


def test_another_key_is_refused(education):
    stranger = Department("education", new_key())
    stranger.key = type(education.key).import_key(
        stranger.key.as_dict(private=True) | {"kid": education.key.kid}
    )

    assert problem(stranger.fetch_token())["status"] == 401


def test_a_suspended_partner_gets_no_token_and_its_old_one_is_worth_nothing(education):
    education.headers("GET", "/api/v1/me")
    services.suspend(code="education", why="test", actor="test", at=NOON)
    from juzhu.api.directory import directory

    directory.forget()

    assert problem(education.fetch_token())["slug"] == "partner-suspended"
    assert problem(education.ask("GET", "/api/v1/me"))["slug"] == "partner-suspended"


def test_no_token_no_answer(exchange):
    for path in ("/api/v1/me", "/api/v1/nothing", "/"):
        answer = ask("GET", path)

        assert problem(answer)["slug"] == "unauthenticated"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_proof_of_possession(border):
    answer = border.fetch_token()

    assert answer.json()["token_type"] == "DPoP"
    assert border.ask("GET", "/api/v1/me").json()["code"] == "exit-entry"


def test_the_daily_round_forgets_only_what_can_no_longer_be_replayed(education):
    from juzhu.journeys import partners
    from juzhu.modules.partners.models import SpentToken

    form = education.form()
    ask("POST", "/oauth/token", data=form)

    assert partners.forget_traces() == 0
    assert ask("POST", "/oauth/token", data=form).status_code == 401
    SpentToken.objects.update(until=NOON)
    assert partners.forget_traces() == 1
