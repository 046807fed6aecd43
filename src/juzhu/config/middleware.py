"""What happens to every request before the pages: whose it is, its id, its log line and count."""

import ipaddress
import re
import time
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from juzhu.config import metrics

Next = Callable[[HttpRequest], HttpResponseBase]

log = structlog.get_logger()

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._\-]{8,64}")
_QUIET: Final = frozenset({"healthz", "readyz", "metrics", "static"})


class TrustedProxy:
    """Takes the caller's address and scheme from the reverse proxies that were declared.

    Each proxy appends the address it saw to `X-Forwarded-For`, so with `n` proxies the caller is
    the `n`-th from the right; whatever stands further left was written by the caller.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.hops: int = settings.JUZHU.trusted_proxy

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Correct the request's address and pass it on."""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META["juzhu.forwarded"] = bool(forwarded)
        addresses = [part.strip() for part in forwarded.split(",") if part.strip()]
        if self.hops and len(addresses) >= self.hops and _is_address(addresses[-self.hops]):
            request.META["REMOTE_ADDR"] = addresses[-self.hops]
        if not self.hops:  # nobody may claim to have come by https
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class RequestLog:
    """Gives the request an id, binds it to every log line, and counts and times the answer.

    The line names the route, never the path: a path may hold a number that belongs to somebody.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then log and count."""
        request_id = _request_id(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response.headers["X-Request-ID"] = request_id
        view = _view_name(request)
        metrics.count_request(view, request.method or "", response.status_code, seconds)
        if view not in _QUIET:
            log.info(
                "request.answered",
                method=request.method,
                view=view,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None:
        return match.view_name or "unnamed"
    is_static = request.path_info.startswith(str(settings.STATIC_URL))
    return "static" if is_static else "unknown"
