"""Staff pages for what went wrong: they need neither session nor database."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from juzhu.ports.clock import ClockUnavailableError


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: absent, or not at this desk now."""
    return HttpResponse(render_to_string("counter/errors/404.html"), status=404)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500; or 503 when the database or the clock does not answer."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError | ClockUnavailableError)
    return HttpResponse(
        render_to_string(f"counter/errors/{503 if away else 500}.html"),
        status=503 if away else 500,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was not sent from our page, or the session has ended."""
    return HttpResponse(render_to_string("counter/errors/csrf.html"), status=403)
