"""WeChat's face check: WeChat says whose phone it is, films the person, and answers the server."""

import secrets
import time
from hmac import compare_digest
from http import HTTPStatus
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from juzhu import wiring
from juzhu.journeys import wechat_face_sign_in as journey
from juzhu.journeys.sign_in import NotSignedIn, SignedIn, SignInProblem
from juzhu.modules.cases.contracts import Channel
from juzhu.ports.face import FaceTicket
from juzhu.ports.wechat import WechatAccount, WechatRefusedError, WechatUnavailableError
from juzhu.web import channels, sealed, wanted
from juzhu.web.access import local_path, public_page
from juzhu.web.addresses import client_address
from juzhu.web.middleware import CONTENT_SECURITY_POLICY
from juzhu.web.views.sign_in import closed, enter, with_next
from juzhu.web.wanted import Wanted

log = structlog.get_logger()

SCRIPT_HOST: Final = "https://res.wx.qq.com"
_TICKET: Final = "wechat_face"
_STATE: Final = "wechat_face_state"
_NOT_MATCHED: Final = _("没有核对上，或者没有拍完。可以再试一次，或者换手机验证码登录。")
_UNAVAILABLE: Final = _("微信人脸核身暂时连不上，不是您的原因。可以过几分钟再试。")
_NOT_HERE: Final = _("微信刷脸只能在微信里用。请在微信里打开这个服务，或者换手机验证码登录。")


@require_http_methods(["GET", "POST"])
@public_page
def wechat_face(request: HttpRequest) -> HttpResponseBase:
    """Ask WeChat whose phone this is, start its camera, and take the person in afterwards."""
    held, account = wanted.read(request), wiring.wechat()
    if held is None or account is None or wiring.face_kind() != "wechat":
        return redirect(with_next(request, "web:sign-in"))
    if request.method == "POST":
        return _finish(request, held)
    if not (wiring.is_trial() or channels.channel_of(request) is Channel.WECHAT):
        return _page(request, problem=_NOT_HERE)
    if "code" not in request.GET:
        return _ask_whose(request, account)
    return _begin(request, held, account)


def _ask_whose(request: HttpRequest, account: WechatAccount) -> HttpResponseBase:
    state = secrets.token_urlsafe(24)
    request.session[_STATE] = [state, time.time()]
    back = wiring.site_url() + with_next(request, "web:sign-in-wechat")
    return redirect(account.authorize_url(back=back, state=state))


def _begin(request: HttpRequest, held: Wanted, account: WechatAccount) -> HttpResponseBase:
    state, made_at = request.session.pop(_STATE, ["", 0.0])
    given = request.GET.get("state", "")
    good = state and time.time() - made_at < wanted.SECONDS
    if not good or not compare_digest(state.encode(), given.encode()):
        return redirect(with_next(request, "web:sign-in-wechat"))
    try:
        openid = account.openid_of(request.GET["code"])
        signed = account.sign_page(wiring.site_url() + request.get_full_path(), now=time.time())
    except (WechatRefusedError, WechatUnavailableError) as error:
        log.warning("sign_in.wechat_unavailable", why=str(error))
        return _page(request, problem=_UNAVAILABLE, status=HTTPStatus.SERVICE_UNAVAILABLE)
    begun = journey.begin(
        openid=openid,
        id_number=held.id_number,
        name=held.name,
        ip=client_address(request),
        at=wiring.clock().now(),
    )
    match begun:
        case NotSignedIn(SignInProblem.UNAVAILABLE):
            return _page(request, problem=_UNAVAILABLE, status=HTTPStatus.SERVICE_UNAVAILABLE)
        case NotSignedIn() as refused:
            return closed(request, refused, by_face=True)
        case (ticket, attempt):
            parts = [ticket.verify_id, ticket.number, ticket.openid, attempt]
            sealed.put(request, _TICKET, parts)
            return _page(request, verify_id=ticket.verify_id, signed=signed)


def _finish(request: HttpRequest, held: Wanted) -> HttpResponseBase:
    kept = sealed.get(request, _TICKET)
    request.session.pop(_TICKET, None)
    if kept is None:
        return redirect(with_next(request, "web:sign-in-wechat"))
    found = journey.finish(
        FaceTicket(*kept[:3]),
        int(kept[3]),
        id_number=held.id_number,
        name=held.name,
        at=wiring.clock().now(),
    )
    if isinstance(found, SignedIn):
        wanted.forget(request)
        return enter(request, found)
    if found.problem is SignInProblem.UNAVAILABLE:
        return _page(request, problem=_UNAVAILABLE, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _page(request, problem=_NOT_MATCHED, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    request: HttpRequest, *, status: int = HTTPStatus.OK, problem: object = "", **more: object
) -> HttpResponse:
    context = {
        "problem": problem,
        "next": local_path(request, "next"),
        "script": f"{SCRIPT_HOST}/open/js/jweixin-1.6.3.js",
        "again_url": with_next(request, "web:sign-in-wechat"),
        "action": reverse("web:sign-in-wechat"),
        **more,
    }
    response = render(request, "web/wechat/face.html", context, status=status)
    # WeChat wants its script from its own host: on this page alone.
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "script-src 'self'", f"script-src 'self' {SCRIPT_HOST}"
    )
    channels.lead_to_wechat(response)
    return response
