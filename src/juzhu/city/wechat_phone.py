"""WeChat on the phones of the city: follow the account, type a word, read what comes."""

import asyncio
import secrets
import time
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from juzhu.city.answers import json_response
from juzhu.city.control import BadRequestError, form_fields, is_json
from juzhu.city.markup import Html, el, english, page
from juzhu.city.state import City
from juzhu.city.wechat import Bubble, Wechat
from juzhu.city.wechat_face import film, waiting

ANSWER_SECONDS: Final = 5.0
"""WeChat waits this long for an answer, then says that the account is not available."""
_PATH: Final = "/wechat/callback/"


async def phones(request: Request) -> Response:
    """List the phones that have WeChat: everybody's."""
    city: City = request.app.state.city
    items = [
        el("li", el("a", f"{n.person.name} {n.person.phone}", href=f"/wechat/{n.person.phone}"))
        for n in city.named
    ]
    note = el(
        "p",
        "在一部手机上关注公众号，发“状态”“签注”“信息单”，收提醒。",
        english("Follow the account on a phone, type a word, receive reminders."),
        class_="note",
    )
    return page("微信", "WeChat", note, el("ul", *items, class_="list"))


async def phone(request: Request) -> Response:
    """Show one phone's chat with the account."""
    city: City = request.app.state.city
    number = request.path_params["phone"]
    follows = city.wechat.openid(number) in city.wechat.followers
    shown = city.wechat.phones.get(number, [])
    names = [n.person.name for n in city.named if n.person.phone == number]
    return page(
        " ".join(["微信", number, *names]),
        "WeChat, newest last",
        el("p", el("a", "刷新", href=f"/wechat/{number}")),
        el("ol", *(_bubble(bubble) for bubble in shown), class_="phone"),
        _forms(number, follows=follows),
        *_face(city, number),
        el("h2", "菜单", english("Menu")),
        el("ul", *_menu(city.wechat.menu), class_="list"),
    )


def _bubble(bubble: Bubble) -> Html:
    parts: list[str] = []
    for line in bubble.text.split("\n"):
        parts += [line, el("br")]
    if bubble.url:
        parts.append(el("a", "打开", href=bubble.url))
    return el("li", el("div", *parts, class_="bubble mine" if bubble.mine else "bubble"))


def _forms(number: str, *, follows: bool) -> Html:
    action = f"/wechat/{number}"
    if not follows:
        button = el("button", "关注 ", english("Follow"), name="do", value="follow")
        return el("form", button, method="post", action=action)
    text = el("input", name="text", maxlength="100", autocomplete="off")
    return el(
        "form",
        el("label", "发一句话 ", english("Type"), text),
        el("button", "发送 ", english("Send"), name="do", value="text"),
        el("button", "取消关注 ", english("Unfollow"), name="do", value="unfollow"),
        method="post",
        action=action,
    )


def _face(city: City, number: str) -> list[Html]:
    """Show the camera that WeChat would open, where a face check waits for one."""
    if waiting(city, city.wechat.openid(number)) is None:
        return []
    button = el("button", "刷脸 ", english("Be filmed"), name="do", value="film")
    note = "微信正等着刷脸。刷完回到居住证服务，点“继续”。"
    then = english("WeChat waits to film you. Then go back to the service and continue.")
    return [
        el("h2", "人脸核身", english("Face check")),
        el("p", note, then),
        el("form", button, method="post", action=f"/wechat/{number}"),
    ]


def _menu(menu: dict[str, Any]) -> list[Html]:
    found = []
    for button in menu.get("button", []):
        for entry in button.get("sub_button") or [button]:
            label = f"{button.get('name', '')} › {entry.get('name', '')}"
            found.append(el("li", el("a", label, href=str(entry.get("url", "#")))))
    return found or [el("li", "还没有菜单。", english("None yet: juzhu wechat menu"))]


async def act(request: Request) -> Response:
    """Follow, unfollow, or type; the account answers at once or not at all."""
    city: City = request.app.state.city
    number = request.path_params["phone"]
    fields = await form_fields(request)
    match fields.get("do"):
        case "follow" | "unfollow" as what:
            answer = await _follow(city.wechat, number, follows=what == "follow")
        case "text":
            answer = await _type(city.wechat, number, str(fields.get("text", "")))
        case "film":
            answer = ""
            film(city, waiting(city, city.wechat.openid(number)) or "")
        case _:
            raise BadRequestError("do must be follow, unfollow, text or film")
    if is_json(request):
        return json_response({"answer": answer})
    return RedirectResponse(f"/wechat/{quote(number)}", 303)


async def report(request: Request) -> Response:
    """Report to the service what became of every template message sent so far."""
    city: City = request.app.state.city
    status = str((await form_fields(request)).get("status", "success"))
    waiting, city.wechat.sent = city.wechat.sent, []
    for openid, message in waiting:
        words = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": message, "Status": status}
        await _post(city.wechat, openid, {"MsgType": "event"} | words)
    return json_response({"reported": len(waiting)})


async def _follow(wechat: Wechat, number: str, *, follows: bool) -> str:
    openid = wechat.openid(number)
    (wechat.followers.add if follows else wechat.followers.discard)(openid)
    event = "subscribe" if follows else "unsubscribe"
    answer = await _post(wechat, openid, {"MsgType": "event", "Event": event})
    if answer and follows:
        wechat.show(number, Bubble(mine=False, text=answer))
    return answer


async def _type(wechat: Wechat, number: str, text: str) -> str:
    wechat.show(number, Bubble(mine=True, text=text))
    words = {"MsgType": "text", "Content": text, "MsgId": str(secrets.randbelow(10**18))}
    answer = await _post(wechat, wechat.openid(number), words)
    wechat.show(number, Bubble(mine=False, text=answer or "该公众号暂时无法提供服务，请稍后再试"))
    return answer


async def _post(wechat: Wechat, openid: str, words: dict[str, str]) -> str:
    """Post a callback to the service and return the text it answers, "" for none."""
    stamp = {"ToUserName": "gh_sandbox", "FromUserName": openid, "CreateTime": f"{time.time():.0f}"}
    query, body = wechat.seal(stamp | words)
    headers = {"content-type": "text/xml"}
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            aiohttp.ClientSession() as session,
            session.post(
                wechat.service + _PATH, params=query, data=body, headers=headers
            ) as response,
        ):
            return wechat.open(await response.text()) if response.status == 200 else ""
    except (TimeoutError, aiohttp.ClientError):
        return ""


ROUTES = [
    Route("/wechat", phones),
    Route("/wechat/report", report, methods=["POST"]),
    Route("/wechat/{phone}", phone),
    Route("/wechat/{phone}", act, methods=["POST"]),
]
