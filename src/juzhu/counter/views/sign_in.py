"""Signing in with password and code, signing out, and the page each role starts from."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu.counter import forms, gate
from juzhu.counter.now import instant
from juzhu.modules.staff import services as staff
from juzhu.modules.staff.contracts import Refusal, Refused, Role, SignedIn
from juzhu.web.addresses import client_source

_STARTS: Final = {
    Role.OFFICER: "counter:desk",
    Role.SUPERVISOR: "counter:desk",
    Role.REVIEWER: "counter:review",
    Role.AUDITOR: "counter:desk",
    Role.ADMINISTRATOR: "counter:accounts",
}


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the page the person's work begins with."""
    return redirect(_STARTS[gate.member_of(request).role])


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Staff number, password, code."""
    if request.method == "GET":
        if gate.signed_in(request) is not None:
            return redirect(gate.next_address(request))
        return _show(request, forms.SignInForm())
    form = forms.SignInForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    result = staff.sign_in(
        username=form.cleaned_data["username"],
        password=form.cleaned_data["password"],
        code=form.cleaned_data["code"],
        source=client_source(request),
        at=instant(),
    )
    match result:
        case SignedIn():
            target = gate.next_address(request)
            gate.begin(request, result)
            rotate_token(request)
            return redirect(target)
        case Refused(why=Refusal.NOT_MATCHED):
            form.add_error(None, "工号、密码或动态码不对。动态码用过一次就失效，请等下一个")
            return _show(request, form, status=422)
        case Refused():
            return _closed(request, result)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    gate.end(request)
    rotate_token(request)
    return redirect("counter:sign-in")


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Take a new password of one's own."""
    form = forms.PasswordForm(gate.posted(request))
    done = False
    if form.is_valid():
        done = staff.change_password(
            account_id=gate.member_of(request).account_id,
            old=form.cleaned_data["old"],
            new=form.cleaned_data["new"],
            at=instant(),
        )
        if not done:
            form.add_error("old", "现在的密码不对")
    context = {"form": forms.PasswordForm() if done else form, "done": done}
    status = 422 if form.errors else 200
    return render(request, "counter/password.html", context, status=status)


def _show(request: HttpRequest, form: forms.SignInForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "next": gate.next_address(request),
        "over": "over" in request.GET and request.method == "GET",
    }
    return render(request, "counter/sign_in.html", context, status=status)


def _closed(request: HttpRequest, refused: Refused) -> HttpResponseBase:
    context = {"locked": refused.why is Refusal.LOCKED, "until": refused.until}
    response = render(request, "counter/too_many.html", context, status=429)
    if refused.until is not None:
        response["Retry-After"] = str(max(1, int((refused.until - instant()).total_seconds())))
    return response
