"""Signing in with an account of the unified identity platform: there and back."""

import time
from dataclasses import astuple
from hmac import compare_digest
from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.journeys import account_sign_in as journey
from juzhu.journeys.account_sign_in import AccountProblem
from juzhu.journeys.sign_in import SignedIn
from juzhu.ports.account import AccountUnavailableError, Errand
from juzhu.web import sealed
from juzhu.web.access import local_path, public_page
from juzhu.web.assurance import LOWEST
from juzhu.web.views.sign_in import enter

_ERRAND: Final = "account_errand"
_SECONDS: Final = 10 * 60
_SAYS: Final = {
    AccountProblem.UNAVAILABLE: _("统一身份认证平台暂时连不上，不是您的原因。可以过几分钟再试。"),
    AccountProblem.REFUSED: _("这次登录没有完成。可以再试一次。"),
    AccountProblem.TOO_LOW: _("您的账号还没有做过实名核验。请先在平台上完成实名核验，再回来登录。"),
    AccountProblem.NO_NUMBER: _("您的账号没有公民身份号码。港澳台居民和外国人请到受理点办理。"),
}


@require_safe
@public_page
def go(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the platform."""
    if not wiring.has_accounts():
        raise Http404
    try:
        errand = wiring.accounts().send(back=_back(), fresh="again" in request.GET)
    except AccountUnavailableError:
        return _failed(request, AccountProblem.UNAVAILABLE)
    sealed.put(request, _ERRAND, [*astuple(errand), local_path(request, "next"), time.time()])
    return redirect(errand.address)


@require_safe
@public_page
def back(request: HttpRequest) -> HttpResponseBase:
    """Take the browser back in; each errand is good once, for ten minutes, in its own browser."""
    if not wiring.has_accounts():
        raise Http404
    held = sealed.get(request, _ERRAND)
    request.session.pop(_ERRAND, None)
    code, state = request.GET.get("code", ""), request.GET.get("state", "")
    if held is None or time.time() - held[-1] > _SECONDS:
        return _failed(request, AccountProblem.REFUSED)
    errand, target = Errand(*held[:5]), str(held[5])
    if not code or not compare_digest(state.encode(), errand.state.encode()):
        return _failed(request, AccountProblem.REFUSED, target)
    found = journey.finish(errand, code=code, back=_back(), lowest=LOWEST, at=wiring.clock().now())
    if isinstance(found, SignedIn):
        return enter(request, found, target)
    return _failed(request, found, target)


def _back() -> str:
    return f"{wiring.site_url()}{reverse('web:sign-in-account-back')}"


def _failed(request: HttpRequest, problem: AccountProblem, target: str = "") -> HttpResponseBase:
    unavailable = problem is AccountProblem.UNAVAILABLE
    context = {
        "says": _SAYS[problem],
        "at_a_point": problem is AccountProblem.NO_NUMBER,  # trying again changes nothing
        "next": target or local_path(request, "next"),
    }
    return render(request, "web/account_failed.html", context, status=503 if unavailable else 403)
