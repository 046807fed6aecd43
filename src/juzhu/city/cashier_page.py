"""The cashier's page: the trial person pays here, and chooses what goes wrong about it."""

import asyncio
import secrets
import time
from typing import Final

import httpx
import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from juzhu.city.answers import json_response
from juzhu.city.cashier import new_transaction
from juzhu.city.control import form_fields, is_json
from juzhu.city.events import Charged, ChargePaid
from juzhu.city.markup import Html, el, english, page
from juzhu.city.state import City
from juzhu.ports import gateway

log = structlog.get_logger(__name__)

_WAYS: Final = {
    "ok": ("付款", "Pay"),
    "lost": ("付款，但回调丢失", "Pay; the callback is lost"),
    "double": ("付款，回调来两次", "Pay; the callback comes twice"),
    "wrong": ("多付 1 分钱", "Pay one fen too much"),
    "late": ("过了时间才付", "Pay although the time is over"),
}
_RETRIES: Final = (0.0, 1.0, 5.0, 15.0)


async def show(request: Request) -> Response:
    """Show what is to be paid."""
    city: City = request.app.state.city
    found = city.cashier.charge(request.path_params["token"])
    if found is None:
        return page("收银台", "Cashier", el("p", "没有这笔单。"), status=404)
    charge, paid, ended = found
    if paid is not None:
        return _done(charge)
    over = ended or city.clock.now() > charge.closes_at
    forms = [
        el(
            "form",
            el("input", type="hidden", name="how", value=how),
            el("button", f"{label} ", english(label_en)),
            method="post",
            action=f"/cashier/{charge.token}",
        )
        for how, (label, label_en) in _WAYS.items()
        if how == "late" or not over
    ]
    facts = el(
        "section",
        el("h2", charge.title),
        el("p", f"¥ {charge.amount_fen / 100:.2f}", class_="now"),
        el("p", "付款时间已过。", english("The time to pay is over.")) if over else "",
        class_="card",
    )
    return page("收银台", "Cashier: trial money only", facts, el("div", *forms, class_="grid"))


async def pay(request: Request) -> Response:
    """Pay, in one of the ways; then call back as that way says."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    how = str(fields.get("how", "ok"))
    found = city.cashier.charge(request.path_params["token"])
    if found is None or how not in _WAYS:
        return page("收银台", "Cashier", el("p", "没有这笔单。"), status=404)
    charge, paid, ended = found
    now = city.clock.now()
    if (ended or now > charge.closes_at) and how != "late":
        return page("收银台", "Cashier", el("p", "付款时间已过。"), status=409)
    if paid is None:
        amount = charge.amount_fen + (1 if how == "wrong" else 0)
        paid = ChargePaid(
            number=charge.number, transaction=new_transaction(now), amount_fen=amount, at=now
        )
        await city.note(paid)
        for _ in range({"lost": 0, "double": 2}.get(how, 1)):
            city.keep(asyncio.create_task(_call_back(city, charge, paid)))
    return json_response({"paid": True}) if is_json(request) else _done(charge)


def _done(charge: Charged) -> Response:
    back: Html = el("a", "返回商户 ", english("Back to the service"), href=charge.return_url)
    return page("收银台", "Cashier", el("p", "付好了。", english("Paid."), class_="note"), back)


async def _call_back(city: City, charge: Charged, paid: ChargePaid) -> None:
    """Tell whoever made the charge, a few times until it says that it heard."""
    content = {"number": paid.number, "amount_fen": paid.amount_fen, "at": paid.at}
    body = msgspec.json.encode(content)
    async with httpx.AsyncClient(timeout=5) as client:
        for pause in _RETRIES:
            await asyncio.sleep(pause)
            nonce, stamp = secrets.token_hex(16), str(int(time.time()))
            headers = {
                gateway.TIMESTAMP: stamp,
                gateway.NONCE: nonce,
                gateway.SIGNATURE: city.gate.sign_callback(stamp, nonce, body),
                "content-type": "application/json",
            }
            try:
                answer = await client.post(charge.notify_url, content=body, headers=headers)
            except httpx.HTTPError as error:
                log.warning("city.callback_failed", error=type(error).__name__)
                continue
            if answer.status_code == 200:
                return
