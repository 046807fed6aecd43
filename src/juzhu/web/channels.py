"""Through which channel a page is used: said by the browser, and by how the visit began.

It goes into the record of an application and decides how a page opens what its container cannot
(a payment, a PDF). It never decides who somebody is or what they may do.
"""

from dataclasses import replace
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from juzhu import wiring
from juzhu.modules.cases.contracts import Application, Channel
from juzhu.web import acting
from juzhu.web.middleware import CONTENT_SECURITY_POLICY

_WECHAT: Final = "https://res.wx.qq.com"
_COOKIE: Final = "juzhu_channel"
"""Until the browser is closed, so that it outlives a session that ended meanwhile."""


def channel_of(request: HttpRequest) -> Channel:
    """Return the channel of this request."""
    agent = request.headers.get("User-Agent", "")
    if "MicroMessenger" in agent:  # Android writes miniProgram, iOS miniprogramhtmlwebview
        return Channel.MINI_PROGRAM if "miniprogram" in agent.lower() else Channel.WECHAT
    return Channel.APP if request.COOKIES.get(_COOKIE) == Channel.APP else Channel.WEB


def let_wechat_in(response: HttpResponseBase) -> HttpResponseBase:
    """Let WeChat's script onto this page: the only one of another host, and only where needed."""
    policy = CONTENT_SECURITY_POLICY.replace("script-src 'self'", f"script-src 'self' {_WECHAT}")
    response.headers["Content-Security-Policy"] = policy
    return response


def lead_to_wechat(response: HttpResponseBase) -> None:
    """Let the page's form lead to where WeChat says whose phone it is: browsers ask for leave.

    The answer to the form leads there through an address of ours, which makes no difference.
    """
    account = wiring.wechat()
    if account is not None:
        held = response.headers.get("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers["Content-Security-Policy"] = held.replace(
            "form-action 'self'", f"form-action 'self' {account.authorize_origin}"
        )


def came_from(request: HttpRequest, application: Application) -> Application:
    """Return the application with the channel it came by, and the helper who makes it."""
    mandate_id = acting.mandate_id(request)
    return replace(application, channel=channel_of(request), mandate_id=mandate_id)


def remember_app(response: HttpResponseBase) -> None:
    """Note that this browser is the app's, for the rest of its life."""
    response.set_cookie(
        _COOKIE,
        Channel.APP,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
