"""Every request passes here: who is it, and may this person open this address."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from juzhu.counter import permissions
from juzhu.counter.now import instant
from juzhu.modules.staff import services as staff
from juzhu.modules.staff.contracts import Member, Role, SignedIn
from juzhu.web.addresses import client_source

Next = Callable[[HttpRequest], HttpResponseBase]

TURN_COOKIE: Final = "juzhu_staff_turn"
NEED_SHIFT: Final = frozenset({Role.OFFICER})
"""Who works at a window and is led there first."""
_SESSION: Final = "staff_session"
_MEMBER: Final = "juzhu.member"
_TOKEN: Final = "juzhu.turn"  # noqa: S105 - the name of a place, no secret
_MACHINES: Final = frozenset({"healthz", "readyz", "metrics"})


class Gate:
    """Lets in by `permissions.MATRIX` only; the token of the device turns on the way out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and hand out a fresh token when it is time."""
        response = self.get_response(request)
        token = request.META.get(_TOKEN)
        if token and isinstance(response, HttpResponse):
            _set_cookie(request, response, token)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """Refuse whoever may not open this address."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in _MACHINES:
            return None
        address = name.removeprefix("counter:")
        member = _identify(request)
        if address in permissions.PUBLIC:
            return None
        if member is None:
            return redirect(sign_in_address(request))
        if not permissions.may(member.role, address, request.method or ""):
            return render(request, "counter/errors/403.html", status=403)
        return None


def member_of(request: HttpRequest) -> Member:
    """Return who is signed in; every view behind the gate has somebody."""
    member = request.META[_MEMBER]
    assert isinstance(member, Member)
    return member


def signed_in(request: HttpRequest) -> Member | None:
    """Return who is signed in, None on pages before the sign-in."""
    return request.META.get(_MEMBER)


def begin(request: HttpRequest, result: SignedIn) -> None:
    """Bind this browser to the session that has begun: nothing of an earlier one is kept."""
    request.session.flush()
    request.session[_SESSION] = result.session_id
    request.META[_TOKEN] = result.token


def end(request: HttpRequest) -> None:
    """Sign out."""
    member = signed_in(request)
    if member is not None:
        staff.end(session_id=member.session_id, by=member.username, what="signed_out", at=instant())
    request.session.flush()


def sign_in_address(request: HttpRequest) -> str:
    """Return the sign-in page that leads back to the page wanted."""
    query = {"over": "1"} if _SESSION in request.session else {}
    if request.method == "GET" and request.path != reverse("counter:home"):
        query["next"] = request.path
    return reverse("counter:sign-in") + (f"?{urlencode(query)}" if query else "")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was typed, None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


def next_address(request: HttpRequest) -> str:
    """Return the address of ours in field `next`, else the first page."""
    value = request.POST.get("next") or request.GET.get("next") or ""
    if value.startswith("/") and url_has_allowed_host_and_scheme(value, allowed_hosts=None):
        return value
    return reverse("counter:home")


def reader_url() -> str:
    """Return where the card reader of a desk answers, as its browser reaches it."""
    return str(settings.JUZHU.reader_url)


def _identify(request: HttpRequest) -> Member | None:
    session_id = request.session.get(_SESSION)
    token = request.COOKIES.get(TURN_COOKIE, "")
    if session_id is None:
        return None
    found = staff.present(
        session_id=int(session_id), token=token, source=client_source(request), at=instant()
    )
    if found is None:
        return None
    request.META[_MEMBER] = found.member
    if found.token:
        request.META[_TOKEN] = found.token
    return found.member


def _set_cookie(request: HttpRequest, response: HttpResponse, token: str) -> None:
    response.set_cookie(
        TURN_COOKIE, token, httponly=True, samesite="Strict", secure=request.is_secure()
    )
