"""Departments' contacts are warned in time, once, by the way they can be reached."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from joserfc.jwk import OKPKey

from juzhu import wiring
from juzhu.adapters.mail_smtp import SmtpMail
from juzhu.journeys import contacts
from juzhu.journeys import partners as partner_journey
from juzhu.modules.partners import jose, services, texts, usage
from juzhu.modules.partners.contracts import Grant, Scope
from juzhu.modules.partners.models import Known, Warned
from juzhu.modules.partners.usage import Called
from juzhu.modules.verifications.models import Alert
from juzhu.ports.mail import MailUnavailableError
from juzhu.ports.sms import SmsRejectedError
from tests.adapters.mail_server import Server, running
from tests.factories import NOON, TODAY, a_person

pytestmark = pytest.mark.django_db


class Clock:
    at = NOON

    def now(self):
        return self.at


@pytest.fixture
def clock(monkeypatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(wiring, "clock", lambda: held)
    return held


@pytest.fixture
def mail(monkeypatch):
    with running(Server()) as server:
        carrier = SmtpMail(f"smtp+plain://{server.address}", sender="juzhu@sz.gov.cn")
        monkeypatch.setattr(wiring, "mail", lambda: carrier)
        yield server


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    found: list[dict] = []
    carrier = SimpleNamespace(send=lambda **message: found.append(message))
    monkeypatch.setattr(wiring, "sms", lambda: carrier)
    return found


def a_partner(contact: str, **grant) -> int:
    number = services.register(code="tax", name="税务局", contact=contact, actor="t", at=NOON)
    granted = Grant(scope=Scope.HOUSING, legal_basis="x", valid_from=TODAY, **grant)
    services.grant(code="tax", grant=granted, actor="t", at=NOON)
    return number


def test_the_end_of_a_grant_is_told_by_letter_thirty_and_seven_days_before(clock, mail):
    end = TODAY + timedelta(days=40)
    a_partner("李工 li@tax.sz.gov.cn", valid_to=end)

    told = []
    for days in (0, 9, 10, 11, 32, 33, 34, 40, 41):
        clock.at = NOON + timedelta(days=days)
        told += [days] * contacts.warn()

    assert told == [10, 33]
    assert [letter["To"] for letter in mail.letters] == ["li@tax.sz.gov.cn"] * 2
    day = f"{end.year}年{end.month}月{end.day}日"
    assert f"“住房保障”的核验授权到{day}为止" in mail.letters[0].get_content()


def test_a_phone_comes_first_and_a_mailbox_takes_over(clock, mail, sent, monkeypatch):
    a_partner("13900000009 li@tax.sz.gov.cn", valid_to=TODAY)

    assert contacts.warn() == 1
    assert (sent[0]["phone"], mail.letters) == ("13900000009", [])

    def refuses(**_):
        raise SmsRejectedError("no")

    monkeypatch.setattr(wiring, "sms", lambda: SimpleNamespace(send=refuses))
    services.amend(code="tax", changes={"contact": "13900000008,b@c.cn"}, actor="t", at=NOON)
    Warned.objects.all().delete()
    assert contacts.warn() == 1
    assert mail.letters[0]["To"] == "b@c.cn"


def test_nobody_to_tell_is_noted_and_a_silent_server_is_asked_again(clock, mail, monkeypatch):
    a_partner("李工，分机 12", valid_to=TODAY)
    assert contacts.warn() == 0
    assert Warned.objects.get().how == "untold"
    services.amend(code="tax", changes={"contact": "b@c.cn"}, actor="t", at=NOON)
    Warned.objects.all().delete()

    def silent(_):
        raise MailUnavailableError("silent")

    with monkeypatch.context() as patch:
        patch.setattr(wiring, "mail", lambda: SimpleNamespace(send=silent))
        assert contacts.warn() == 0
    assert not Warned.objects.exists()
    assert contacts.warn() == 1


def test_asking_too_often_is_told_once_a_day_and_purpose(clock, mail):
    partner_id = a_partner("b@c.cn")
    for person in (1, 2):
        Alert.objects.create(
            at=NOON,
            partner_id=partner_id,
            purpose="housing",
            person_id=person,
            receipt="01930000-0000-7000-8000-000000000000",
            limit=20,
        )

    assert (contacts.warn(), contacts.warn()) == (1, 0)
    assert "对同一人的核验超过约定次数" in mail.letters[0].get_content()


def test_the_end_of_the_last_key_is_told(clock, mail):
    a_partner("b@c.cn")
    now = datetime.fromtimestamp(time.time(), UTC)
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    public = jose.public_key(key.as_dict(private=False))
    services.add_key(code="tax", key=public, kid="k", actor="t", at=now)
    assert contacts.warn() == 0
    services.end_key(code="tax", kid="k", ends_at=now + timedelta(days=3), actor="t", at=now)

    assert contacts.warn() == 1
    assert "最后一把公钥" in mail.letters[0].get_content()


def test_a_department_that_stopped_reading_changes_is_warned_once_and_shown(clock, sent):
    number = a_partner("李工 13800000001")
    grant = Grant(scope=Scope.EVENTS, legal_basis="x", valid_from=TODAY)
    services.grant(code="tax", grant=grant, actor="t", at=NOON)
    clock.at = NOON + timedelta(days=9)
    assert contacts.warn() == 0, "who knows nobody misses nothing"
    Known.objects.create(partner_id=number, person_id=a_person(), pseudonym="p1", since=NOON)
    usage.add({Called(number, TODAY + timedelta(days=6), "events", 200): 1})
    usage.add({Called(number, TODAY + timedelta(days=9), "events", 401): 1})

    assert (contacts.warn(), contacts.warn()) == (1, 0)

    assert "2026年11月30日以后没有读取" in sent[0]["text"]
    assert "tax has not read the feed since 2026-11-30" in partner_journey.troubles()
    usage.add({Called(number, TODAY + timedelta(days=9), "events", 200): 1})
    assert "tax has not read" not in str(partner_journey.troubles())


def test_a_warning_is_one_short_message():
    filled = {"purpose": "凭共享码取信息单", "day": "2026年12月31日"}
    for text in texts.TEXTS.values():
        assert len("【深圳居住证】" + text.format(**filled)) <= 70
