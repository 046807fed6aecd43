"""What holds for every page: headers, language, the end of a session."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from juzhu.web import display, sessions
from juzhu.web.access import sign_in_address

Next = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Headers:
    """Strict policy on every page; personal pages are stored by nobody."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view has not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Language:
    """Chinese unless the person chose English: the choice is a cookie, not the browser's guess."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the chosen language and say so."""
        with translation.override(display.language(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class SessionEnd:
    """Ends a session after idle time or its longest time, with a sentence that says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out what is over before anything is shown."""
        if sessions.visitor(request) is not None and sessions.is_over(request):
            sessions.end(request)
            return redirect(sign_in_address(request, over="1"))
        return self.get_response(request)
