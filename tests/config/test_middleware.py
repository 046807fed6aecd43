"""Whose request it is, its id, and the headers of every answer."""

import pytest
from django.conf import settings as live
from django.http import HttpResponse

from juzhu.config.middleware import TrustedProxy


def seen_through(rf, hops: int, **headers: str):
    """Return the request as the pages see it behind `hops` declared proxies."""
    middleware = TrustedProxy(lambda request: HttpResponse())
    middleware.hops = hops
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", **headers)
    middleware(request)
    return request


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "1.1.1.1", "10.0.0.1"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.9", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.1"),
        (1, "no address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_declared_proxies_are_believed(rf, hops, forwarded, address):
    request = seen_through(rf, hops, HTTP_X_FORWARDED_FOR=forwarded)

    assert request.META["REMOTE_ADDR"] == address


@pytest.mark.parametrize(("hops", "secure"), [(0, False), (1, True)])
def test_nobody_else_may_claim_to_have_come_by_https(rf, hops, secure):
    request = seen_through(rf, hops, HTTP_X_FORWARDED_PROTO="https")

    assert request.is_secure() is secure


def test_every_answer_carries_the_requests_id(client):
    given = client.get("/healthz", HTTP_X_REQUEST_ID="from-the-proxy-1")
    made = client.get("/healthz", HTTP_X_REQUEST_ID='"><script>')

    assert given.headers["X-Request-ID"] == "from-the-proxy-1"
    assert made.headers["X-Request-ID"].isalnum()


def test_the_log_names_the_route_and_never_the_path(client, caplog):
    client.get("/nowhere/13812345678/?q=13812345678")

    assert "13812345678" not in caplog.text


def test_headers_are_strict(client):
    headers = client.get("/healthz").headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_closed_to_scripts_and_other_sites():
    assert live.SESSION_COOKIE_HTTPONLY
    assert live.CSRF_COOKIE_HTTPONLY
    assert live.SESSION_COOKIE_SAMESITE == live.CSRF_COOKIE_SAMESITE == "Lax"
