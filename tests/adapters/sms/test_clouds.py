"""The adapters of the two clouds against servers that check signatures and err as the clouds do."""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from juzhu.adapters import sms_alibaba, sms_bulk, sms_tencent
from juzhu.adapters.sms_alibaba import AlibabaSettings, AlibabaSms
from juzhu.adapters.sms_file import SmsFileError, read_providers
from juzhu.adapters.sms_tencent import TencentSettings, TencentSms
from juzhu.ports.sms import (
    Fate,
    NotTaken,
    Rejected,
    Sent,
    Sms,
    SmsCallbackError,
    Taken,
    Unsure,
)
from tests.adapters.sms.clouds import Alibaba, Cloud, Tencent, running

PHONE = "13800006021"
TOKEN = "t" * 32
TEMPLATES = {"days_7.1": "T-7"}


@dataclass
class Desk:
    """One adapter, its cloud, and how synchronous code uses it."""

    cloud: Cloud
    gateway: TencentSms | AlibabaSms

    def send(self, key: str = "message-1", template: str = "days_7.1"):
        sms = Sms(key, PHONE, "text", template, (("valid_through", "2026年11月30日"),))
        return sms_bulk.hand_over(self.gateway, [sms])[0]

    def ask(self, key: str = "message-1", number: str = "", phone: str = PHONE):
        return sms_bulk.ask(
            self.gateway, [Sent(key, phone, number, datetime.fromtimestamp(time.time(), UTC))]
        )[0]


def tencent(cloud: Cloud, secret: str | None = None) -> TencentSms:
    return TencentSms(
        TencentSettings(
            secret_id=cloud.key_id,
            secret_key=secret or cloud.secret,
            app_id="1400",
            sign="深圳居住证",
            callback_token=TOKEN,
            templates=TEMPLATES,
            url=cloud.url,
        ),
        limit_seconds=1.0,
    )


def alibaba(cloud: Cloud, secret: str | None = None) -> AlibabaSms:
    return AlibabaSms(
        AlibabaSettings(
            access_key_id=cloud.key_id,
            access_key_secret=secret or cloud.secret,
            sign="深圳居住证",
            callback_token=TOKEN,
            templates=TEMPLATES,
            url=cloud.url,
        ),
        limit_seconds=1.0,
    )


MAKERS = {"tencent": (Tencent, tencent), "alibaba": (Alibaba, alibaba)}


@pytest.fixture(params=MAKERS)
def desk(request):
    server, maker = MAKERS[request.param]
    with running(server) as cloud:
        yield Desk(cloud, maker(cloud))


def test_tencents_signature_is_that_of_its_documented_example():
    body = json.dumps({"Limit": 1, "Filters": [{"Values": ["未命名"], "Name": "instance-name"}]})

    found = sms_tencent.authorization(
        secret_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        secret_key="Gu5t9xGARNpq86cd98joQYCN3*******",
        host="cvm.tencentcloudapi.com",
        action="DescribeInstances",
        stamp=1551113065,
        body=body.encode(),
    )

    # Made by the official SDK's own function from the documented string to sign.
    assert found.endswith("be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3")


def test_alibabas_signature_is_that_of_its_documented_example():
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    found = sms_alibaba.authorization(
        key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
        query=sms_alibaba.canonical_query({"RegionId": "cn-shanghai", "ImageId": image}),
        headers={
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
    )

    assert found.endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_a_message_is_signed_sent_and_numbered(desk):
    assert desk.send() == Taken("1^0")

    [sent] = desk.cloud.sent
    assert sent["SignName"] == "深圳居住证"
    assert PHONE in str(sent)
    assert "2026年11月30日" in str(sent)


def test_a_wrong_secret_takes_nothing(desk):
    make = tencent if isinstance(desk.gateway, TencentSms) else alibaba
    desk.gateway = make(desk.cloud, "wrong")

    assert isinstance(desk.send(), NotTaken)
    assert desk.cloud.sent == []


def test_a_text_without_an_approved_template_is_for_another_provider(desk):
    assert isinstance(desk.send(template="days_7.2"), NotTaken)
    assert desk.cloud.sent == []


CODES = {
    "tencent": [
        ("LimitExceeded.PhoneNumberDailyLimit", NotTaken),
        ("RequestLimitExceeded", NotTaken),
        ("FailedOperation.InsufficientBalanceInSmsPackage", NotTaken),
        ("FailedOperation.TemplateIncorrectOrUnapproved", NotTaken),
        ("InvalidParameterValue.IncorrectPhoneNumber", Rejected),
        ("FailedOperation.PhoneNumberInBlacklist", Rejected),
        ("InternalError.Timeout", Unsure),
    ],
    "alibaba": [
        ("isv.BUSINESS_LIMIT_CONTROL", NotTaken),
        ("Throttling.User", NotTaken),
        ("isv.AMOUNT_NOT_ENOUGH", NotTaken),
        ("isv.SMS_TEMPLATE_ILLEGAL", NotTaken),
        ("isv.MOBILE_NUMBER_ILLEGAL", Rejected),
        ("isv.BLACK_KEY_CONTROL_LIMIT", Rejected),
        ("isp.SYSTEM_ERROR", Unsure),
    ],
}


def test_each_refusal_says_whether_it_may_be_tried_again(desk):
    for code, kind in CODES[desk.gateway.name]:
        desk.cloud.next_code = code

        assert type(desk.send()) is kind, code


@pytest.mark.parametrize(
    "trouble", [{"silent_after_work": True}, {"http_status": 503}, {"delay": 1.3}]
)
def test_without_an_answer_nobody_is_sure_though_it_was_sent(desk, trouble):
    for name, value in trouble.items():
        setattr(desk.cloud, name, value)

    assert isinstance(desk.send(), Unsure)
    assert len(desk.cloud.sent) == 1


def test_without_a_connection_it_is_certainly_not_taken():
    for make in (tencent, alibaba):
        gateway = make(Cloud(url="http://127.0.0.1:9"))

        [result] = sms_bulk.hand_over(gateway, [Sms("k", PHONE, "t", "days_7.1")])

        assert isinstance(result, NotTaken)


def test_the_same_message_twice_is_two_so_it_is_asked_about_by_our_key(desk):
    assert desk.gateway.once_per_key is False
    desk.cloud.silent_after_work = True
    desk.send("message-7")
    desk.cloud.silent_after_work = False
    desk.send("message-8")
    desk.cloud.status = {"message-7": "delivered", "message-8": "nobody"}

    assert desk.ask("message-7").fate is Fate.DELIVERED
    assert desk.ask("message-8", "2^0").fate is Fate.NO_SUBSCRIBER
    assert desk.ask("message-7", phone="") is None


def test_of_a_message_it_never_had_only_alibaba_says_so(desk):
    receipt = desk.ask("message-9")

    if desk.gateway.name == "tencent":
        assert receipt is None, "it tells only what has a receipt"
    else:
        assert receipt.fate is Fate.NOT_TAKEN


def test_a_question_without_an_answer_is_no_news(desk):
    desk.cloud.http_status = 500

    assert desk.ask() is None


def test_tencents_callback_is_read():
    gateway = tencent(Cloud())
    report = {
        "user_receive_time": "2026-11-24 12:03:04",
        "nationcode": "86",
        "mobile": PHONE,
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": "s1",
    }
    failed = report | {"report_status": "FAIL", "description": "空号", "sid": "s2"}

    first, second = gateway.parse(json.dumps([report, failed]).encode())

    assert (first.fate, first.number, first.phone) == (Fate.DELIVERED, "s1", PHONE)
    assert first.at.isoformat() == "2026-11-24T12:03:04+08:00"
    assert second.fate is Fate.NO_SUBSCRIBER


def test_alibabas_callback_is_read():
    gateway = alibaba(Cloud())
    report = {
        "phone_number": PHONE,
        "send_time": "2026-11-24 12:00:00",
        "report_time": "2026-11-24 12:00:05",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "9^0",
        "out_id": "message-5",
    }
    off = report | {"success": False, "err_code": "MOBILE_OFF", "err_msg": "关机"}

    first, second = gateway.parse(json.dumps([report, off], ensure_ascii=False).encode())

    assert (first.fate, first.number, first.key) == (Fate.DELIVERED, "9^0", "message-5")
    assert second.fate is Fate.UNREACHABLE


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"sid": 1}]', b"\xff"])
@pytest.mark.parametrize("make", [tencent, alibaba])
def test_what_is_no_callback_is_refused(make, body):
    with pytest.raises(SmsCallbackError):
        make(Cloud()).parse(body)


ACCOUNT = {
    "type": "alibaba",
    "access_key_id": "i",
    "access_key_secret": "s",
    "sign": "x",
    "callback_token": TOKEN,
    "templates": {},
}


def write(path, content, mode=0o600):
    path.write_text(json.dumps(content))
    path.chmod(mode)
    return path


def test_the_file_names_providers_in_their_order(tmp_path):
    second = ACCOUNT | {"name": "second"}

    found = read_providers(write(tmp_path / "sms.json", [second, ACCOUNT]))

    assert list(found) == ["second", "alibaba"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "one at least"),
        ([ACCOUNT, ACCOUNT], "names of their own"),
        ([ACCOUNT | {"callback_token": "short"}], "32 random characters"),
        ([ACCOUNT | {"name": "a name that is far too long"}], "1 to 16"),
        ([ACCOUNT | {"colour": "blue"}], "colour"),
        ([{"type": "pigeon"}], "pigeon"),
        ({}, "Expected `array`"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, content, words):
    with pytest.raises(SmsFileError, match=words):
        read_providers(write(tmp_path / "sms.json", content))


def test_a_file_that_others_can_read_is_refused(tmp_path):
    with pytest.raises(SmsFileError, match="owner only"):
        read_providers(write(tmp_path / "sms.json", [ACCOUNT], mode=0o640))
    with pytest.raises(SmsFileError, match="No such file"):
        read_providers(tmp_path / "absent.json")
