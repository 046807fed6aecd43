"""The control page and its JSON twin: time travel and outages on demand."""

from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from juzhu.city.answers import json_response
from juzhu.city.bodies import read_body
from juzhu.city.clock import ClockOnlyForwardError
from juzhu.city.events import Mode, Service, modes_of
from juzhu.city.lives_card import lives_card
from juzhu.city.markup import Html, el, english, page
from juzhu.city.state import City, Switch
from juzhu.ports.life_events import LifeKind

LONGEST_LATENCY_MS: Final = 60_000

_NAMES: Final = {
    Service.POPULATION: ("人口库", "Population base"),
    Service.HUKOU: ("户籍", "Household register"),
    Service.REGISTRATIONS: ("居住登记", "Residence registrations"),
    Service.INSURANCE: ("社会保险", "Social insurance"),
    Service.TALENT: ("人才", "Talent"),
    Service.ENROLMENT: ("学籍", "School enrolment"),
    Service.SMS: ("短信网关", "Short messages"),
    Service.FACE: ("刷脸（模拟）", "Face check (simulated)"),
    Service.PHOTOGRAPHS: ("相片库", "Photographs"),
    Service.CASHIER: ("收银台", "Cashier"),
    Service.CARDS: ("制证中心", "Card factory"),
    Service.LIFE_EVENTS: ("人口变动通知", "Life events"),
    Service.WECHAT: ("微信", "WeChat"),
}
_MODE_NAMES: Final = {
    Mode.OK: ("正常", "works"),
    Mode.ERROR500: ("报错 500", "error 500"),
    Mode.REFUSE: ("拒绝服务 503", "refuses, 503"),
    Mode.SILENT: ("不回答", "silent"),
    Mode.RUBBISH: ("回答乱码", "rubbish"),
    Mode.FORGED: ("签名不对", "wrong signature"),
    Mode.ANOTHER_PERSON: ("答成别人", "another person"),
    Mode.LOST_ANSWER: ("办了不回执", "works, answer lost"),
    Mode.HALF: ("只回执一半", "acknowledges half"),
    Mode.SPOILED: ("做出废卡", "spoils cards"),
}
_STEPS: Final = (
    ("days", "1", "过一天", "+1 day"),
    ("days", "7", "过一周", "+1 week"),
    ("months", "1", "过一个月", "+1 month"),
    ("months", "12", "过一年", "+1 year"),
)


class BadRequestError(ValueError):
    """The form or JSON cannot be understood; answered with 422 and the message."""


async def show(request: Request) -> Response:
    """Show the clock and the switches."""
    city: City = request.app.state.city
    return _page(city)


async def state(request: Request) -> Response:
    """Tell the same as JSON."""
    city: City = request.app.state.city
    services = {
        service.value: {"mode": switch.mode.value, "latency_ms": switch.latency_ms}
        for service, switch in city.switches.items()
    }
    return json_response({"clock": clock_facts(city), "services": services})


async def clock(request: Request) -> Response:
    """Tell the city's time."""
    return json_response(clock_facts(request.app.state.city))


def clock_facts(city: City) -> dict[str, Any]:
    """Return what `/clock` says."""
    return {
        "now": city.clock.now().isoformat(),
        "offset_seconds": city.clock.offset_seconds,
        "born_on": city.born.born_on,
    }


async def move_clock(request: Request) -> Response:
    """Move the clock forward."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    try:
        await city.move_clock(
            days=_whole(fields, "days"), months=_whole(fields, "months"), to=_moment(fields)
        )
    except ClockOnlyForwardError as error:
        if is_json(request):
            return json_response({"error": "only_forward", "message": str(error)}, 409)
        return _page(city, warning=str(error), status=409)
    return _done(request, clock_facts(city))


async def switch(request: Request) -> Response:
    """Change how one service behaves."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    try:
        service = Service(request.path_params["service"])
        mode = Mode(fields.get("mode", Mode.OK))
    except ValueError as error:
        raise BadRequestError(str(error)) from error
    if mode not in modes_of(service):
        raise BadRequestError(f"{service.value} cannot behave like {mode.value}")
    latency = _whole(fields, "latency_ms")
    if not 0 <= latency <= LONGEST_LATENCY_MS:
        raise BadRequestError(f"latency_ms must lie within 0..{LONGEST_LATENCY_MS}")
    await city.switch(service, mode, latency)
    return _done(request, {"service": service.value, "mode": mode.value, "latency_ms": latency})


async def happen(request: Request) -> Response:
    """Let the registers of persons tell something."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    on = _moment(fields | {"to": fields.get("on") or None})
    try:
        event = await city.happen(
            LifeKind(fields.get("kind", "")),
            id_number=str(fields.get("id_number", "")),
            on=on.date() if isinstance(on, datetime) else on,
            undoes=str(fields.get("undoes", "")),
        )
    except ValueError as error:  # no such kind, nobody, nothing to take back
        raise BadRequestError(str(error)) from error
    return _done(request, msgspec.to_builtins(event))


async def reset(request: Request) -> Response:
    """Let every service behave again."""
    city: City = request.app.state.city
    for service, now in city.switches.items():
        if now != Switch():
            await city.switch(service, Mode.OK, 0)
    return _done(request, {"reset": True})


def _page(city: City, *, warning: str = "", status: int = 200) -> Response:
    parts = [el("p", warning, class_="note warn", role="alert")] if warning else []
    parts += [_clock_card(city), lives_card(city)]
    cards = [_service_card(service, now) for service, now in city.switches.items()]
    parts.append(el("div", *cards, class_="grid"))
    parts.append(_form("/control/reset", el("button", "全部恢复正常 ", english("Reset all"))))
    return page("控制台", "Control", *parts, status=status)


def _clock_card(city: City) -> Html:
    steps = [
        _form(
            "/control/clock",
            el("input", type="hidden", name=name, value=value),
            el("button", label, english(label_en)),
        )
        for name, value, label, label_en in _STEPS
    ]
    day = el("input", type="date", name="to", required="required")
    jump = _form(
        "/control/clock",
        el("label", "拨到这一天 ", english("To this day"), day),
        el("button", "拨过去", english("Go")),
    )
    return el(
        "section",
        el("h2", "时钟", english("The clock moves forward only")),
        el("p", f"{city.clock.now():%Y年%-m月%-d日 %H:%M}", class_="now"),
        el("div", *steps, class_="row"),
        jump,
        class_="card",
    )


def _service_card(service: Service, now: Switch) -> Html:
    name, name_en = _NAMES[service]
    options = [
        el(
            "option",
            f"{label} · {label_en}",
            value=mode.value,
            **({"selected": "selected"} if mode is now.mode else {}),
        )
        for mode, (label, label_en) in _MODE_NAMES.items()
        if mode in modes_of(service)
    ]
    latency = el(
        "input",
        type="number",
        name="latency_ms",
        min="0",
        max=str(LONGEST_LATENCY_MS),
        value=str(now.latency_ms),
    )
    pill = "ok" if now.mode is Mode.OK else "off"
    return el(
        "section",
        el(
            "div",
            el("h2", name, english(name_en)),
            el("span", _MODE_NAMES[now.mode][0], class_=f"pill {pill}"),
            class_="row",
        ),
        _form(
            f"/control/services/{service.value}",
            el("label", "状态 ", english("Behaviour"), el("select", *options, name="mode")),
            el("label", "延迟（毫秒） ", english("Delay, ms"), latency),
            el("button", "保存 ", english("Save")),
        ),
        class_="card",
    )


def _form(action: str, *fields: Html) -> Html:
    return el("form", *fields, method="post", action=action)


def is_json(request: Request) -> bool:
    """Say whether a program asks, not a form."""
    return request.headers.get("content-type", "").startswith("application/json")


def _done(request: Request, facts: dict[str, Any]) -> Response:
    return json_response(facts) if is_json(request) else RedirectResponse("/control", 303)


async def form_fields(request: Request) -> dict[str, Any]:
    """Return the fields of a form or of a JSON object; another site's form is refused."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise BadRequestError("a form of another site")
    body = await read_body(request)
    try:
        if is_json(request):
            return msgspec.json.decode(body, type=dict[str, Any])
        return dict(parse_qsl(body.decode()))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequestError(str(error)) from error


def _whole(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name, 0)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise BadRequestError(f"{name} must be a whole number") from error


def _moment(fields: dict[str, Any]) -> date | datetime | None:
    value = fields.get("to")
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadRequestError("to must be a day like 2027-01-31") from error
