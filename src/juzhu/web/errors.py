"""Pages for what went wrong: they need neither session nor database."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import structlog
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

from juzhu import wiring
from juzhu.modules.faults import services as faults
from juzhu.ports.clock import ClockUnavailableError
from juzhu.web import display
from juzhu.web.access import public_page

log = structlog.get_logger()

RETRY_SECONDS: Final = 60
_AWAY: Final = (OperationalError, InterfaceError, ClockUnavailableError)


@public_page
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; or 503 when the database went away under the session.

    Django takes every failure to write a session for one that somebody has signed out meanwhile.
    """
    away = any(isinstance(cause, _AWAY) for cause in _causes(exception))
    if isinstance(exception, SessionInterrupted) and away:
        return unavailable(request)
    return defaults.bad_request(request, exception)


@public_page
def not_found(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001  # Django names it
) -> HttpResponse:
    """404: absent, or somebody else's."""
    return _page(request, "web/errors/404.html", status=404)


@public_page
def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the cause is a database or a clock that does not answer."""
    if isinstance(sys.exc_info()[1], _AWAY):
        return unavailable(request)
    try:
        faults.count_error(wiring.clock().now().date())
    except (DatabaseError, ClockUnavailableError) as error:
        log.error("errors.not_counted", error=type(error).__name__)
    return _page(request, "web/errors/500.html", status=500)


@public_page
def csrf_failure(
    request: HttpRequest,
    reason: str = "",  # noqa: ARG001  # Django names it
) -> HttpResponse:
    """403: the form was not sent from our page, or cookies are off."""
    return _page(request, "web/errors/403.html", status=403)


@public_page
def unavailable(request: HttpRequest) -> HttpResponse:
    """503: maintenance."""
    response = _page(request, "web/errors/503.html", status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _page(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    lang = display.language(request)
    english = lang == "en"
    context: dict[str, Any] = {
        "english": english,
        "html_lang": "en" if english else "zh-Hans",
        "elder": display.mode(request) == display.ELDER,
        "path": request.path,
    }
    with translation.override(lang):
        return HttpResponse(render_to_string(template, context), status=status)
