"""WeChat's API as the service calls it, in WeChat's own words."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from juzhu.city import wechat_face
from juzhu.city.answers import json_response
from juzhu.city.bodies import read_body
from juzhu.city.control import BadRequestError, form_fields
from juzhu.city.events import Mode, Service
from juzhu.city.markup import el, english, page
from juzhu.city.misbehave import until_caller_leaves
from juzhu.city.state import City
from juzhu.city.wechat import LENT_SECONDS, Wechat, WechatError

Handler = Callable[[Wechat, Request, dict[str, Any]], dict[str, Any]]


def _endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        city: City = request.app.state.city
        body = await read_body(request)
        switch = city.switches[Service.WECHAT]
        if switch.latency_ms:
            await asyncio.sleep(switch.latency_ms / 1000)
        match switch.mode:
            case Mode.SILENT:
                await until_caller_leaves(request)
                return Response(status_code=504)
            case Mode.ERROR500 | Mode.REFUSE:
                return Response(status_code=500 if switch.mode is Mode.ERROR500 else 503)
            case Mode.RUBBISH:
                return Response("<html>busy</html>")
            case _:
                pass
        answer = _answered(city.wechat, request, body, handler)
        return Response(status_code=500) if switch.mode is Mode.LOST_ANSWER else answer

    return endpoint


def _answered(wechat: Wechat, request: Request, body: bytes, handler: Handler) -> Response:
    try:
        wechat.count(request.url.path.removeprefix("/wechat"))
        wish = msgspec.json.decode(body, type=dict[str, Any]) if body else {}
        return json_response({"errcode": 0, "errmsg": "ok"} | handler(wechat, request, wish))
    except WechatError as error:
        return json_response({"errcode": error.code, "errmsg": str(error)})
    except msgspec.DecodeError:
        return json_response({"errcode": 47001, "errmsg": "data format error"})


def _stable_token(wechat: Wechat, _request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_credential(str(wish.get("appid")), str(wish.get("secret")))
    token = wechat.lend("access", anew=bool(wish.get("force_refresh")))
    return {"access_token": token, "expires_in": LENT_SECONDS}


def _ticket(wechat: Wechat, request: Request, _wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    return {"ticket": wechat.lend("ticket"), "expires_in": LENT_SECONDS}


def _menu(wechat: Wechat, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    if not wish.get("button"):
        raise WechatError(40016, "invalid button size")
    wechat.menu = wish
    return {}


def _menu_now(wechat: Wechat, request: Request, _wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    if not wechat.menu:
        raise WechatError(46003, "menu no exist")
    return {"menu": wechat.menu}


def _template(wechat: Wechat, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    return {"msgid": int(wechat.take(wish))}


def _begin_face(wechat: Wechat, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    return wechat_face.begin(request.app.state.city, wish)


def _ask_face(wechat: Wechat, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
    wechat.check_token(request.query_params.get("access_token", ""))
    return wechat_face.ask(request.app.state.city, wish)


def _openid(wechat: Wechat, request: Request, _wish: dict[str, Any]) -> dict[str, Any]:
    query = request.query_params
    wechat.check_credential(query.get("appid", ""), query.get("secret", ""))
    return {"openid": wechat.use_code(query.get("code", "")), "scope": "snsapi_base"}


async def authorize(request: Request) -> Response:
    """Ask who sits before this browser, as WeChat need not; then send it back with a code."""
    city: City = request.app.state.city
    query = request.query_params
    back, state = query.get("redirect_uri", ""), query.get("state", "")
    if query.get("appid") != city.wechat.account.app_id or not back.startswith(city.wechat.service):
        raise BadRequestError("redirect_uri: not the account's own domain (10003)")
    phone = query.get("phone")
    if phone:
        code = city.wechat.make_code(city.wechat.openid(phone))
        joint = "&" if urlsplit(back).query else "?"
        return RedirectResponse(f"{back}{joint}{urlencode({'code': code, 'state': state})}", 302)
    items = []
    for named in city.named:
        more = urlencode(dict(query) | {"phone": named.person.phone})
        href = f"/wechat/connect/oauth2/authorize?{more}"
        items.append(el("li", el("a", f"{named.person.name} {named.person.phone}", href=href)))
    note = el(
        "p",
        "在微信里不会出现这一页：微信知道是谁的手机。这里请选一部手机。",
        english("WeChat knows whose phone it is and shows no such page. Here, pick a phone."),
        class_="note",
    )
    return page("选一部手机", "Pick a phone", note, el("ul", *items, class_="list"))


async def control(request: Request) -> Response:
    """Tell what the service did, and say how the next calls are answered."""
    city: City = request.app.state.city
    wechat = city.wechat
    if request.method == "POST":
        fields = await form_fields(request)
        wechat.faults = [int(code) for code in fields.get("faults", [])]
        wechat.service = str(fields.get("service", wechat.service))
        if fields.get("forget"):
            wechat.forget_lent()
        if "film" in fields:
            wechat_face.film(city, str(fields["film"]))
        if "follow" in fields:
            wechat.followers.add(wechat.openid(str(fields["follow"])))
        if "code_for" in fields:
            code = wechat.make_code(wechat.openid(str(fields["code_for"])))
            return json_response({"code": code})
    phones = {
        phone: [{"mine": b.mine, "text": b.text, "url": b.url} for b in shown]
        for phone, shown in wechat.phones.items()
    }
    return json_response({"calls": wechat.calls, "menu": wechat.menu, "phones": phones})


ROUTES = [
    Route("/wechat/cgi-bin/stable_token", _endpoint(_stable_token), methods=["POST"]),
    Route("/wechat/cgi-bin/ticket/getticket", _endpoint(_ticket)),
    Route("/wechat/cgi-bin/menu/create", _endpoint(_menu), methods=["POST"]),
    Route("/wechat/cgi-bin/menu/get", _endpoint(_menu_now)),
    Route("/wechat/cgi-bin/message/template/send", _endpoint(_template), methods=["POST"]),
    Route(
        "/wechat/cityservice/face/identify/getverifyid", _endpoint(_begin_face), methods=["POST"]
    ),
    Route(
        "/wechat/cityservice/face/identify/queryverifyinfo", _endpoint(_ask_face), methods=["POST"]
    ),
    Route("/wechat/sns/oauth2/access_token", _endpoint(_openid)),
    Route("/wechat/connect/oauth2/authorize", authorize),
    Route("/wechat/control.json", control, methods=["GET", "POST"]),
]
