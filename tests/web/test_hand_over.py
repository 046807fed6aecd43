"""The police app hands people over: by a signed token, once, within a minute."""

import json
import time
import uuid

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from juzhu import wiring
from juzhu.adapters.app_issuers import AppIssuersError, read_issuers
from juzhu.modules.audit.models import Entry
from juzhu.modules.channels.models import UsedToken
from juzhu.modules.people.models import Person
from juzhu.web import sessions
from tests.factories import an_id_number

AUDIENCE = "http://127.0.0.1:8600/app/enter/"
KEY = ECKey.generate_key("P-256", {"kid": "app-1"})
ALGORITHMS = ["ES256", "Ed25519"]
LEVELS = {"face": 4, "code": 3, "self": 2}


def issuers_file(tmp_path, *keys, levels=LEVELS):
    path = tmp_path / "issuers.json"
    public = [{**key.as_dict(private=False), "kid": key.kid} for key in keys]
    path.write_text(json.dumps([{"issuer": "ga-app", "keys": public, "levels": levels}]))
    return path


@pytest.fixture
def app(world, tmp_path, monkeypatch):
    """Register the app's key; return how its backend makes a token."""
    found = read_issuers(issuers_file(tmp_path, KEY))
    monkeypatch.setattr(wiring, "app_issuers", lambda: found)

    def token(key=KEY, header=None, **claims):
        now = int(time.time())
        full = {
            "iss": "ga-app",
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
            "acr": "face",
            "name": "陈小明",
            "id_number": an_id_number(),
        } | claims
        head = {"alg": "ES256", "kid": "app-1"} | (header or {})
        return jwt.encode(head, {k: v for k, v in full.items() if v is not None}, key, ALGORITHMS)

    return token


def enter(client, token, to="/progress/", **headers):
    return client.post("/app/enter/", {"token": token, "to": to}, headers=headers)


def test_the_app_hands_over_whom_it_has_signed_in(app, visitor):
    response = enter(visitor, app())

    assert (response.status_code, response.headers["Location"]) == (303, "/progress/")
    assert visitor.get("/progress/").status_code == 200
    assert [proof[0::2] for proof in visitor.session["proofs"].values()] == [[4, False]]
    assert Entry.objects.filter(person_id=Person.objects.get().pk, purpose="sign_in").count() == 1


def test_a_token_works_once_and_its_second_bearer_is_nobody(app, visitor):
    token = app()
    enter(visitor, token)
    other = Client()

    response = enter(other, token)

    assert response.status_code == 403
    assert response.context["problem"] == "used"
    assert other.get("/progress/").status_code == 302
    assert visitor.get("/progress/").status_code == 200


STRANGER = ECKey.generate_key("P-256", {"kid": "app-1"})
EDWARDS = OKPKey.generate_key("Ed25519", {"kid": "app-1"})


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"iat": int(time.time()) - 90, "exp": int(time.time()) - 30}, "late"),
        ({"exp": int(time.time()) + 3600}, "not_good"),
        ({"iat": int(time.time()) + 300, "exp": int(time.time()) + 330}, "not_good"),
        ({"iat": None}, "not_good"),
        ({"exp": True}, "not_good"),
        ({"aud": "https://elsewhere.example/app/enter/"}, "not_good"),
        ({"iss": "another"}, "not_good"),
        ({"jti": None}, "not_good"),
        ({"jti": "x" * 200}, "not_good"),
        ({"acr": "invented"}, "not_good"),
        ({"acr": "self"}, "low_level"),
        ({"id_number": "430100199001010011"}, "not_good"),
        ({"id_number": "810000198907019971"}, "not_good"),
        ({"name": ""}, "not_good"),
        ({"key": STRANGER}, "not_good"),
        ({"key": EDWARDS, "header": {"alg": "Ed25519"}}, "not_good"),
        ({"header": {"kid": "app-2"}}, "not_good"),
    ],
)
def test_any_other_token_leaves_nobody_signed_in(app, visitor, claims, problem):
    response = enter(visitor, app(**claims))

    assert response.status_code == 403
    assert response.context["problem"] == problem
    assert visitor.get("/progress/").status_code == 302
    assert not Person.objects.exists()
    assert not UsedToken.objects.exists()


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."])
def test_rubbish_is_no_token(app, visitor, token):
    assert enter(visitor, token).context["problem"] == "not_good"


def test_a_refused_token_signs_out_who_was_here_before(app, visitor):
    enter(visitor, app())

    enter(visitor, app(acr="invented"))

    assert visitor.get("/progress/").status_code == 302


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_another_site_cannot_sign_anybody_in_or_out(app, visitor, headers):
    enter(visitor, app())
    before = visitor.session[sessions._PERSON]

    response = enter(visitor, app(id_number="110101199003070011", name="别人"), **headers)

    assert response.status_code == 403
    assert visitor.session[sessions._PERSON] == before
    assert Person.objects.count() == 1


def test_it_leads_only_to_pages_of_ours(app, visitor):
    assert enter(visitor, app(), to="https://elsewhere.example/").headers["Location"] == "/"


def test_the_page_is_opened_without_a_token(visitor):
    assert visitor.get("/app/enter/").status_code == 200


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[", "issuers.json"),
        ('[{"issuer": "a", "keys": [], "levels": {"face": 4}}]', "needs keys"),
        ('[{"issuer": "a", "keys": [{"kid": "k", "d": "x"}], "levels": {"f": 4}}]', "private key"),
        ('[{"issuer": "a", "keys": [{"kid": "k"}], "levels": {"f": 9}}]', "levels from 2 to 5"),
        (
            json.dumps([{"issuer": i, "keys": [{"kid": "k"}], "levels": {"f": 4}} for i in "ab"]),
            "of the same name",
        ),
    ],
)
def test_a_wrong_file_of_apps_says_what_is_wrong(tmp_path, content, says):
    path = tmp_path / "issuers.json"
    path.write_text(content)

    with pytest.raises(AppIssuersError, match=says):
        read_issuers(path)
