"""Signing in with an account of the unified platform, against a platform of its own process."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client

from juzhu import wiring
from juzhu.adapters import account_oidc
from juzhu.adapters.account_oidc import OidcAccounts
from juzhu.modules.audit.models import Entry
from juzhu.web import sessions
from juzhu.web.assurance import Act, Missing, missing
from juzhu.web.sessions import Proof, Visitor
from tests.adapters.account_platform import CLIENT, SECRET
from tests.face.running import process
from tests.factories import an_id_number

LEVELS = {"urn:gd:2": 2, "urn:gd:3": 3, "urn:gd:4": 4}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    module, path = "tests.adapters.account_platform", "/.well-known/openid-configuration"
    with process(module, path=path) as port:
        yield f"http://127.0.0.1:{port}"


class Platform:
    """What the platform is told about the person, and how it misbehaves."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.id_number = issuer, an_id_number()

    def vouch(self, acr: str = "urn:gd:4", *, rotate: bool = False, wrong: Any = None, **more: Any):
        person = {"name": "陈小明", "id_number": self.id_number, "acr": acr} | more
        wish = {"person": person, "wrong": wrong or {}, "rotate": rotate}
        httpx.post(f"{self.issuer}/control", json=wish, trust_env=False)

    def visit(self, address: str) -> str:
        """Go where the browser is sent; return where it is sent back to."""
        return httpx.get(address, trust_env=False).headers["Location"]


@pytest.fixture
def platform(world, issuer, monkeypatch) -> Iterator[Platform]:
    changed = dataclasses.replace(settings.JUZHU, account_issuer=issuer)
    monkeypatch.setattr(settings, "JUZHU", changed)
    world.now = world.now.now(world.now.tzinfo)  # tokens live by the machines' clocks
    accounts = OidcAccounts(account_oidc.Client(issuer, CLIENT, SECRET), LEVELS)
    monkeypatch.setattr(wiring, "accounts", lambda: accounts)
    found = Platform(issuer)
    found.vouch()
    yield found
    accounts.close()


def come_back(client: Client, platform: Platform, path: str = "/sign-in/account/?next=/apply/"):
    there = client.get(path).headers["Location"]
    back = urlsplit(platform.visit(there))
    return client.get(f"{back.path}?{back.query}")


def test_an_account_signs_in_with_its_level_and_leaves_a_line_in_the_ledger(platform, visitor):
    assert "/sign-in/account/" in visitor.get("/sign-in/").content.decode()

    response = come_back(visitor, platform)

    assert response.headers["Location"] == "/apply/"
    assert visitor.session["proofs"]["account"][0] == 4
    assert Entry.objects.get(person_id=visitor.session["person"]).note == "account"


def test_an_account_shown_hours_ago_is_not_fresh_and_is_asked_to_show_itself_anew(
    platform, visitor
):
    come_back(visitor, platform)
    assert lacks(visitor, Act.CANCEL) is Missing.SIGN_IN
    assert lacks(visitor, Act.APPLY) is None

    address = visitor.get("/sign-in/account/?again=1&next=/").headers["Location"]
    assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
    come_back(visitor, platform, "/sign-in/account/?again=1&next=/")

    assert lacks(visitor, Act.CANCEL) is None


def lacks(client: Client, act: Act) -> Missing | None:
    proofs = tuple(Proof(*it) for it in client.session["proofs"].values())
    return missing(Visitor(1, proofs), act)


def test_a_platform_that_does_not_ask_anew_does_not_make_fresh(platform, visitor):
    import time

    platform.vouch(wrong={"claims": {"auth_time": int(time.time()) - 7200}})

    response = come_back(visitor, platform, "/sign-in/account/?again=1&next=/")

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("person", "wrong", "says"),
    [
        ({"acr": "urn:gd:2"}, {}, "实名核验"),
        ({"acr": "urn:other"}, {}, "实名核验"),
        ({"acr": ""}, {}, "实名核验"),
        ({"id_number": "H1234567801"}, {}, "受理点"),
        ({"id_number": "810000198907019971"}, {}, "受理点"),
        ({"name": " "}, {}, "受理点"),
        ({}, {"forged": True}, "没有完成"),
        ({}, {"denied": True}, "没有完成"),
        ({}, {"claims": {"nonce": "another"}}, "没有完成"),
        ({}, {"claims": {"aud": "somebody else"}}, "没有完成"),
        ({}, {"claims": {"aud": [CLIENT, "somebody else"]}}, "没有完成"),
        ({}, {"claims": {"iss": "https://elsewhere"}}, "没有完成"),
        ({}, {"claims": {"exp": 1}}, "没有完成"),
    ],
)
def test_what_does_not_hold_signs_nobody_in(platform, visitor, person, wrong, says):
    platform.vouch(wrong=wrong, **person)

    response = come_back(visitor, platform)

    assert response.status_code == 403
    assert says in response.content.decode()
    leads_on = "/points/" if says == "受理点" else "/sign-in/account/"
    assert f'class="btn btn--main" href="{leads_on}' in response.content.decode()
    assert sessions._PERSON not in visitor.session


def test_a_code_is_good_once_and_in_its_own_browser_only(platform, visitor):
    there = visitor.get("/sign-in/account/").headers["Location"]
    back = urlsplit(platform.visit(there))
    address = f"{back.path}?{back.query}"

    assert Client().get(address).status_code == 403
    assert visitor.get(address.replace("state=", "state=x")).status_code == 403
    assert visitor.get(address).status_code == 403  # the errand ended with the wrong state
    assert come_back(visitor, platform).status_code == 302


def test_new_keys_of_the_platform_are_followed(platform, visitor):
    come_back(visitor, platform)
    platform.vouch(rotate=True)

    assert come_back(Client(), platform).status_code == 302


def test_a_silent_platform_leads_to_the_other_ways(platform, visitor):
    platform.vouch(wrong={"silent": True})

    response = visitor.get("/sign-in/account/?next=/apply/")

    assert response.status_code == 503
    assert "/sign-in/?next=%2Fapply%2F" in response.content.decode()


def test_without_a_platform_there_is_no_such_way(world, visitor):
    assert visitor.get("/sign-in/account/").status_code == 404
    assert "/sign-in/account/" not in visitor.get("/sign-in/").content.decode()
