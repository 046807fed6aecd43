"""How the pages are shown: language and 长辈版, each in a cookie, never in the address."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

ELDER: Final = "care"
STANDARD: Final = "standard"
MODE_COOKIE: Final = "juzhu_mode"
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60


def language(request: HttpRequest) -> str:
    """Return the language chosen for the pages; Chinese unless the person chose another."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def mode(request: HttpRequest) -> str:
    """Return whether the elder or the standard version was chosen."""
    return ELDER if request.COOKIES.get(MODE_COOKIE) == ELDER else STANDARD


def remember(response: HttpResponseBase, *, lang: str, mode: str) -> None:
    """Write the choices made; unknown values are left out."""
    if lang in dict(settings.LANGUAGES):
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, lang)
    if mode in (ELDER, STANDARD):
        _cookie(response, MODE_COOKIE, mode)


def _cookie(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
