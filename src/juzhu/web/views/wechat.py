"""WeChat: what it posts to us, and the account that a person binds.

A binding is made only by somebody who has shown their face in this session, and only after a page
that says what it changes. Until the button is pressed nothing is written.
"""

import secrets
import time
from hmac import compare_digest
from typing import Final

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.journeys import wechat as journey
from juzhu.modules.cases.contracts import Channel
from juzhu.modules.notices import bindings
from juzhu.ports.wechat import (
    WechatAccount,
    WechatCallbackError,
    WechatRefusedError,
    WechatUnavailableError,
)
from juzhu.web import assurance, channels, sealed, sessions
from juzhu.web.access import public_page, resident_page
from juzhu.web.assurance import Act

log = structlog.get_logger()

_STATE: Final = "wechat_state"
_ACCOUNT: Final = "wechat_account"
_SECONDS: Final = 10 * 60


@csrf_exempt
@require_http_methods(["GET", "POST"])
@public_page
def callback(request: HttpRequest) -> HttpResponseBase:
    """Take in what WeChat posts; anything that it did not sign looks absent."""
    callbacks = wiring.wechat_callbacks()
    if callbacks is None:
        raise Http404
    query, now = request.GET.dict(), time.time()
    try:
        if request.method == "GET":
            return HttpResponse(callbacks.echo(query, now=now), content_type="text/plain")
        event = callbacks.read(query, request.body, now=now)
    except WechatCallbackError as error:
        log.warning("channels.wechat_callback_refused", why=str(error))
        raise Http404 from error
    text = journey.hear(event, at=wiring.clock().now())
    answer = callbacks.answer(event, text, now=now) if text else b"success"
    return HttpResponse(answer, content_type="application/xml" if text else "text/plain")


@require_http_methods(["GET", "POST"])
@resident_page
def wechat(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show whether an account is bound, how to bind one, and let it go by POST."""
    account = _account()
    if request.method == "POST":
        bindings.unbind(person_id=person_id, at=wiring.clock().now())
        return redirect("web:wechat")
    visitor = sessions.visitor(request)
    assert visitor is not None, "resident_page stands above"
    context: dict[str, object] = {
        "bound_at": bindings.bound_at(person_id),
        "face_needed": assurance.missing(visitor, Act.BIND_WECHAT) is not None,
        "in_wechat": channels.channel_of(request) is Channel.WECHAT or wiring.is_trial(),
        "not_bound": "failed" in request.GET,
    }
    if context["in_wechat"] and not context["face_needed"]:
        state = secrets.token_urlsafe(24)
        request.session[_STATE] = [state, time.time()]
        back = f"{wiring.site_url()}{reverse('web:wechat-bound')}"
        context["authorize_url"] = account.authorize_url(back=back, state=state)
    return render(request, "web/wechat/bound.html", context)


@require_safe
@resident_page
def bound(request: HttpRequest, person_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Take the code that WeChat sends the browser back with; nothing is bound by it yet."""
    account = _account()
    state, made_at = request.session.pop(_STATE, ["", 0.0])
    given = request.GET.get("state", "")
    fresh = time.time() - made_at < _SECONDS
    if not state or not fresh or not compare_digest(state.encode(), given.encode()):
        return redirect(f"{reverse('web:wechat')}?failed=1")
    try:
        openid = account.openid_of(request.GET.get("code", ""))
    except (WechatRefusedError, WechatUnavailableError) as error:
        log.warning("channels.wechat_code_refused", why=str(error))
        return redirect(f"{reverse('web:wechat')}?failed=1")
    sealed.put(request, _ACCOUNT, [openid, time.time()])
    return redirect("web:wechat-confirm")


@require_http_methods(["GET", "POST"])
@resident_page
@assurance.assured(Act.BIND_WECHAT)
def confirm(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say what the binding changes, and make it by POST."""
    _account()
    held = sealed.get(request, _ACCOUNT)
    if held is None or time.time() - held[1] > _SECONDS:
        return redirect("web:wechat")
    openid = str(held[0])
    if request.method == "POST":
        bindings.bind(person_id=person_id, openid=openid, at=wiring.clock().now())
        request.session.pop(_ACCOUNT, None)
        return redirect("web:wechat")
    other = bindings.person_of(openid)
    context = {
        "others": other is not None and other != person_id,
        "replaces": other != person_id and bindings.bound_at(person_id) is not None,
    }
    return render(request, "web/wechat/confirm.html", context)


def _account() -> WechatAccount:
    account = wiring.wechat()
    if account is None:
        raise Http404
    return account
