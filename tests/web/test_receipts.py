"""Callbacks of providers: a secret address, a bounded body, believed only when all fits."""

import json

import pytest

from juzhu import wiring
from juzhu.adapters.sms_tencent import TencentSettings, TencentSms
from juzhu.modules.notices.contracts import Delivery
from juzhu.modules.notices.models import Message
from juzhu.modules.people.services import phone_digest_of

TOKEN = "k" * 40
PATH = f"/sms/receipts/tencent/{TOKEN}/"


@pytest.fixture
def message(holder, monkeypatch):
    settings = TencentSettings(
        secret_id="i", secret_key="s", app_id="1", sign="x", callback_token=TOKEN, templates={}
    )
    monkeypatch.setattr(wiring, "sms_providers", lambda: {"tencent": TencentSms(settings)})
    found = Message.objects.get()
    found.delivery, found.provider, found.gateway_number = Delivery.HANDED_OVER, "tencent", "s1"
    found.phone_digest = phone_digest_of("13800006021")
    found.save()
    return found


def report(**changes: str) -> str:
    given = {"sid": "s1", "mobile": "13800006021", "report_status": "SUCCESS"}
    return json.dumps([given | changes])


def post(visitor, body: str, path: str = PATH):
    return visitor.post(path, body, content_type="application/json")


def test_a_receipt_is_taken_in_and_answered_as_the_provider_wants(visitor, message):
    answer = post(visitor, report())

    assert (answer.status_code, answer.content) == (200, b'{"result":0,"errmsg":"OK"}')
    message.refresh_from_db()
    assert message.delivery == Delivery.DELIVERED


@pytest.mark.parametrize(
    "path", [PATH.replace(TOKEN, "x" * 40), PATH.replace("tencent", "alibaba")]
)
def test_a_wrong_address_looks_absent(visitor, message, path):
    assert post(visitor, report(), path).status_code == 404
    message.refresh_from_db()
    assert message.delivery == Delivery.HANDED_OVER


@pytest.mark.parametrize("change", [{"sid": "s2"}, {"mobile": "13900000000"}])
def test_a_receipt_that_does_not_fit_changes_nothing(visitor, message, change):
    assert post(visitor, report(**change)).status_code == 200
    message.refresh_from_db()
    assert message.delivery == Delivery.HANDED_OVER


def test_what_is_no_receipt_or_too_long_is_refused(visitor, message):
    assert post(visitor, "[{}]").status_code == 400
    assert post(visitor, "x" * 300_000).status_code in (400, 413)
    assert visitor.get(PATH).status_code == 405


def test_the_sandboxs_gateway_has_no_such_address(visitor, message, monkeypatch):
    from juzhu.adapters.gateway import Gateway
    from juzhu.adapters.sms_http import HttpSms

    city = HttpSms(Gateway(url="http://127.0.0.1:9", secret="s"))
    monkeypatch.setattr(wiring, "sms_providers", lambda: {"city": city})

    assert post(visitor, report(), "/sms/receipts/city/x/").status_code == 404
