"""The part of the control page on which somebody's life takes a turn."""

from typing import Final

from juzhu.city.events import Happened
from juzhu.city.markup import Html, el, english
from juzhu.city.state import City
from juzhu.ports.life_events import LifeKind

_KINDS: Final = {
    LifeKind.HUKOU_GAINED: ("转为深圳户籍", "gains a Shenzhen hukou"),
    LifeKind.DEATH: ("登记死亡", "is reported dead"),
    LifeKind.NUMBER_CORRECTED: ("身份号码更正", "citizen number corrected"),
}


def lives_card(city: City) -> Html:
    """Return the card: what can be told of whom, and what was told so far."""
    people = [
        el("option", f"{person.name} · {person.id_number}", value=person.id_number)
        for person in (city.lives.of(named.person) for named in city.named)
    ]
    kinds = [el("option", f"{zh} · {en}", value=kind) for kind, (zh, en) in _KINDS.items()]
    form = el(
        "form",
        el("label", "谁 ", english("Who"), el("select", *people, name="id_number")),
        el("label", "什么事 ", english("What"), el("select", *kinds, name="kind")),
        el("label", "从哪天起 ", english("Since"), el("input", type="date", name="on")),
        el("button", "通知居住证服务 ", english("Tell the service")),
        method="post",
        action="/control/lives",
    )
    standing = {event.key for event in city.lives.standing()}
    told = [_told(event, event.key in standing) for event in reversed(city.lives.events)]
    return el(
        "section",
        el("h2", "人口变动 ", english("Life events the registers tell by themselves")),
        form,
        *([el("ul", *told, class_="list")] if told else []),
        class_="card",
    )


def _told(event: Happened, standing: bool) -> Html:
    if event.kind is LifeKind.TAKEN_BACK:
        return el("li", f"{event.on}　撤回 {event.undoes} ", english(f"{event.undoes} taken back"))
    zh, en = _KINDS[event.kind]
    words = el("p", f"{event.on}　{event.id_number}　{zh} ", english(f"{event.key}: {en}"))
    if not standing:
        return el("li", words, el("p", "已撤回 ", english("Taken back")))
    back = el(
        "form",
        el("input", type="hidden", name="kind", value=LifeKind.TAKEN_BACK.value),
        el("input", type="hidden", name="undoes", value=event.key),
        el("button", "这条是错的，撤回 ", english("This was wrong: take it back")),
        method="post",
        action="/control/lives",
    )
    return el("li", words, back)
