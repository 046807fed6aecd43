"""The pages for looking: people to be, and phones."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from juzhu.city.events import Delivered
from juzhu.city.markup import Html, el, english, page
from juzhu.city.named_parts import Named
from juzhu.city.state import City

_SHOWN_PHONES: Final = 200
_LIVE_SECONDS: Final = 3


async def home(_request: Request) -> Response:
    """Lead to the people."""
    return RedirectResponse("/people", 303)


async def people(request: Request) -> Response:
    """List the people to be, with what to expect of each."""
    city: City = request.app.state.city
    note = el(
        "p",
        "选一个人，用他的姓名和号码登录居住证服务。短信会出现在他的手机里。"
        "刷脸一般是模拟的：姓名和号码对得上就算成功。开了本机刷脸的，请建立试用身份，"
        "或者选照片上有真人脸的人。",
        english(
            "Pick someone and sign in with this name and number. Messages arrive on the phone. "
            "The face check is usually simulated: it succeeds when name and number belong "
            "together. Where faces are looked at for real, become somebody here, or pick "
            "someone whose photograph shows a real face."
        ),
        class_="note",
    )
    cards = [_person_card(named) for named in city.named]
    return page("人物", "People to be", note, el("div", *cards, class_="grid"))


def _person_card(named: Named) -> Html:
    person = named.person
    return el(
        "section",
        el("h2", person.name),
        el(
            "dl",
            el("dt", "号码"),
            el("dd", person.id_number),
            el("dt", "手机"),
            el("dd", el("a", person.phone, href=f"/phones/{person.phone}")),
        ),
        el("p", named.expect, english(named.expect_en)),
        class_="card",
    )


async def phones(request: Request) -> Response:
    """List the phones with their latest message."""
    city: City = request.app.state.city
    latest = city.phones.latest(_SHOWN_PHONES)
    if not latest:
        empty = el(
            "p",
            "还没有短信。居住证服务发出的每条短信都会出现在这里。",
            english("No messages yet. Everything the service sends will appear here."),
            class_="card",
        )
        return page("手机", "Phones", _refresh("/phones", live=False), empty)
    names = {named.person.phone: named.person.name for named in city.named}
    items = [_phone_item(message, names.get(message.phone, "")) for message in latest]
    listing = el("ul", *items, class_="list")
    live = _is_live(request)
    return page(
        "手机",
        "Phones",
        _refresh("/phones", live=live),
        listing,
        refresh_seconds=_LIVE_SECONDS if live else 0,
    )


def _phone_item(message: Delivered, name: str) -> Html:
    first_line = message.text if len(message.text) <= 60 else message.text[:60] + "…"
    return el(
        "li",
        el(
            "a",
            el("div", el("span", message.phone, class_="num"), name, class_="row"),
            el("div", first_line),
            el("div", _moment(message), class_="when"),
            href=f"/phones/{message.phone}",
        ),
        class_="card",
    )


async def phone(request: Request) -> Response:
    """Show what one phone received, newest last."""
    city: City = request.app.state.city
    number = request.path_params["phone"]
    messages = city.phones.messages(number)
    items = [
        el("li", el("div", m.text, class_="bubble"), el("div", _moment(m), class_="when"))
        for m in messages
    ]
    if not items:
        items = [el("li", "这个手机还没有收到短信。", english("Nothing received yet."))]
    live = _is_live(request)
    names = [n.person.name for n in city.named if n.person.phone == number]
    return page(
        " ".join([number, *names]),
        "Messages, newest last",
        _refresh(f"/phones/{number}", live=live),
        el("ol", *items, class_="phone"),
        refresh_seconds=_LIVE_SECONDS if live else 0,
    )


def _is_live(request: Request) -> bool:
    return "live" in request.query_params


def _refresh(path: str, *, live: bool) -> Html:
    if live:
        return el("p", f"每 {_LIVE_SECONDS} 秒自动刷新。", el("a", "停止自动刷新", href=path))
    return el("p", el("a", "刷新", href=path), " · ", el("a", "自动刷新", href=f"{path}?live=1"))


def _moment(message: Delivered) -> str:
    return f"{message.at:%Y-%m-%d %H:%M}"
