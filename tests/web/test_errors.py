"""The pages for what went wrong."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from juzhu.ports.clock import ClockUnavailableError
from juzhu.web import errors
from juzhu.web.views import home


@pytest.fixture
def careless() -> Client:
    return Client(raise_request_exception=False)


def test_an_unknown_address_is_a_page_with_a_way_home(visitor):
    response = visitor.get("/nothing/")

    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
    assert response.headers["Content-Security-Policy"]


def break_with(monkeypatch, error):
    def broken(*_):
        raise error

    monkeypatch.setattr(home.sessions, "visitor", broken)


def test_a_fault_of_ours_is_said_to_be_ours(world, careless, monkeypatch):
    break_with(monkeypatch, RuntimeError("x"))

    response = careless.get("/apply/")

    assert response.status_code == 500
    assert "系统出了问题，不是您的原因" in response.content.decode()


@pytest.mark.parametrize("error", [OperationalError("gone"), ClockUnavailableError()])
def test_a_lost_database_or_clock_is_maintenance(world, careless, monkeypatch, error):
    break_with(monkeypatch, error)

    response = careless.get("/apply/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "系统正在维护" in response.content.decode()


def test_error_pages_need_no_database(settings):
    request = RequestFactory().get("/apply/")
    request.COOKIES["django_language"] = "en"
    request.COOKIES["juzhu_mode"] = "care"

    page = errors.unavailable(request).content.decode()

    assert "Under maintenance" in page
    assert 'data-mode="care"' in page
