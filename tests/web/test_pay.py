"""The pages of a payment: each state, somebody else's order, and what a callback can do."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from pdfminer.high_level import extract_text

from juzhu import wiring
from juzhu.journeys import paying
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments import services
from juzhu.modules.payments.contracts import AttemptState, OrderState
from juzhu.modules.people import queries as people
from juzhu.ports.payments import (
    Absent,
    CallbackRefusedError,
    Charge,
    Closed,
    Device,
    Hint,
    Paid,
    PaymentUnavailableError,
    Unpaid,
    Way,
)
from juzhu.web import pay_page
from tests.factories import an_order
from tests.web.conftest import forward


@dataclass
class Desk:
    """A gateway in memory: what it was asked, and what it says."""

    name: str = "wechat"
    ways: dict[Device, Way] = field(default_factory=lambda: dict.fromkeys(Device, Way.PAGE))
    charges: dict[str, Charge] = field(default_factory=dict)
    says: dict[str, object] = field(default_factory=dict)
    away: bool = False
    origins = ("https://pay.example",)
    callback_answer = ("text/plain", b"ok")
    serial: "itertools.count[int]" = field(default_factory=itertools.count)

    def way_on(self, device):
        return self.ways.get(device)

    def identify(self, *, return_url, state):
        return f"https://pay.example/who?state={state}"

    def payer(self, code):
        return f"payer-{code}"

    def begin(self, charge):
        self._answer()
        self.charges[charge.number] = charge
        return f"https://pay.example/{charge.number}"

    def bridge(self, link):
        return {"appId": "wx1", "package": f"prepay_id={link}"}

    def ask(self, number):
        self._answer()
        if number in self.says:
            return self.says[number]
        return Unpaid() if number in self.charges else Absent()

    def close(self, number):
        self.says.setdefault(number, Closed())

    def hint(self, headers, body):
        if headers.get("x-signature") != "right":
            raise CallbackRefusedError("forged")
        return Hint(body.decode(), headers["x-nonce"])

    def _answer(self):
        if self.away:
            raise PaymentUnavailableError("away")

    def pay(self, at, fen=2000):
        number = list(self.charges)[-1]
        self.says[number] = Paid(f"T{next(self.serial)}", fen, at)
        return number


@pytest.fixture
def desk(monkeypatch) -> Desk:
    found = Desk()
    monkeypatch.setattr(wiring, "payment_gateways", lambda: {found.name: found})
    monkeypatch.setattr("juzhu.web.views.pay.ASK_SECONDS", 0)
    return found


@pytest.fixture
def order(world, resident):
    return an_order(people.person_by_number(resident.id_number).id, at=world.now)


def page(resident, order, rest="", **headers):
    return resident.client.get(f"/pay/{order.number}/{rest}", headers=headers)


def file(resident, order):
    return page(resident, order, "receipt.pdf")


def test_paying_by_a_page_of_the_gateway(world, resident, order, desk):
    shown = page(resident, order)
    assert "20.00" in shown.content.decode()
    assert "form-action 'self' https://pay.example;" in shown.headers["Content-Security-Policy"]

    sent = resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    assert sent.headers["Location"] == f"https://pay.example/{list(desk.charges)[-1]}"
    assert sent.headers["Referrer-Policy"] == "strict-origin"
    assert page(resident, order, "check/").status_code == 200
    desk.pay(world.now)

    assert page(resident, order, "check/").headers["Location"] == f"/pay/{order.number}/"
    paid = page(resident, order).content.decode()
    receipt = page(resident, order, "receipt/").content.decode()
    number = payments.order(order.number, at=world.now).payment.receipt_number
    assert pay_page.gateway_name("wechat") in paid
    assert number[-6:] in receipt
    assert "贰拾元整" in receipt
    printed = "".join(extract_text(BytesIO(file(resident, order).content)).split())
    assert [
        word for word in (number, "贰拾元整", "陈小明", order.number) if word not in printed
    ] == []
    assert file(resident, order).content == file(resident, order).content


def test_the_way_follows_the_device_and_a_code_is_drawn_by_us(world, resident, order, desk):
    desk.ways = {Device.DESKTOP: Way.CODE, Device.WECHAT: Way.BRIDGE}

    resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    assert "code.svg" in page(resident, order, "check/").content.decode()
    assert page(resident, order, "code.svg").content.startswith(b"<svg")

    phone = page(resident, order, **{"User-Agent": "Mozilla/5.0 (iPhone) Mobile"})
    assert 'name="gateway"' not in phone.content.decode()


def test_wechat_says_who_pays_before_its_dialog_opens(world, resident, order, desk):
    desk.ways = {Device.WECHAT: Way.BRIDGE}
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0"}

    out = resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"}, headers=agent)
    state = out.headers["Location"].rpartition("=")[2]
    stranger = page(resident, order, "who/?code=c1&state=wrong", **agent)
    assert (stranger.headers["Location"], desk.charges) == (f"/pay/{order.number}/", {})

    out = resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"}, headers=agent)
    state = out.headers["Location"].rpartition("=")[2]
    back = page(resident, order, f"who/?code=c1&state={state}", **agent)
    assert back.headers["Location"] == f"/pay/{order.number}/check/"
    [charge] = desk.charges.values()
    assert (charge.payer, charge.way) == ("payer-c1", Way.BRIDGE)
    shown = page(resident, order, "check/", **agent)
    assert 'data-package="prepay_id=' in shown.content.decode()
    assert "frame-src weixin:" in shown.headers["Content-Security-Policy"]


def test_a_gateway_that_is_away_costs_nothing_and_can_be_tried_again(world, resident, order, desk):
    desk.away = True
    answer = resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    assert answer.status_code == 503

    desk.away = False
    forward(world, minutes=10)
    resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    desk.pay(world.now)

    page(resident, order, "check/")
    assert payments.order(order.number, at=world.now).state is OrderState.PAID


def test_a_fresh_link_is_offered_again_and_an_old_attempt_is_closed(world, resident, order, desk):
    def begin():
        resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
        return list(desk.charges)[-1]

    first = begin()
    assert begin() == first
    forward(world, minutes=5)
    second = begin()
    assert second != first
    paying.pursue(number=first, tries=0, at=world.now)
    assert desk.says == {first: Closed()}
    assert payments.attempt(second).state is AttemptState.OPEN

    desk.away = True
    for _ in range(20):
        resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
        forward(world, minutes=5)
    assert len(payments.order(order.number, at=world.now).attempts) <= paying.MOST_OPEN + 1


def test_without_a_gateway_nobody_can_pay_and_nothing_lapses(world, resident, order, monkeypatch):
    monkeypatch.setattr(wiring, "payment_gateways", dict)
    world.now = order.pay_by - timedelta(days=1)

    assert 'name="gateway"' not in page(resident, order).content.decode()
    world.now = order.pay_by + timedelta(days=1)
    assert paying.expire_due(at=world.now) == 0


def test_every_other_state_has_its_page(world, resident, neighbour, order, desk):
    resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    desk.away = True
    world.now = order.pay_by + timedelta(seconds=1)
    assert "web/pay/overdue.html" in [t.name for t in page(resident, order).templates]
    desk.away = False
    assert paying.expire_due(at=world.now) == 1
    desk.says.clear()
    desk.pay(world.now)
    paying.pursue(number=list(desk.charges)[-1], tries=0, at=world.now)
    lapsed = page(resident, order)
    assert "web/pay/extras.html" in [t.name for t in lapsed.templates]
    assert str(pay_page.SURPLUSES["late"]) in lapsed.content.decode()

    other = an_order(people.person_by_number(neighbour.id_number).id, at=world.now)
    services.call_off(case_id=other.case_id, at=world.now)
    assert "web/pay/called_off.html" in [t.name for t in page(neighbour, other).templates]
    assert page(neighbour, other, "receipt/").status_code == 404


def test_somebody_elses_order_looks_absent(world, neighbour, order, desk):
    for rest in ("", "check/", "receipt/", "receipt.pdf", "code.svg", "who/"):
        assert page(neighbour, order, rest).status_code == 404
    assert neighbour.client.post(f"/pay/{order.number}/", {"gateway": "wechat"}).status_code == 404


def test_a_callback_only_makes_us_ask(world, resident, order, desk, visitor):
    resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"})
    number = list(desk.charges)[-1]

    def call(body=number, signature="right", nonce="n1", gateway="wechat"):
        headers = {"x-signature": signature, "x-nonce": nonce}
        path = f"/pay/callbacks/{gateway}/"
        return visitor.post(path, body, content_type="text/plain", headers=headers).status_code

    assert call(signature="forged") == 401
    assert call(gateway="nobody") == 404
    assert [call(), call(), call(nonce="n2"), call("JF0", nonce="n3")] == [200] * 4
    assert payments.order(order.number, at=world.now).state is OrderState.OPEN
    paying.pursue(number=number, tries=0, at=world.now)
    assert payments.order(order.number, at=world.now).state is OrderState.OPEN


def test_a_callback_that_overtakes_the_gateways_own_answer_loses_nothing(
    world, resident, order, desk, visitor, monkeypatch
):
    begin, depth = desk.begin, len(connection.savepoint_ids)

    def overtaken(charge):
        assert len(connection.savepoint_ids) == depth  # ours is committed before it is theirs
        begin(charge)
        desk.pay(world.now)
        headers = {"x-signature": "right", "x-nonce": "n1"}
        path = "/pay/callbacks/wechat/"
        answer = visitor.post(path, charge.number, content_type="text/plain", headers=headers)
        assert answer.status_code == 200
        raise PaymentUnavailableError("the answer is lost")

    monkeypatch.setattr(desk, "begin", overtaken)
    assert resident.client.post(f"/pay/{order.number}/", {"gateway": "wechat"}).status_code == 503
    paying.pursue(number=list(desk.charges)[-1], tries=0, at=world.now)  # as the callback asks

    paid = payments.order(order.number, at=world.now)
    assert (paid.state, paid.payment.transaction) == (OrderState.PAID, "T0")


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (2000, "贰拾元整"),
        (2050, "贰拾元伍角整"),
        (2005, "贰拾元零伍分"),
        (10500, "壹佰零伍元整"),
        (5, "伍分"),
        (1_000_100, "壹万零壹元整"),
        (10_000_000, "壹拾万元整"),
    ],
)
def test_amounts_in_capitals(fen, words):
    assert pay_page.in_capitals(fen) == words
