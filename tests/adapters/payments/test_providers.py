"""WeChat Pay and Alipay against a process that checks signatures and errs as they do."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from juzhu.adapters import payments_http
from juzhu.adapters.payments_file import PaymentsFileError, read_gateways
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.payments import (
    Absent,
    BillLine,
    BillNotReadyError,
    CallbackRefusedError,
    Charge,
    Closed,
    Device,
    Paid,
    PaymentRejectedError,
    PaymentUnavailableError,
    RefundStanding,
    RefundWish,
    Unpaid,
    Way,
)
from tests.adapters.payments import providers

NAMES = ["wechat", "alipay"]
_serial = iter(range(1, 10_000))


def a_number() -> str:
    return f"JF20261124{next(_serial):06d}01"


def a_charge(way: Way, device: Device, number: str | None = None) -> Charge:
    return Charge(
        number=number or a_number(),
        amount_fen=2000,
        title="居住证补领工本费",
        way=way,
        device=device,
        closes_at=datetime.fromtimestamp(time.time(), UTC) + timedelta(minutes=30),
        notify_url="https://juzhu.example/pay/callbacks/x/",
        return_url="https://juzhu.example/pay/JF1/check/?a=1&b=2",
        payer="oUpF8" if way is Way.BRIDGE else "",
        address="203.0.113.9",
    )


def begin(phone, gateway) -> str:
    """Begin a charge on a desktop; Alipay learns of it when its page is opened."""
    way = gateway.way_on(Device.DESKTOP)
    charge = a_charge(way, Device.DESKTOP)
    gateway.begin(charge)
    return charge.number


def pay(phone, gateway, amount=2000, at=None) -> str:
    number = begin(phone, gateway)
    phone.do(pay=number, amount=amount, at=at)
    return number


def wish_for(paid: Paid, number: str, amount=2000) -> RefundWish:
    return RefundWish(
        number=f"{number}R1",
        charge_number=number,
        transaction=paid.transaction,
        paid_fen=paid.amount_fen,
        amount_fen=amount,
        title="居住证工本费退回",
    )


@pytest.fixture(params=NAMES)
def gateway(request, phone):
    return getattr(phone, request.param)()


def test_a_charge_is_absent_open_paid(phone, gateway):
    assert gateway.ask(a_number()) == Absent()
    number = begin(phone, gateway)
    assert isinstance(gateway.ask(number), Unpaid | Absent)

    phone.do(pay=number, amount=1999, at="2026-11-24T12:00:05+08:00")

    paid = gateway.ask(number)
    assert isinstance(paid, Paid)
    assert paid.amount_fen == 1999
    assert paid.at == datetime(2026, 11, 24, 12, 0, 5, tzinfo=SHENZHEN)


def test_what_is_closed_stays_closed(phone):
    wechat = phone.wechat()
    number = begin(phone, wechat)

    wechat.close(number)

    assert wechat.ask(number) == Closed()
    with pytest.raises(PaymentRejectedError):
        wechat.close(pay(phone, wechat))
    phone.alipay().close(a_number())


def test_wechat_takes_each_way(phone):
    wechat = phone.wechat()

    code, page, bridge = (
        wechat.begin(a_charge(way, device))
        for device, way in (
            (Device.DESKTOP, Way.CODE),
            (Device.PHONE, Way.PAGE),
            (Device.WECHAT, Way.BRIDGE),
        )
    )

    assert code.startswith("weixin://wxpay/")
    back = dict(parse_qsl(urlsplit(page).query))["redirect_url"]
    assert back == "https://juzhu.example/pay/JF1/check/?a=1&b=2"
    asked = wechat.bridge(bridge)
    text = "\n".join([asked["appId"], asked["timeStamp"], asked["nonceStr"], asked["package"], ""])
    key = payments_http.private_key(phone.folder / "merchant.pem").public_key()
    assert payments_http.is_signed(key, text.encode(), asked["paySign"])
    assert wechat.payer("C1") == "oUpF8"
    with pytest.raises(PaymentRejectedError):
        wechat.payer("C2")
    assert phone.wechat(app_secret_file="").way_on(Device.WECHAT) is None


def test_the_mini_programs_account_is_a_gateway_of_its_own(phone):
    mini = phone.wechat(mini_program=True, appid="wxmini")

    assert mini.name == "wechat_mini"
    assert {device: mini.way_on(device) for device in Device if mini.way_on(device)} == {
        Device.MINI_PROGRAM: Way.BRIDGE
    }
    assert phone.wechat().way_on(Device.MINI_PROGRAM) is None
    assert phone.alipay().way_on(Device.MINI_PROGRAM) is None
    assert mini.payer("M1") == "oMini"
    with pytest.raises(PaymentRejectedError):
        mini.payer("M2")
    assert mini.bridge("wx1")["appId"] == "wxmini"


def test_alipays_page_carries_a_signature_of_everything(phone):
    alipay = phone.alipay()

    link = alipay.begin(a_charge(Way.PAGE, Device.PHONE))

    values = dict(parse_qsl(urlsplit(link).query))
    signature = values.pop("sign")
    text = "&".join(f"{k}={v}" for k, v in sorted(values.items()))
    key = payments_http.private_key(phone.folder / "merchant.pem").public_key()
    assert payments_http.is_signed(key, text.encode(), signature)
    assert values["method"] == "alipay.trade.wap.pay"
    assert json.loads(values["biz_content"])["total_amount"] == "20.00"
    assert alipay.way_on(Device.WECHAT) is None


def test_a_refund_is_carried_out_once(phone, gateway):
    number = pay(phone, gateway)
    wish = wish_for(gateway.ask(number), number)

    assert gateway.refund(wish) is RefundStanding.DONE
    assert gateway.refund(wish) is RefundStanding.DONE
    assert phone.do()["refunds"][wish.number] == 2000


def test_refunds_that_take_their_time(phone, gateway):
    number = pay(phone, gateway)
    wish = wish_for(gateway.ask(number), number)
    phone.do(mode="poor")
    with pytest.raises(PaymentUnavailableError):
        gateway.refund(wish)

    phone.do(mode="slow")
    assert gateway.refund(wish) is RefundStanding.UNDER_WAY


def test_a_refund_that_wechat_cannot_carry_out_is_told(phone):
    wechat = phone.wechat()
    number = pay(phone, wechat)
    phone.do(mode="abnormal")

    assert wechat.refund(wish_for(wechat.ask(number), number)) is RefundStanding.FAILED


@pytest.mark.parametrize("mode", ["forged", "stale", "another", "broken", "silent"])
def test_wechat_is_not_believed_when(phone, mode):
    wechat = phone.wechat()
    number = pay(phone, wechat)
    phone.do(mode=mode)

    with pytest.raises(PaymentUnavailableError):
        wechat.ask(number)


@pytest.mark.parametrize("mode", ["forged", "broken"])
def test_alipay_is_not_believed_when(phone, mode):
    alipay = phone.alipay()
    number = pay(phone, alipay)
    phone.do(mode=mode)

    with pytest.raises(PaymentUnavailableError):
        alipay.ask(number)


def test_a_forged_no_such_charge_is_not_believed_either(phone):
    phone.do(mode="forged")

    with pytest.raises(PaymentUnavailableError):
        phone.wechat().ask(a_number())


def test_a_request_with_another_key_is_refused_by_wechat(phone):
    with pytest.raises(PaymentRejectedError, match="SIGN_ERROR"):
        phone.wechat(serial="0000").ask(a_number())


def callback(phone, name, number, **wish):
    got = phone.do(**{f"{name}_callback": number}, **wish)
    return {k.lower(): v for k, v in got["headers"].items()}, got["body"].encode()


def test_a_callback_names_the_charge_and_the_amount(phone, gateway):
    number = pay(phone, gateway, amount=2001)

    hint = gateway.hint(*callback(phone, gateway.name, number))

    assert (hint.number, hint.amount_fen) == (number, 2001)
    assert hint.nonce != ""


def test_a_callback_is_refused_when_altered_forged_old_or_anothers(phone, gateway):
    number = pay(phone, gateway)
    headers, body = callback(phone, gateway.name, number)
    altered = body.replace(b"2", b"3", 1)
    another = {"mchid": "1900000009"} if gateway.name == "wechat" else {"seller": "2088"}
    bad = [(headers, altered), callback(phone, gateway.name, number, **another), ({}, b"")]
    phone.do(mode="forged")
    bad.append(callback(phone, gateway.name, number))
    if gateway.name == "wechat":
        phone.do(mode="stale")
        bad.append(callback(phone, "wechat", number))
        phone.do(mode="")
        bad.append(callback(phone, "wechat", number, key="f" * 32))
    else:
        phone.do(mode="")
        bad.append(callback(phone, "alipay", number, age=27 * 3600))

    for given in bad:
        with pytest.raises(CallbackRefusedError):
            gateway.hint(*given)


def test_the_bill_lists_payments_and_refunds(phone, gateway):
    day = date(2025, 1, 1) + timedelta(days=next(_serial))
    with pytest.raises(BillNotReadyError):
        gateway.bill(day)
    number = pay(phone, gateway, at=f"{day}T09:00:00+08:00")
    paid = gateway.ask(number)
    gateway.refund(wish_for(paid, number, amount=500))

    assert gateway.bill(day) == [
        BillLine(number, paid.transaction, 2000, is_refund=False),
        BillLine(f"{number}R1", paid.transaction, 500, is_refund=True),
    ]


def test_a_bill_that_is_not_whole_is_not_read(phone):
    wechat = phone.wechat()
    day = date(2024, 1, 1)
    pay(phone, wechat, at=f"{day}T09:00:00+08:00")
    phone.do(mode="torn")

    with pytest.raises(PaymentUnavailableError):
        wechat.bill(day)


def test_the_file_of_gateways(phone, tmp_path):
    path = tmp_path / "payments.json"
    entry = {
        "type": "alipay",
        "app_id": providers.APP_ID,
        "seller_id": providers.SELLER,
        "key_file": str(phone.folder / "merchant.pem"),
        "alipay_key_file": str(phone.folder / "platform.pem"),
    }

    def write(content, mode=0o600):
        path.write_text(json.dumps(content))
        path.chmod(mode)
        return path

    assert list(read_gateways(write([entry]))) == ["alipay"]
    for content, mode in (
        ([entry], 0o640),
        ([], 0o600),
        ([entry, entry], 0o600),
        ([entry | {"type": "cash"}], 0o600),
        ([entry | {"key_file": str(phone.folder / "platform.pem")}], 0o600),
        ([entry | {"alipay_key_file": str(tmp_path / "none")}], 0o600),
    ):
        with pytest.raises(PaymentsFileError):
            read_gateways(write(content, mode))
