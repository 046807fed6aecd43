"""The card reader of the desks: lay an identity card on it, and a desk can read it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from juzhu.city.answers import json_response
from juzhu.city.control import form_fields, is_json
from juzhu.city.markup import Html, el, english, page
from juzhu.city.state import City
from juzhu.ports.reader import proof


async def card(request: Request) -> Response:
    """Answer a desk's browser with the card on the reader, proven for its challenge."""
    city: City = request.app.state.city
    person = city.on_reader
    anywhere = {"access-control-allow-origin": "*"}  # made-up people only
    if person is None:
        return json_response({"error": "no_card"}, 404, headers=anywhere)
    challenge = request.query_params.get("challenge", "")
    proven = proof(
        secret=city.reader_secret, challenge=challenge, number=person.id_number, name=person.name
    )
    content = {"number": person.id_number, "name": person.name, "proof": proven}
    return json_response(content, headers=anywhere)


async def show(request: Request) -> Response:
    """Show what lies on the reader, and whose card may be laid there."""
    city: City = request.app.state.city
    lying = city.on_reader
    now = el(
        "p",
        f"读卡器上是 {lying.name} 的身份证。" if lying else "读卡器上没有卡。",
        english(f"{lying.id_number} lies on the reader." if lying else "The reader is empty."),
        class_="note",
    )
    cards = [_place(named.person.name, named.person.id_number) for named in city.named]
    away = el("form", el("button", "拿开 ", english("Take away")), method="post", action="/reader")
    return page("读卡器", "Card reader", now, away, el("div", *cards, class_="grid"))


def _place(name: str, number: str) -> Html:
    return el(
        "form",
        el("input", type="hidden", name="id_number", value=number),
        el("button", f"放上 {name} 的身份证 ", english("Lay this card on the reader")),
        method="post",
        action="/reader",
        class_="card",
    )


async def place(request: Request) -> Response:
    """Lay somebody's card on the reader, or take it away."""
    city: City = request.app.state.city
    fields = await form_fields(request)
    city.on_reader = city.find(str(fields.get("id_number", "")))
    lying = city.on_reader.id_number if city.on_reader else None
    if is_json(request):
        return json_response({"on_reader": lying})
    return RedirectResponse("/reader", 303)
