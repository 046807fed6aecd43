"""The factory's door at the gateway, and the page of its carrier."""

import hashlib
import secrets
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from juzhu.city.answers import Reply, json_response
from juzhu.city.control import BadRequestError, form_fields, is_json
from juzhu.city.events import CardLine, CardsOrdered, CardTold, Fate, Mode, Service
from juzhu.city.factory import MOST_NEWS, Job, code_of, tracking_of
from juzhu.city.markup import Html, el, english, page
from juzhu.city.state import City

_LONGEST_ADDRESS: Final = 120


class _Deliver(msgspec.Struct):
    to: str
    point: str = ""
    address: str = ""


class _FileLine(msgspec.Struct):
    line: str
    name: str
    id_number: str
    issued_on: str
    deliver: _Deliver


class _File(msgspec.Struct):
    file: str
    lines: list[_FileLine]


class _After(msgspec.Struct):
    after: int


_FILE: Final = msgspec.json.Decoder(_File)
_AFTER: Final = msgspec.json.Decoder(_After)


async def take_file(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Take a production file; the same bytes again are the same file."""
    try:
        file = _FILE.decode(body)
    except msgspec.DecodeError as error:
        return Reply(422, {"error": f"not_understood: {error}"})
    digest = hashlib.sha256(body).hexdigest()
    known = city.factory.files.get(file.file)
    if known is not None and known != digest:
        return Reply(409, {"error": "another_file_under_this_number"})
    if known is None:
        mode = city.switches[Service.CARDS].mode
        lines = [_line(one, place, mode) for place, one in enumerate(file.lines)]
        await city.note(CardsOrdered(file.file, digest, lines, city.clock.now()))
    return Reply(200, {"receipt": f"ZZ-{file.file}", "sha256": digest})


def _line(one: _FileLine, place: int, mode: Mode) -> CardLine:
    fate = Fate.MADE
    if mode is Mode.HALF and place % 2:
        fate = Fate.FORGOTTEN
    if mode is Mode.SPOILED:
        fate = Fate.SPOILED
    return CardLine(
        one.line, one.name, one.deliver.to, one.deliver.address[:_LONGEST_ADDRESS], fate
    )


async def tell_news(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Tell what happened after a line of the news."""
    try:
        after = _AFTER.decode(body).after
    except msgspec.DecodeError as error:
        return Reply(422, {"error": f"not_understood: {error}"})
    await advance(city)
    news = city.factory.news[after : after + MOST_NEWS]
    return Reply(
        200,
        {
            "news": [
                {"number": after + 1 + place, **_content(event)} for place, event in enumerate(news)
            ]
        },
    )


def _content(event: CardTold) -> dict[str, Any]:
    told = msgspec.structs.asdict(event)
    return {name: told[name] for name in CardTold.__struct_fields__}


async def advance(city: City) -> None:
    """Let the factory do what its clock says, one step of each line after the other."""
    while due := city.factory.due(city.clock.now()):
        for at, line, what in due:
            news = CardTold(line, what, at)
            if what == "made":
                news = CardTold(line, what, at, serial=f"5840{secrets.randbelow(10**12):012d}")
            elif what == "shipped":
                news = CardTold(line, what, at, tracking=f"SD{secrets.randbelow(10**10):010d}")
            elif what == "posted":
                tracking = f"EB{secrets.randbelow(10**9):09d}CN"
                code = f"{secrets.randbelow(10**6):06d}"
                news = CardTold(line, what, at, tracking=tracking, code=code)
            await city.note(news)


async def show(request: Request) -> Response:
    """Show the letters with cards that the carrier has to hand over."""
    city: City = request.app.state.city
    await advance(city)
    letters = [_letter(job) for job in city.factory.in_post()]
    note = el(
        "p",
        "制证中心几分钟做好一张卡。邮寄的卡在这里：输入短信里的取件码就交给收件人，也可以退回。",
        english(
            "The factory makes a card in minutes. Cards in the post are here: enter the pickup "
            "code from the SMS to hand one over, or send it back."
        ),
        class_="note",
    )
    if not letters:
        letters = [el("p", "现在没有在途的卡。", english("No card is in the post."), class_="card")]
    return page("送卡", "Courier", note, el("div", *letters, class_="grid"))


def _letter(job: Job) -> Html:
    tracking = tracking_of(job)
    hidden = el("input", type="hidden", name="tracking", value=tracking)
    code = el("input", name="code", inputmode="numeric", maxlength="6", required="required")
    return el(
        "section",
        el("h2", job.line.name),
        el("p", f"{tracking}，{job.line.address}"),
        el(
            "form",
            hidden,
            el("label", "取件码 ", english("Pickup code"), code),
            el("button", "交给收件人 ", english("Hand over")),
            method="post",
            action="/courier/hand",
        ),
        el(
            "form",
            hidden,
            el("button", "送不到，退回 ", english("Send back")),
            method="post",
            action="/courier/back",
        ),
        class_="card",
    )


async def hand(request: Request) -> Response:
    """Hand a letter over against its code; a wrong code is refused and told."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    job = _wanted(city, fields)
    right = secrets.compare_digest(str(fields.get("code", "")), code_of(job))
    what, reason = ("delivered", "") if right else ("refused", "wrong_code")
    await city.note(CardTold(job.line.line, what, city.clock.now(), reason=reason))
    if is_json(request):
        return json_response({"handed_over": right})
    return RedirectResponse("/courier", 303)


async def back(request: Request) -> Response:
    """Send a letter back."""
    city: City = request.app.state.city
    job = _wanted(city, await form_fields(request))
    await city.note(CardTold(job.line.line, "returned", city.clock.now(), reason="not_met"))
    if is_json(request):
        return json_response({"returned": True})
    return RedirectResponse("/courier", 303)


def _wanted(city: City, fields: dict[str, Any]) -> Job:
    job = city.factory.letter(str(fields.get("tracking", "")))
    if job is None:
        raise BadRequestError("no letter of this number is under way")
    return job
