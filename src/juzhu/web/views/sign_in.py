"""Signing in by face or by code, and signing out."""

import time
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from juzhu import wiring
from juzhu.journeys import sign_in as journey
from juzhu.journeys.sign_in import NotSignedIn, SignedIn, SignInProblem
from juzhu.modules.people import queries as people
from juzhu.web import channels, drafts, forms, sealed, sessions, wanted
from juzhu.web.access import local_path, public_page
from juzhu.web.addresses import client_address

CODE_SECONDS: Final = 5 * 60
_CAMERAS: Final = {"local": "web:sign-in-face", "wechat": "web:sign-in-wechat"}
_PENDING: Final = "code_for"
NOT_MATCHED: Final = _("没有核对上。请对照身份证看姓名和号码；都没错的话，请换手机验证码登录")


@require_http_methods(["GET", "POST"])
@public_page
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name, number, consent, face."""
    if request.method == "GET":
        return _opened(request)
    form = forms.SignInForm(request.POST)
    if not form.is_valid():
        return show(request, "web/sign_in.html", form, status=422)
    elsewhere = _CAMERAS.get(wiring.face_kind())
    if elsewhere is not None:
        wanted.keep(request, form.cleaned_data["id_number"], form.cleaned_data["name"])
        return redirect(with_next(request, elsewhere))
    result = journey.by_face(
        name=form.cleaned_data["name"],
        id_number=form.cleaned_data["id_number"],
        ip=client_address(request),
        at=wiring.clock().now(),
    )
    match result:
        case SignedIn():
            return enter(request, result)
        case NotSignedIn(SignInProblem.NOT_MATCHED):
            form.add_error(None, NOT_MATCHED)
            return show(request, "web/sign_in.html", form, status=422)
        case NotSignedIn(SignInProblem.UNAVAILABLE):
            return show(request, "web/sign_in.html", form, status=503, unavailable=True)
        case NotSignedIn():
            return closed(request, result, by_face=True)


@require_http_methods(["GET", "POST"])
@public_page
def ask_code(request: HttpRequest) -> HttpResponseBase:
    """Number and reserved phone; what follows does not tell whether they belong together."""
    if request.method == "GET":
        return show(request, "web/sign_in_code.html", _fresh(request, forms.CodeRequestForm))
    form = forms.CodeRequestForm(request.POST)
    if not form.is_valid():
        return show(request, "web/sign_in_code.html", form, status=422)
    asked = form.cleaned_data["id_number"], form.cleaned_data["phone"]
    refused = journey.send_code(
        id_number=asked[0],
        phone=asked[1],
        ip=client_address(request),
        at=wiring.clock().now(),
    )
    if refused is not None:
        return closed(request, refused, by_face=False)
    sealed.put(request, _PENDING, [*asked, time.time()])
    return redirect(with_next(request, "web:sign-in-enter"))


@require_http_methods(["GET", "POST"])
@public_page
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """The six digits."""
    asked = _remembered(request)
    if asked is None:
        return redirect(with_next(request, "web:sign-in-code", over=True))
    tail = asked[1][-4:]
    if request.method == "GET":
        form = drafts.form(request, forms.CodeForm)
        return show(request, "web/sign_in_enter.html", form, tail=tail)
    form = forms.CodeForm(request.POST)
    if not form.is_valid():
        return show(request, "web/sign_in_enter.html", form, status=422, tail=tail)
    match _by_code(request, asked, form.cleaned_data["code"]):
        case SignedIn() as signed_in:
            return enter(request, signed_in)
        case NotSignedIn(SignInProblem.NOT_MATCHED):
            form.add_error("code", _("验证码不对，或者已经过期。请再看一遍短信，或重新发送"))
            return show(request, "web/sign_in_enter.html", form, status=422, tail=tail)
        case NotSignedIn() as refused:
            return closed(request, refused, by_face=False)


@require_POST
@public_page
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    sessions.end(request)
    return redirect("web:signed-out")


def _opened(request: HttpRequest) -> HttpResponseBase:
    if sessions.visitor(request) is not None and "again" not in request.GET:
        return redirect(local_path(request, "next"))
    if wiring.face_kind() == "none":
        return redirect(with_next(request, "web:sign-in-code"))
    return show(request, "web/sign_in.html", _fresh(request, forms.SignInForm))


def _by_code(request: HttpRequest, asked: tuple[str, str], code: str) -> SignedIn | NotSignedIn:
    return journey.by_code(
        id_number=asked[0],
        phone=asked[1],
        code=code,
        ip=client_address(request),
        at=wiring.clock().now(),
    )


def enter(request: HttpRequest, signed_in: SignedIn, target: str = "") -> HttpResponseBase:
    """Begin the session and lead to where the person wanted to go."""
    target = target or local_path(request, "next")
    sessions.begin(
        request,
        person_id=signed_in.person_id,
        way=signed_in.way,
        level=signed_in.level,
        alone=signed_in.alone,
        ago=signed_in.ago,
    )
    return redirect(target)


def _fresh(request: HttpRequest, kind: type[drafts.F]) -> drafts.F:
    """Return the empty form; who shows once more who they are need not type it again."""
    known = sessions.visitor(request) if "again" in request.GET else None
    if known is None:
        return drafts.form(request, kind)
    person = people.person(known.person_id)
    initial = {"name": person.name, "id_number": person.id_number, "phone": person.phone or ""}
    return drafts.form(request, kind, initial=initial)


def show(
    request: HttpRequest, template: str, form: forms.Form, *, status: int = 200, **more: object
) -> HttpResponse:
    """Show a page of signing in."""
    context = {
        "form": form,
        "next": local_path(request, "next"),
        "over": "over" in request.GET and request.method == "GET",
        "again": "again" in request.GET and sessions.visitor(request) is not None,
        "unavailable": False,
    }
    response = render(request, template, context | more, status=status)
    if wiring.face_kind() == "wechat":
        channels.lead_to_wechat(response)
    return response


def closed(request: HttpRequest, refused: NotSignedIn, *, by_face: bool) -> HttpResponseBase:
    """429: too many attempts, when the next is possible, and the way that is still open."""
    locked = refused.problem is SignInProblem.LOCKED
    other = "web:sign-in-code" if by_face else "web:sign-in"
    open_still = locked and (by_face or wiring.face_kind() != "none")
    context = {
        "locked": locked,
        "by_face": by_face,
        "retry_at": refused.retry_at,
        "other_url": with_next(request, other) if open_still else "",
    }
    response = render(request, "web/too_many.html", context, status=429)
    response["Retry-After"] = str(_seconds_until(refused.retry_at))
    return response


def _seconds_until(instant: datetime | None) -> int:
    if instant is None:
        return 60
    return max(1, round((instant - wiring.clock().now()).total_seconds()))


def _remembered(request: HttpRequest) -> tuple[str, str] | None:
    """Return whom the code was asked for, until it has expired."""
    held = sealed.get(request, _PENDING)
    if held is None or time.time() - held[2] > CODE_SECONDS:
        return None
    return held[0], held[1]


def with_next(request: HttpRequest, view: str, *, over: bool = False) -> str:
    """Return the address of another page of signing in that leads to the same place."""
    query = {"over": "1"} if over else {}
    if "again" in request.GET:
        query["again"] = "1"
    target = local_path(request, "next")
    if target != reverse("web:home"):
        query["next"] = target
    return reverse(view, query=query or None)
