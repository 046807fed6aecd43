"""Departments at the exchange: its real application, asked over HTTP without a socket between."""

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from django.db import connections
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from juzhu import wiring
from juzhu.api import asgi, hot, published
from juzhu.api.directory import directory
from juzhu.api.limits import limits
from juzhu.api.tally import tally
from juzhu.api.tokens import encode
from juzhu.modules.partners import jose, services
from juzhu.modules.partners.sandbox import PARTNERS
from tests.factories import NOON

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REGISTRY = JWSRegistry(algorithms=["Ed25519", "ES256"], strict_check_header=False)


class FixedClock:
    now_is = NOON

    def now(self):
        return self.now_is


def signed(key: OKPKey | ECKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    algorithm = "ES256" if isinstance(key, ECKey) else "Ed25519"
    return jwt.encode({"alg": algorithm, **header}, claims, key, registry=REGISTRY)


@dataclass
class Department:
    """A partner with its private key, at a client of its own."""

    code: str
    key: OKPKey | ECKey
    dpop_key: OKPKey | None = None
    url: str = "http://127.0.0.1:8602"
    token: str = ""
    sent: list[str] = field(default_factory=list)

    def assertion(self, **other: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.code,
            "sub": self.code,
            "aud": f"{self.url}/oauth/token",
            "iat": now,
            "exp": now + 120,
            "jti": uuid.uuid4().hex,
        }
        claims = {name: value for name, value in (claims | other).items() if value is not None}
        return signed(self.key, {"kid": self.key.kid}, claims)

    def form(self, **other: str) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
        } | other

    def proof(self, method: str, path: str, *, token: str = "", **other: Any) -> str:
        assert self.dpop_key is not None
        claims = {
            "jti": uuid.uuid4().hex,
            "htm": method,
            "htu": f"{self.url}{path}",
            "iat": int(time.time()),
        }
        if token:
            claims["ath"] = encode(hashlib.sha256(token.encode()).digest()).decode()
        header = {"typ": "dpop+jwt", "jwk": self.dpop_key.as_dict(private=False)}
        return signed(self.dpop_key, header, claims | other)

    def fetch_token(self, **fields: str) -> httpx.Response:
        headers = {"DPoP": self.proof("POST", "/oauth/token")} if self.dpop_key else {}
        return ask("POST", "/oauth/token", data=self.form(**fields), headers=headers)

    def headers(self, method: str, path: str) -> dict[str, str]:
        if not self.token:
            self.token = self.fetch_token().json()["access_token"]
        if self.dpop_key is None:
            return {"Authorization": f"Bearer {self.token}"}
        proof = self.proof(method, path, token=self.token)
        return {"Authorization": f"DPoP {self.token}", "DPoP": proof}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = self.headers(method, path.partition("?")[0]) | more.pop("headers", {})
        return ask(method, path, headers=headers, **more)


def ask(method: str, path: str, **more: Any) -> httpx.Response:
    """Send one request to the application itself."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(asgi.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
            return await client.request(method, path, **more)

    if "data" in more and isinstance(more["data"], dict):
        more["content"] = urlencode(more.pop("data"))
        more["headers"] = {"Content-Type": "application/x-www-form-urlencoded"} | more.get(
            "headers", {}
        )
    return asyncio.run(send())


def register(code: str, key: OKPKey | ECKey, **options: Any) -> None:
    """Register one of the sandbox's departments with this key."""
    partner = next(one for one in PARTNERS if one.code == code)
    at = FixedClock.now_is
    services.register(
        code=code, name=partner.name, contact="x@y.invalid", actor="test", at=at, **options
    )
    for grant in partner.grants:
        services.grant(code=code, grant=grant, actor="test", at=at)
    public = jose.public_key(key.as_dict(private=False))
    services.add_key(code=code, key=public, kid=str(key.kid), actor="test", at=at)


def new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", auto_kid=True)


@pytest.fixture
def one_connection(db, monkeypatch) -> Iterator[None]:
    """Let all threads share the test's connection and its transaction, which is rolled back.

    They take turns: the test waits for each answer.
    """
    connection = connections["default"]
    connection.inc_thread_sharing()
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    monkeypatch.setattr(connections, "_connections", SimpleNamespace(default=connection))
    yield
    connection.dec_thread_sharing()


@pytest.fixture
def clean_process(monkeypatch) -> Iterator[None]:
    """Let the process forget what it knew of partners, limits and calls."""
    monkeypatch.setattr(wiring, "clock", FixedClock)
    wiring.exchange_keys.cache_clear()
    for memory in (limits, directory, tally, published):
        memory.forget()
    yield
    hot.stop()
    for memory in (limits, directory, tally, published):
        memory.forget()


@pytest.fixture
def exchange(one_connection, clean_process) -> None:
    """Have an exchange where nothing has been asked yet."""


@pytest.fixture
def shared_exchange(transactional_db, clean_process) -> None:
    """Have the same with committed data, for what happens at the same time."""


@pytest.fixture
def education(exchange) -> Department:
    key = new_key()
    register("education", key)
    return Department("education", key)


@pytest.fixture
def border(exchange) -> Department:
    """Return the department that proves possession of its key."""
    key = new_key()
    register("exit-entry", key, dpop=True)
    return Department("exit-entry", key, dpop_key=new_key())


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the problem in an answer, after checking that it is a whole one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found = json.loads(answer.content)
    assert found["status"] == answer.status_code
    assert found["trace_id"] == answer.headers["x-trace-id"]
    assert found["title"]
    slug = found["type"].rpartition("/")[2]
    return found | {"slug": slug}
