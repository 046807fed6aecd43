"""Every address against every kind of caller who must not get in."""

import json
import time
import uuid
from dataclasses import dataclass

import pytest
from tools.exchange import contract

from juzhu import wiring
from juzhu.api import routes, tokens
from juzhu.api.directory import directory
from juzhu.api.tokens import encode
from juzhu.modules.partners import services
from juzhu.modules.partners.contracts import Scope
from tests.api.conftest import Department, ask, new_key, problem, register
from tests.factories import NOON

DOCUMENT = json.loads(contract.FILE.read_text())
SOME_ID = str(uuid.uuid4())
VALUES = {"kid": "k1"} | dict.fromkeys(("receipt_id", "job_id", "webhook_id"), SOME_ID)


@dataclass(frozen=True)
class Address:
    method: str
    template: str

    @property
    def path(self) -> str:
        path = self.template
        for name, value in VALUES.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, path
        return path


ADDRESSES = [
    Address(method.upper(), template)
    for template, methods in DOCUMENT["paths"].items()
    if template not in routes.PUBLIC
    for method in methods
]
ANYBODY = {"name": "陈小明", "id_number": "110101199003070993"}
OF_A_PURPOSE = {
    "/api/v1/verifications": {"json": {"purpose": "housing", **ANYBODY}},
    "/api/v1/verification-batches": {"json": {"purpose": "housing", "people": [ANYBODY]}},
    "/api/v1/verification-jobs": {
        "params": {"purpose": "housing"},
        "content": json.dumps(ANYBODY).encode(),
        "headers": {"Content-Type": "application/x-ndjson"},
    },
}
"""A right question each, for a purpose that `education` has not."""
OF_A_SCOPE = {"/api/v1/events": Scope.EVENTS, "/api/v1/sheets": Scope.SHEETS} | {
    address.template: Scope.EVENTS for address in ADDRESSES if "/webhooks" in address.template
}
SHEET = {"share_code": "ABCDEFGHJ", "birth_date": "1990-03-07"}
BODIES = {
    "/api/v1/sheets": SHEET,
    "/api/v1/webhooks": {"url": "https://example.invalid/"},
    "/api/v1/webhooks/{webhook_id}/replays": {
        "first": "2026-01-01T00:00:00Z",
        "last": "2026-01-02T00:00:00Z",
    },
}
OWN = ("/api/v1/me", "/api/v1/receipts", "/api/v1/verification-jobs/{job_id}")
"""What shows a partner its own only and so asks for no purpose."""


def headers_of(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def issued(code: str = "education", **more: str) -> str:
    return tokens.issue(code=code, scopes=[scope.value for scope in Scope], **more)


def nothing(_, monkeypatch):
    return {}


def another_scheme(_, monkeypatch):
    return {"Authorization": "Basic ZWR1Y2F0aW9uOnNlY3JldA=="}


def no_token(_, monkeypatch):
    return headers_of("x.y.z")


def unsigned(_, monkeypatch):
    _, claims, _ = issued().split(".")
    header = encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": "00"}).encode()).decode()
    return headers_of(f"{header}.{claims}.")


def forged(header=None, **claims) -> str:
    """Return a token that our own key signed, with another header or other claims."""
    parts = [json.loads(tokens.decode(part)) for part in issued().split(".")[:2]]
    changed = zip(parts, (header or {}, claims), strict=True)
    said = b".".join(encode(json.dumps(part | more).encode()) for part, more in changed)
    return b".".join((said, encode(wiring.exchange_keys().current().sign(said)))).decode()


def changed(_, monkeypatch):
    register("housing", new_key())
    directory.forget()
    header, claims, signature = issued().split(".")
    said = json.loads(tokens.decode(claims)) | {"client_id": "housing"}
    return headers_of(f"{header}.{encode(json.dumps(said).encode()).decode()}.{signature}")


def assertion_as_token(education, monkeypatch):
    return headers_of(education.assertion())


def over(_, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "LIFETIME_SECONDS", -1)
        return headers_of(issued())


def other_audience(_, monkeypatch):
    return headers_of(forged(aud="https://elsewhere.invalid"))


def other_issuer(_, monkeypatch):
    return headers_of(forged(iss="https://elsewhere.invalid"))


def receipt_as_token(_, monkeypatch):
    return headers_of(forged({"typ": "juzhu-receipt+jws"}))


def bearer_token_as_bound(_, monkeypatch):
    return {"Authorization": f"DPoP {issued()}"}


def unknown_partner(_, monkeypatch):
    return headers_of(issued("nobody"))


def bound_token_as_bearer(_, monkeypatch):
    return headers_of(issued(thumbprint="x" * 43))


def bearer_of_a_dpop_partner(_, monkeypatch):
    register("exit-entry", new_key(), dpop=True)
    directory.forget()
    return headers_of(issued("exit-entry"))


CALLERS = [
    nothing,
    another_scheme,
    no_token,
    unsigned,
    changed,
    assertion_as_token,
    over,
    other_audience,
    other_issuer,
    receipt_as_token,
    bearer_token_as_bound,
    unknown_partner,
    bound_token_as_bearer,
    bearer_of_a_dpop_partner,
]


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.__name__)
def test_who_is_nobody_gets_in_nowhere(education, monkeypatch, caller):
    headers = caller(education, monkeypatch)

    for address in ADDRESSES:
        answer = ask(address.method, address.path, headers=headers)

        assert problem(answer)["slug"] == "unauthenticated", address
        assert answer.headers["www-authenticate"].startswith(("Bearer", "DPoP"))


def test_a_suspended_partner_gets_in_nowhere(education):
    headers = headers_of(issued())
    services.suspend(code="education", why="test", actor="test", at=NOON)
    directory.forget()

    for address in ADDRESSES:
        answer = ask(address.method, address.path, headers=headers)

        assert problem(answer)["slug"] == "partner-suspended", address


def test_a_parameter_of_no_such_name_is_refused_everywhere(education):
    headers = headers_of(issued())

    for address in ADDRESSES:
        answer = ask(address.method, f"{address.path}?limmit=1", headers=headers)

        errors = problem(answer)["errors"]
        assert [(it["parameter"], answer.status_code) for it in errors] == [("limmit", 422)], (
            address
        )
    twice = ask("GET", "/api/v1/events?limit=1&limit=2", headers=headers)
    assert problem(twice)["errors"][0]["parameter"] == "limit"


NARROW = "verify:school-enrolment"


@pytest.mark.parametrize("path", OF_A_PURPOSE)
@pytest.mark.parametrize("scopes", [[NARROW], list(Scope)], ids=["token", "grant"])
def test_a_question_needs_its_purpose_in_token_and_grant(education, path, scopes):
    question = dict(OF_A_PURPOSE[path])
    headers = headers_of(tokens.issue(code="education", scopes=scopes))
    headers |= question.pop("headers", {}) | {"Idempotency-Key": uuid.uuid4().hex}

    answer = ask("POST", path, headers=headers, **question)

    assert problem(answer)["slug"] == "purpose-not-granted", path
    assert "verify:housing" in answer.json()["detail"]


def test_what_needs_a_scope_is_closed_to_a_token_without_it(education):
    narrow = headers_of(tokens.issue(code="education", scopes=[NARROW]))
    for address in ADDRESSES:
        if address.template in OF_A_SCOPE:
            body = BODIES.get(address.template) if address.method == "POST" else None
            headers = narrow | {"Idempotency-Key": uuid.uuid4().hex}

            answer = ask(address.method, address.path, json=body, headers=headers)

            assert problem(answer)["slug"] == "purpose-not-granted", address
            assert OF_A_SCOPE[address.template].value in answer.json()["detail"]


def test_a_grant_that_is_over_is_none(education):
    from dataclasses import replace
    from datetime import timedelta

    from juzhu.modules.partners import queries

    grant = queries.partner("education").grants[Scope.EVENTS]
    over = replace(grant, valid_to=NOON.date() - timedelta(days=1))
    services.grant(code="education", grant=over, actor="test", at=NOON)
    directory.forget()

    answer = ask("GET", "/api/v1/events", headers=headers_of(issued()))

    assert problem(answer)["slug"] == "purpose-not-granted"
    assert Scope.EVENTS.value not in education.fetch_token().json()["scope"].split()


def test_a_token_signed_by_us_with_nothing_changed_gets_in(education):
    assert ask("GET", "/api/v1/me", headers=headers_of(forged())).status_code == 200


WRONG_PROOFS = {
    "of another method": {"htm": "PUT"},
    "of another address": {"htu": "http://127.0.0.1:8602/api/v1/other"},
    "of another token": {"ath": "x" * 43},
    "of no token": {"ath": ""},
    "old": {"iat": int(time.time()) - 500},
    "from the future": {"iat": int(time.time()) + 86_400},  # read long before it runs
    "without jti": {"jti": ""},
}


@pytest.mark.parametrize("wrong", WRONG_PROOFS.values(), ids=WRONG_PROOFS)
def test_a_wrong_proof_opens_nothing(border, wrong):
    border.headers("GET", "/api/v1/me")
    for address in ADDRESSES:
        proof = border.proof(address.method, address.path, token=border.token, **wrong)
        headers = {"Authorization": f"DPoP {border.token}", "DPoP": proof}

        answer = ask(address.method, address.path, headers=headers)

        assert problem(answer)["slug"] == "unauthenticated", address
        assert "invalid_dpop_proof" in answer.headers["www-authenticate"]


def test_a_proof_is_good_once_at_every_address(border):
    for address in ADDRESSES:
        headers = border.headers(address.method, address.path)
        first = ask(address.method, address.path, headers=headers)
        again = ask(address.method, address.path, headers=headers)

        assert first.status_code != 401, first.text
        assert "used before" in problem(again)["detail"], address


def test_a_proof_by_another_key_or_none_is_refused(border):
    border.headers("GET", "/api/v1/me")
    thief = Department("exit-entry", border.key, dpop_key=new_key(), token=border.token)

    stolen = thief.ask("GET", "/api/v1/me")
    without = ask("GET", "/api/v1/me", headers={"Authorization": f"DPoP {border.token}"})
    key = new_key()
    border.dpop_key, jwk = key, key.as_dict(private=True)
    private = ask("GET", "/api/v1/me", headers=dpop_with_private_key(border, jwk))

    for answer in (stolen, without, private):
        assert problem(answer)["slug"] == "unauthenticated"
    assert "private key" in private.json()["detail"]


def dpop_with_private_key(border, jwk):
    from tests.api.conftest import signed

    claims = {"jti": "x" * 20, "htm": "GET", "htu": "http://127.0.0.1:8602/api/v1/me"}
    claims |= {"iat": int(time.time())}
    proof = signed(border.dpop_key, {"typ": "dpop+jwt", "jwk": jwk}, claims)
    return {"Authorization": f"DPoP {border.token}", "DPoP": proof}


def test_the_matrix_covers_the_contract():
    ruled = {*OF_A_PURPOSE, *OF_A_SCOPE}
    unruled = {one.template for one in ADDRESSES} - ruled
    assert {path for path in unruled if not path.startswith(OWN)} == set()
    served = {path for path in DOCUMENT["paths"] if path in routes.PUBLIC}
    assert served == {"/oauth/token"}
