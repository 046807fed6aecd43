"""A department that publishes its keys instead of registering them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from joserfc.jwk import RSAKey

from juzhu.api import published
from juzhu.modules.partners import services
from juzhu.modules.partners.sandbox import PARTNERS
from tests.api.conftest import Department, FixedClock, new_key, problem


class Publisher(HTTPServer):
    """A key set at an address, which may also be ill."""

    keys: list[dict] = []
    status = 200
    body: bytes | None = None
    asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/keys"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        body = self.server.body or json.dumps({"keys": self.server.keys}).encode()
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def publisher():
    server = Publisher(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def housing(exchange, publisher) -> Department:
    at, key = FixedClock.now_is, new_key()
    services.register(
        code="housing", name="住建", contact="x", actor="t", at=at, jwks_uri=publisher.url
    )
    for partner in PARTNERS:
        for grant in partner.grants if partner.code == "housing" else ():
            services.grant(code="housing", grant=grant, actor="t", at=at)
    publisher.keys = [RSAKey.generate_key(2048).as_dict(private=False), key.as_dict(private=False)]
    return Department("housing", key)


def test_published_keys_are_fetched_once_and_remembered(housing, publisher):
    answers = [housing.fetch_token().status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert publisher.asked == 1


def test_a_key_published_later_is_found_and_one_taken_away_is_not(housing, publisher, monkeypatch):
    housing.fetch_token()
    fresh = new_key()
    publisher.keys = [fresh.as_dict(private=False)]
    monkeypatch.setattr(published, "LEAST_SECONDS", 0.0)

    assert Department("housing", fresh).fetch_token().status_code == 200
    assert problem(housing.fetch_token())["slug"] == "invalid-client"


def test_a_stranger_does_not_make_us_ask_again_and_again(housing, publisher):
    housing.fetch_token()

    for _ in range(5):
        assert Department("housing", new_key()).fetch_token().status_code == 401

    assert publisher.asked == 1


def test_while_the_address_is_silent_known_keys_go_on_for_five_minutes(
    housing, publisher, monkeypatch
):
    housing.fetch_token()
    publisher.status = 500
    assert housing.fetch_token().status_code == 200

    monkeypatch.setattr(published, "FRESH_SECONDS", -1.0)

    assert problem(housing.fetch_token())["slug"] == "invalid-client"


ILL = {
    "redirect": (302, None),
    "not found": (404, None),
    "html": (200, b"<html>"),
    "no set": (200, b'{"keys":{}}'),
    "not utf-8": (200, b'{"keys":[{"kid":"\xff"}]}'),
    "huge": (200, b'{"keys":[' + b" " * 100_000 + b"]}"),
    "keys without names": (200, b'{"keys":[{"kty":"OKP"}]}'),
}


@pytest.mark.parametrize(("status", "body"), ILL.values(), ids=ILL)
def test_an_address_that_is_ill_opens_nothing_and_breaks_nothing(housing, publisher, status, body):
    publisher.status, publisher.body = status, body

    assert problem(housing.fetch_token())["slug"] == "invalid-client"
