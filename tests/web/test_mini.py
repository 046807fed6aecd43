"""What the mini program opens natively: by a pass, once, for one thing of one person."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from juzhu import wiring
from juzhu.journeys import sheets as sheet_journey
from juzhu.modules.people import queries as people
from juzhu.modules.sheets.models import Sheet
from juzhu.ports.payments import Device, Way
from tests.factories import an_order
from tests.web.conftest import forward
from tests.web.test_pay import Desk

MINI = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.54 miniProgram/wx0123456789abcdef"}


@pytest.fixture
def made(holder):
    """Return where the holder's finished sheet is."""
    path = holder.make_sheet()
    for sheet in Sheet.objects.filter(state="asked"):
        sheet_journey.make(sheet_id=sheet.pk)
    return path


def passed(holder, path) -> str:
    """Press the button; return the secret that the shell is given."""
    assert "/native/" in holder.client.get(path, headers=MINI).content.decode()
    sent = holder.client.post(f"{path}native/")
    page = holder.client.get(sent.headers["Location"])
    assert "res.wx.qq.com" in page.headers["Content-Security-Policy"]
    assert page.context["native"].startswith("/pages/document/document?pass=")
    return parse_qs(urlsplit(page.context["native"]).query)["pass"][0]


def test_the_shell_fetches_the_file_once_without_a_session(holder, made):
    secret = passed(holder, made)

    first = Client().get(f"/mini/document/{secret}/")

    assert first.content == holder.client.get(f"{made}file.pdf").content
    assert first["Content-Type"] == "application/pdf"
    assert Client().get(f"/mini/document/{secret}/").status_code == 404


def test_a_pass_ends_after_minutes_and_is_good_for_nothing_else(world, holder, made):
    secret = passed(holder, made)
    assert Client().post("/mini/pay/", {"pass": secret, "code": "x"}).status_code == 404

    forward(world, minutes=6)

    assert Client().get(f"/mini/document/{secret}/").status_code == 404
    assert Client().get("/mini/document/guessed/").status_code == 404


def test_nobody_makes_a_pass_for_what_is_somebody_elses(holder, made, neighbour):
    assert neighbour.client.post(f"{made}native/").status_code == 404


def test_elsewhere_the_sheet_is_a_link_and_wechats_script_stays_out(holder, made):
    page = holder.client.get(made)

    assert "/native/" not in page.content.decode()
    assert "res.wx.qq.com" not in page.headers["Content-Security-Policy"]


@pytest.fixture
def desk(monkeypatch) -> Desk:
    found = Desk(name="wechat_mini", ways={Device.MINI_PROGRAM: Way.BRIDGE})
    monkeypatch.setattr(wiring, "payment_gateways", lambda: {found.name: found})
    return found


def pay_pass(resident, order) -> str:
    """Press the button of the payment page in the mini program."""
    path = f"/pay/{order.number}/"
    sent = resident.client.post(path, {"gateway": "wechat_mini"}, headers=MINI)
    assert sent.headers["Location"] == f"{path}native/"
    page = resident.client.get(sent.headers["Location"], headers=MINI)
    return parse_qs(urlsplit(page.context["native"]).query)["pass"][0]


def test_the_shell_begins_to_pay_and_the_page_asks_what_came_of_it(world, resident, desk):
    order = an_order(people.person_by_number(resident.id_number).id, at=world.now)
    secret = pay_pass(resident, order)
    assert desk.charges == {}
    shell = Client()

    wish = shell.post("/mini/pay/", {"pass": secret, "code": "m1"})

    assert wish.json()["package"].startswith("prepay_id=")
    [charge] = desk.charges.values()
    assert (charge.payer, charge.way, charge.amount_fen) == ("payer-m1", Way.BRIDGE, 2000)
    assert shell.post("/mini/pay/", {"pass": secret, "code": "m1"}).status_code == 404
    check = resident.client.get(f"/pay/{order.number}/check/", headers=MINI).content.decode()
    assert "prepay_id" not in check
    desk.pay(world.now)
    world.now += timedelta(seconds=5)
    cache.clear()
    assert resident.client.get(f"/pay/{order.number}/check/", headers=MINI).status_code == 302


def test_a_gateway_that_is_away_says_so_to_the_shell(world, resident, desk):
    order = an_order(people.person_by_number(resident.id_number).id, at=world.now)
    secret = pay_pass(resident, order)
    desk.away = True

    assert Client().post("/mini/pay/", {"pass": secret, "code": "m1"}).status_code == 503
