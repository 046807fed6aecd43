"""Headers of every staff page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from juzhu.web.middleware import PERMISSIONS_POLICY

Next = Callable[[HttpRequest], HttpResponseBase]


def content_security_policy() -> str:
    """Return the policy: nothing from elsewhere, except asking the card reader on this desk."""
    reader = settings.JUZHU.reader_url
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"connect-src 'self' {reader}".rstrip()
        + "; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Headers:
    """A strict policy, and nothing is stored by anybody."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view has not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Language", "zh-Hans")
        return response
