"""Pages that only time, money or outsiders lead to, as the server makes them in both languages.

`tests/web/test_gallery.py` reads them, `tests/browser/test_gallery.py` looks at them in a browser.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from juzhu import wiring
from juzhu.domain.card import CardEvent
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.vocabulary import Source
from juzhu.journeys import paying, proactive
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cases import fraud
from juzhu.modules.cases.contracts import CaseState, CaseView
from juzhu.modules.cases.models import Case
from juzhu.modules.payments import queries as payment_queries
from juzhu.modules.payments import refunds
from juzhu.modules.payments import services as payments
from juzhu.modules.people.models import PhoneCode
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.proactive.models import Watch
from juzhu.ports.face import FaceTicket
from juzhu.ports.payments import Device, Way
from juzhu.ports.wechat import PageSignature
from juzhu.web.access import own_case
from juzhu.web.views import case as case_views
from juzhu.web.views import home
from tests.factories import an_id_number, an_order
from tests.web.conftest import Resident, World, forward, sign_in
from tests.web.test_cards import POINT, arrive, ask, pay, person_of
from tests.web.test_helpers import act_for, let
from tests.web.test_mini import MINI
from tests.web.test_pay import Desk

LANGUAGES = {"chinese": "zh-hans", "english": "en"}
LONG = "阿卜杜热合曼·吐尔逊江·阿卜杜克热木"
WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0"}


@dataclass(frozen=True)
class Picture:
    """A page as it left the server."""

    name: str
    lang: str
    path: str
    status: int
    body: bytes
    policy: str
    templates: tuple[str, ...]


@dataclass
class Gallery:
    """What was kept."""

    world: World
    patch: pytest.MonkeyPatch
    languages: Mapping[str, str] = field(default_factory=lambda: LANGUAGES)
    pictures: list[Picture] = field(default_factory=list)

    def keep(
        self,
        name: str,
        path: str | Callable[[], str],
        who: Any = None,
        **asked: Any,
    ) -> None:
        """Ask for a page in every language; `typed` sends a form, `headers` name the device.

        A path that is good once is made anew for each language.
        """
        client: Client = getattr(who, "client", who) or Client()
        typed, headers = asked.get("typed"), asked.get("headers", {})
        for lang, code in self.languages.items():
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = code
            here = path if isinstance(path, str) else path()
            answer = (
                client.get(here, headers=headers)
                if typed is None
                else client.post(here, typed, headers=headers)
            )
            self._add(name, lang, here, answer)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"

    def _add(self, name: str, lang: str, path: str, answer: Any) -> None:
        assert answer.status_code not in (301, 302, 303), (name, answer.headers["Location"])
        policy = answer.headers.get("Content-Security-Policy", "")
        used = tuple(str(t.name) for t in getattr(answer, "templates", ()) or ())
        page = Picture(name, lang, path, answer.status_code, answer.content, policy, used)
        self.pictures.append(page)

    @contextmanager
    def changed(self, target: Any, name: str, value: Any) -> Iterator[None]:
        """Change something for as long as some pages are asked for."""
        with self.patch.context() as patch:
            patch.setattr(target, name, value)
            yield


def fill(world: World, patch: pytest.MonkeyPatch, rooms: "Collection[Room]" = ()) -> list[Picture]:
    """Return every page of the gallery, or of some rooms of it."""
    gallery = Gallery(world, patch)
    for room in rooms or ROOMS:
        cache.clear()
        room(gallery)
    return gallery.pictures


def _signing_in(gallery: Gallery) -> None:
    somebody = {"name": "", "id_number": "430102199001010011", "consent": ""}
    gallery.keep("sign-in-errors", "/sign-in/", typed=somebody)
    gallery.keep("sign-in-code-errors", "/sign-in/code/", typed={"id_number": "1", "phone": "2"})
    asking = Client()
    asking.post("/sign-in/code/", {"id_number": an_id_number(), "phone": "13800006021"})
    gallery.keep("sign-in-enter", "/sign-in/code/enter/", asking)
    gallery.keep("sign-in-enter-errors", "/sign-in/code/enter/", asking, typed={"code": "12"})
    typed = {"name": LONG, "id_number": an_id_number(), "consent": "on"}
    gallery.world.face_answers = False
    gallery.keep("sign-in-unavailable", "/sign-in/", typed=typed)
    gallery.world.face_answers, gallery.world.face_matches = True, False
    gallery.keep("sign-in-not-matched", "/sign-in/", typed=typed)
    for _ in range(12):
        Client().post("/sign-in/", typed)
    gallery.keep("sign-in-too-many", "/sign-in/", typed=typed)
    gallery.world.face_matches = True
    gallery.keep("entry-refused", "/app/enter/", typed={"token": "x", "to": "/"})
    gallery.keep("entry-empty", "/app/enter/")
    gallery.keep("map", "/map/")
    with gallery.changed(wiring, "has_accounts", lambda: True):
        gallery.keep("account-failed", "/sign-in/account/back/")
    with gallery.changed(wiring, "face_kind", lambda: "local"):
        filmed = Client()
        filmed.post("/sign-in/", typed)
        gallery.keep("face", "/sign-in/face/", filmed)


class _Account:
    """Stands for WeChat where only our page matters."""

    authorize_origin = "https://wechat.example"

    def authorize_url(self, *, back: str, state: str) -> str:
        return f"https://wechat.example/?state={state}"

    def openid_of(self, code: str) -> str:
        return f"openid-{code}"

    def sign_page(self, url: str, *, now: float) -> PageSignature:
        return PageSignature("wx1", int(now), "nonce", "0" * 40)


def in_wechat(gallery: Gallery) -> None:
    holder = sign_in(LONG)
    holder.apply()
    with gallery.changed(wiring, "wechat", _Account):
        gallery.keep("wechat-elsewhere", "/wechat/", holder)
        gallery.keep("wechat-in-wechat", "/wechat/", holder, headers=WECHAT)
        gallery.keep("wechat-failed", "/wechat/?failed=1", holder, headers=WECHAT)
        _come_back(holder, "1")
        gallery.keep("wechat-confirm", "/wechat/confirm/", holder)
        holder.client.post("/wechat/confirm/")
        gallery.keep("wechat-bound", "/wechat/", holder)
        other = sign_in("李小红")
        other.apply(phone="13900001111")
        _come_back(other, "1")
        gallery.keep("wechat-confirm-others", "/wechat/confirm/", other)
        with gallery.changed(wiring, "face_kind", lambda: "wechat"):
            asking = Client()
            typed = {"name": LONG, "id_number": an_id_number(), "consent": "on"}
            asking.post("/sign-in/", typed)
            with gallery.changed(wiring, "is_trial", lambda: False):
                gallery.keep("wechat-face-elsewhere", "/sign-in/wechat/", asking)
            with gallery.changed(wiring, "wechat_face", _Film):
                gallery.keep("wechat-face", lambda: _from_wechat(asking), asking)


class _Film:
    """WeChat's face check, begun."""

    def begin(self, *, openid: str, id_number: str, name: str) -> FaceTicket:
        return FaceTicket("verify-1", "1", openid)


def _from_wechat(asking: Client) -> str:
    there = asking.get("/sign-in/wechat/").headers["Location"]
    return f"/sign-in/wechat/?code=1&state={there.rpartition('state=')[2]}"


def _come_back(who: Resident, code: str) -> None:
    there = who.client.get("/wechat/", headers=WECHAT).context["authorize_url"]
    state = there.rpartition("state=")[2]
    answer = who.client.get(f"/wechat/bound/?code={code}&state={state}")
    assert answer.headers["Location"] == "/wechat/confirm/"


def _faults(gallery: Gallery) -> None:
    def broken(error: Exception) -> Callable[..., Any]:
        def fail(*_: Any) -> None:
            raise error

        return fail

    careless = Client(raise_request_exception=False)
    for name, error in {"fault": RuntimeError("x"), "maintenance": OperationalError("x")}.items():
        with gallery.changed(home.sessions, "visitor", broken(error)):
            gallery.keep(name, "/apply/", careless)
    strict = Client(enforce_csrf_checks=True)
    gallery.keep("forged", "/sign-in/", strict, typed={})
    gallery.keep("absent", "/nothing/")


def _mine(gallery: Gallery) -> None:
    resident = sign_in(LONG)
    number = resident.apply(delivery="point", point=POINT).split("/")[2]
    gallery.keep("case-card", f"/cases/{number}/", resident)
    agent = f"/cases/{number}/agent/"
    named = {"agent_name": LONG, "agent_id_number": an_id_number(), "agent_phone": "13900000001"}
    gallery.keep("agent", agent, resident)
    gallery.keep("agent-errors", agent, resident, typed=named | {"agent_id_number": "1"})
    gallery.keep("agent-nobody", agent + "done/", resident)
    resident.client.post(agent, named)
    gallery.keep("agent-done", agent + "done/", resident)
    gallery.keep("phone-errors", "/mine/phone/", resident, typed={"phone": "1380000"})
    resident.client.post("/mine/phone/", {"phone": "13900000001"})
    gallery.keep("phone-code", "/mine/phone/code/", resident)
    gallery.keep("phone-code-errors", "/mine/phone/code/", resident, typed={"code": "12"})
    resident.client.post("/mine/phone/code/", {"code": PhoneCode.objects.latest("pk").code})
    gallery.keep("phone-done", "/mine/phone/done/", resident)
    gallery.keep("wrong-errors", "/mine/wrong/", resident, typed={})
    resident.client.post("/mine/copy/")
    gallery.keep("copy-making", "/mine/copy/", resident)
    gallery.keep("cancel-errors", "/mine/cancel/", resident, typed={})
    permit = permits.permit_of(person_of(resident), gallery.world.now.date())
    hearing = fraud.open_proceeding(
        permit_number=permit.number,
        officer="0001",
        ground="租赁合同上的住址不存在",
        at=gallery.world.now,
    )
    path = f"/mine/hearings/{hearing}/"
    gallery.keep("mine-in-objection", "/mine/", resident)
    gallery.keep("hearing", path, resident)
    gallery.keep("hearing-errors", path, resident, typed={"words": ""})
    resident.client.post(path, {"words": "门牌改过，原来叫和平路"})
    gallery.keep("hearing-said", path, resident)
    other = sign_in("李小红")
    other.apply()
    other.client.post("/mine/cancel/", {"understood": "on"})
    gallery.keep("cancelled", "/mine/cancelled/", other)
    gallery.keep("home-cancelled-by-holder", "/", other)
    gallery.keep("not-asked", "/mine/cancelled/object/", other)
    gallery.keep("not-asked-errors", "/mine/cancelled/object/", other, typed={"words": ""})
    other.client.post("/mine/cancelled/object/", {"words": "那天手机借给同事用过"})
    gallery.keep("not-asked-said", "/mine/cancelled/object/", other)
    with_errors = sign_in(LONG)
    key = with_errors.client.get("/apply/").context["form"]["key"].value()
    gallery.keep("apply-errors", "/apply/", with_errors, typed={"key": key, "phone": "1"})


def _helpers(gallery: Gallery) -> None:
    """A relative acts for a holder who has no such phone."""
    world, mother, daughter = gallery.world, sign_in(LONG), sign_in("李小红")
    mother.apply(phone="13800007777")
    gallery.keep("helpers-none", "/mine/helpers/", mother)
    gallery.keep("helper-new", "/mine/helpers/new/", mother)
    gallery.keep("helper-new-errors", "/mine/helpers/new/", mother, typed={})
    gallery.keep("helped-none", "/for/", daughter)
    gallery.keep("helped-ask", "/for/ask/", daughter)
    gallery.keep("helped-ask-errors", "/for/ask/", daughter, typed={})
    asked = {"name": mother.name, "id_number": mother.id_number, "term": "1", "tasks": ["endorse"]}
    daughter.client.post("/for/ask/", asked)
    gallery.keep("helped-code", "/for/code/", daughter)
    gallery.keep("helped-code-errors", "/for/code/", daughter, typed={"code": "1"})
    mandate = let(mother, daughter, world, through=world.now.date())
    gallery.keep("helpers", "/mine/helpers/", mother)
    gallery.keep("helper-end", f"/mine/helpers/{mandate}/end/", mother)
    gallery.keep("helped", "/for/", daughter)
    gallery.keep("helped-end", f"/for/{mandate}/end/", daughter)
    act_for(daughter, mandate)
    gallery.keep("home-for-another", "/", daughter)
    gallery.keep("not-for-helpers", "/mine/phone/", daughter)
    gallery.keep("ways", "/ways/")


def _desktop(gallery: Gallery) -> None:
    resident = sign_in(LONG)
    key = resident.client.get("/apply/").context["form"]["key"].value()
    typed = {"phone": "13812345678", "delivery": "point", "here": "/apply/", "key": key}
    resident.client.post("/continue/", typed)
    gallery.keep("moving", "/continue/", resident)
    gallery.keep("moving-over", "/continue/nothing/", resident)


def _cards(gallery: Gallery) -> None:
    world, holder = gallery.world, sign_in(LONG)
    arrive(holder.apply(delivery="point", point=POINT).split("/")[-2], world)
    gallery.keep("card-there", "/card/", holder)
    _hand_over(holder, world)
    forward(world, days=30)
    unpaid = ask(holder, "damaged")
    gallery.keep("card-new-under-way", "/card/", holder)
    forward(world, days=16)
    paying.expire_due(at=world.now)
    gallery.keep("card-unpaid", f"/cases/{unpaid}/", holder)
    number = ask(holder, "damaged")
    permit = permits.permit_of(person_of(holder), world.now.date())
    permit_services.act(
        permit_id=permit.id,
        kind=ActionKind.CANCELLED,
        on=world.now.date(),
        at=world.now,
        occasion="x",
        reason=CancelReason.FRAUD,
    )
    pay(number, world)
    gallery.keep("card-ended", f"/cases/{number}/", holder)
    _give_back(number, world)
    order = payment_queries.of_case(Case.objects.get(number=number).pk, at=world.now)
    gallery.keep("pay-refunded", f"/pay/{order.number}/", holder)
    withdrawn = sign_in("李小红")
    world.silent = {Source.INSURANCE}
    where = withdrawn.apply()
    world.silent = set()
    with gallery.changed(case_views, "own_case", _accepted):
        gallery.keep("processing", where, withdrawn)
    withdrawn.client.post(f"{where}withdraw/")
    gallery.keep("withdrawn", where, withdrawn)


def _give_back(number: str, world: World) -> None:
    order = payment_queries.of_case(Case.objects.get(number=number).pk, at=world.now)
    for refund in order.payment.refunds:
        refunds.done(number=refund.number, at=world.now)


def _accepted(person_id: int, number: str) -> CaseView:
    """A case as it is for the seconds in which the registers are asked."""
    return replace(own_case(person_id, number), state=CaseState.ACCEPTED)


def _hand_over(holder: Resident, world: World) -> None:
    for card in cards.cards_of(person_of(holder)):
        card_services.happen(
            number=card.number,
            kind=CardEvent.HANDED_OVER,
            actor="officer:1",
            at=world.now,
            detail={"by": "holder"},
        )


def at_the_till(gallery: Gallery) -> None:
    world = gallery.world
    gallery.patch.setattr("juzhu.web.views.pay.ASK_SECONDS", 0)
    desk = Desk(ways={Device.DESKTOP: Way.CODE, Device.PHONE: Way.PAGE, Device.WECHAT: Way.BRIDGE})
    with gallery.changed(wiring, "payment_gateways", lambda: {desk.name: desk}):
        payer = sign_in(LONG)
        order = an_order(person_of(payer), at=world.now)
        here = f"/pay/{order.number}/"
        keep = partial(gallery.keep, who=payer)
        keep("pay-no-way", here, headers=MINI)
        keep("pay-unchosen", here, typed={"gateway": ""})
        desk.away = True
        keep("pay-away", here, typed={"gateway": "wechat"})
        desk.away = False
        forward(world, minutes=10)
        payer.client.post(here, {"gateway": "wechat"})
        keep("pay-by-code", f"{here}check/")
        desk.pay(world.now)
        payer.client.get(f"{here}check/")
        keep("receipt", f"{here}receipt/")
        payer = sign_in("陈小明")
        order = an_order(person_of(payer), at=world.now)
        here = f"/pay/{order.number}/"
        sent = payer.client.post(here, {"gateway": "wechat"}, headers=WECHAT)
        state = sent.headers["Location"].rpartition("=")[2]
        payer.client.get(f"{here}who/?code=c1&state={state}", headers=WECHAT)
        gallery.keep("pay-in-wechat", f"{here}check/", payer, headers=WECHAT)
        payer.client.post(f"{here}native/", headers=MINI)
        gallery.keep("mini-open", f"{here}native/", payer, headers=MINI)
        late = sign_in("李小红")
        order = an_order(person_of(late), at=world.now)
        here = f"/pay/{order.number}/"
        late.client.post(here, {"gateway": "wechat"})
        desk.away, world.now = True, order.pay_by + timedelta(seconds=1)
        gallery.keep("pay-overdue", here, late)
        desk.away = False
        paying.expire_due(at=world.now)
        gallery.keep("pay-lapsed", here, late)
        other = sign_in("陈小明")
        order = an_order(person_of(other), at=world.now)
        payments.call_off(case_id=order.case_id, at=world.now)
        gallery.keep("pay-called-off", f"/pay/{order.number}/", other)


def _proactive(gallery: Gallery) -> None:
    world, holder = gallery.world, sign_in(LONG)
    holder.apply()
    holder.client.post("/outlook/consent/", {"agree": "yes"})
    gallery.keep("outlook-consented", "/outlook/", holder)
    forward(world, days=305)
    watch = Watch.objects.get(person_id=person_of(holder))
    proactive.look(watch_id=watch.pk, at=world.now)
    number = Case.objects.get(channel="proactive", person_id=person_of(holder)).number
    gallery.keep("endorsed-for-you", f"/cases/{number}/", holder)
    gallery.keep("undo", f"/cases/{number}/undo/", holder)
    holder.client.post(f"/cases/{number}/undo/")
    gallery.keep("undone", f"/cases/{number}/", holder)
    by_hand = sign_in("李小红")
    by_hand.apply(phone="13900002222")
    forward(world, days=310)
    gallery.keep("endorse-errors", "/endorse/", by_hand, typed={"living": ""})
    gallery.keep("endorsed", by_hand.endorse(), by_hand)


Room = Callable[[Gallery], None]
ROOMS: Final = (
    _signing_in,
    in_wechat,
    _faults,
    _mine,
    _helpers,
    _desktop,
    _cards,
    at_the_till,
    _proactive,
)
