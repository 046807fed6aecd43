"""Hints to departments' addresses, against a real server that behaves as badly as servers do."""

import base64
import json
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from types import SimpleNamespace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Min

from juzhu import wiring
from juzhu.adapters.background import close_background
from juzhu.adapters.webhooks_http import HttpWebhooks
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.journeys import feed, webhooks
from juzhu.modules.partners import services as partners
from juzhu.modules.partners.sandbox import PARTNERS
from juzhu.modules.people.models import Person
from juzhu.modules.permits import services as permits
from juzhu.modules.webhooks import queries, services
from juzhu.modules.webhooks.contracts import AlertKind, DeliveryState, TargetState, Told
from juzhu.modules.webhooks.models import Alert, Delivery, Target
from juzhu.modules.webhooks.texts import ALERTS
from juzhu.ports.sms import SmsUnavailableError
from tests.factories import NOON, TODAY, a_person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got[self.path].append(SimpleNamespace(headers=self.headers, body=body))
        if self.path == "/hangs":
            self.server.leave.wait(20)
            return
        status, headers = self.server.answers[self.path]
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    """A department's server: what it got by path, and what it answers by path."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.got, server.leave = defaultdict(list), threading.Event()
    server.answers = defaultdict(lambda: (204, {}))
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.leave.set()
    server.shutdown()
    thread.join()
    server.server_close()
    close_background()


@pytest.fixture(autouse=True)
def caller(monkeypatch):
    monkeypatch.setattr(wiring, "webhooks", lambda: HttpWebhooks(inside=True, limit_seconds=1.0))


@pytest.fixture
def education():
    partner = next(one for one in PARTNERS if one.code == "education")
    partner_id = partners.register(
        code="education", name="市教育局", contact="王老师 13900000009", actor="test", at=NOON
    )
    for grant in partner.grants:
        partners.grant(code="education", grant=grant, actor="test", at=NOON)
    return partner_id


def somebody(partner_id):
    """A permit of a person whom the partner knows."""
    permit = permits.issue(person_id=a_person(), on=TODAY, at=NOON, occasion="SL1")
    person = Person.objects.get(pk=permit.person_id)
    partners.learn(partner_id=partner_id, people=[(person.pk, bytes(person.id_digest))], at=NOON)
    return permit


def happens(permit, kind=ActionKind.CANCELLED, reason=CancelReason.DEATH):
    permits.act(
        permit_id=permit.id, kind=kind, on=TODAY, at=NOON, occasion=str(kind), reason=reason
    )


def target(partner_id, url, at=AT):
    return webhooks.add(partner_id=partner_id, url=url, at=at)


def state(found):
    row = Target.objects.get(pk=found.id)
    return row.state, row.why


def passes(until, *, start=AT):
    """Let the worker run from `start` to `until`, as if time passed; return when it tried."""
    tried, at = [], start
    while at <= until:
        if webhooks.send(at=at):
            tried.append(at)
        due = Delivery.objects.filter(state=DeliveryState.PENDING, next_try_at__gt=at)
        at = due.aggregate(first=Min("next_try_at"))["first"] or until + SECOND
        if tried:
            assert webhooks.send(at=at - SECOND) == 0  # never a second too early
    return tried


def settle():
    """Let all that has happened be told, and nothing be on its way."""
    for _ in range(3):
        webhooks.hint(law=NOON, at=AT)
        webhooks.send(at=AT)


def test_a_new_address_is_nudged_at_once_and_the_signature_is_right(education, receiver):
    found = target(education, f"{receiver.url}/ok")

    assert webhooks.send(at=AT) == 1

    (got,) = receiver.got["/ok"]
    headers = {name.lower(): value for name, value in got.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got.body
    version, _, signature = headers["webhook-signature"].partition(",")
    key = Ed25519PublicKey.from_public_bytes(found.public_keys[0])
    key.verify(base64.b64decode(signature), signed)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), signed + b" ")
    assert version == "v1a"
    assert int(headers["webhook-timestamp"]) == int(AT.timestamp())
    hint = json.loads(got.body)
    assert (hint["type"], list(hint["data"])) == ("events.available", ["until"])
    assert webhooks.send(at=AT + HOUR) == 0


def test_a_hint_follows_what_happens_to_somebody_known_and_nothing_else(education, receiver):
    known = somebody(education)
    stranger = permits.issue(person_id=a_person(), on=TODAY, at=NOON, occasion="SL2")
    target(education, f"{receiver.url}/ok")
    settle()
    quiet = len(receiver.got["/ok"])

    happens(stranger)
    assert webhooks.hint(law=NOON, at=AT + SECOND) == 0
    happens(known)
    assert webhooks.hint(law=NOON, at=AT + SECOND) == 1
    assert webhooks.hint(law=NOON, at=AT + SECOND) == 0
    webhooks.send(at=AT + SECOND)

    assert len(receiver.got["/ok"]) == quiet + 1
    until = json.loads(receiver.got["/ok"][-1].body)["data"]["until"]
    assert feed.place_of(until).position >= 3


def test_the_calendar_alone_makes_a_hint(education, receiver):
    permit = somebody(education)
    target(education, f"{receiver.url}/ok")
    settle()
    lapse = datetime.combine(permit.status.suspended_from, NOON.timetz())

    assert webhooks.hint(law=lapse - timedelta(days=1), at=AT) == 0
    assert webhooks.hint(law=lapse, at=AT) == 1


def test_a_partner_shut_out_is_not_nudged(education, receiver):
    permit = somebody(education)
    target(education, f"{receiver.url}/ok")
    webhooks.send(at=AT)
    partners.suspend(code="education", why="test", actor="test", at=NOON)
    happens(permit)

    assert webhooks.hint(law=NOON, at=AT) == 0
    partners.resume(code="education", actor="test", at=NOON)
    assert webhooks.hint(law=NOON, at=AT) == 1


def test_a_target_that_hangs_costs_one_try_and_keeps_nobody_waiting(education, receiver):
    target(education, f"{receiver.url}/hangs")
    target(education, f"{receiver.url}/ok")
    began = time.monotonic()

    assert webhooks.send(at=AT) == 2

    assert time.monotonic() - began < 5
    outcomes = {row.target.url.rpartition("/")[2]: row for row in Delivery.objects.all()}
    assert outcomes["ok"].state == DeliveryState.DELIVERED
    assert outcomes["hangs"].outcome == "no answer within 1 s"
    assert outcomes["hangs"].next_try_at >= AT + 5 * SECOND


def test_a_redirect_inwards_is_not_followed(education, receiver):
    receiver.answers["/inward"] = (307, {"Location": f"{receiver.url}/secret"})
    target(education, f"{receiver.url}/inward")

    webhooks.send(at=AT)

    assert len(receiver.got["/inward"]) == 1
    assert receiver.got["/secret"] == []
    assert Delivery.objects.get().outcome == "status 307: redirects are not followed"


def test_three_days_of_500_are_ten_tries_two_alerts_and_an_end(education, receiver):
    receiver.answers["/broken"] = (500, {})
    found = target(education, f"{receiver.url}/broken")
    passes(AT + 3 * HOUR)
    resting = state(found)

    tried = [AT] * 5 + passes(AT + 100 * HOUR, start=AT + 3 * HOUR)

    assert resting == (TargetState.RESTING, "")
    assert len(tried) == len(receiver.got["/broken"]) == 10
    assert 75 * HOUR <= tried[-1] - AT <= 84 * HOUR
    waits = [after - before for before, after in pairwise(tried[5:])]
    assert waits == sorted(waits)
    assert len({call.headers["Webhook-Id"] for call in receiver.got["/broken"]}) == 1
    assert state(found) == (TargetState.DISABLED, "unreachable")
    alerts = list(Alert.objects.order_by("pk").values_list("kind", "outcome"))
    assert alerts == [
        (AlertKind.RESTING, "status 500"),
        (AlertKind.UNREACHABLE, "status 500"),
    ]


def test_an_address_that_is_mended_after_two_days_gets_its_hint(education, receiver):
    receiver.answers["/broken"] = (500, {})
    found = target(education, f"{receiver.url}/broken")
    passes(AT + 48 * HOUR)
    resting = state(found)
    receiver.answers["/broken"] = (200, {})
    passes(AT + 76 * HOUR, start=AT + 48 * HOUR)

    assert resting == (TargetState.RESTING, "")
    assert state(found) == (TargetState.ACTIVE, "")
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_one_hint_waits_however_much_happens_meanwhile(education, receiver):
    receiver.answers["/broken"] = (500, {})
    known = [somebody(education) for _ in range(3)]
    target(education, f"{receiver.url}/broken")
    for permit in known:
        happens(permit)
        webhooks.hint(law=NOON, at=AT)
        webhooks.send(at=AT)
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING).count()
    receiver.answers["/broken"] = (200, {})
    webhooks.send(at=AT + HOUR)

    assert waiting == 1
    assert webhooks.hint(law=NOON, at=AT + HOUR) == 1  # for what happened since


def test_410_ends_it_at_once_and_the_contact_is_told(education, receiver, monkeypatch):
    receiver.answers["/gone"] = (410, {})
    found = target(education, f"{receiver.url}/gone")
    sent = []
    monkeypatch.setattr(
        wiring, "sms", lambda: SimpleNamespace(send=lambda **message: sent.append(message))
    )
    passes(AT + 10 * HOUR)

    assert len(receiver.got["/gone"]) == 1
    assert state(found) == (TargetState.DISABLED, "gone")
    assert webhooks.tell_contacts() == 1
    assert webhooks.tell_contacts() == 0
    (message,) = sent
    assert message["phone"] == "13900000009"
    assert message["text"] == ALERTS[AlertKind.GONE]


def test_a_contact_is_told_later_when_the_carrier_is_silent(education, receiver, monkeypatch):
    receiver.answers["/gone"] = (410, {})
    target(education, f"{receiver.url}/gone")
    webhooks.send(at=AT)

    def silent(**_):
        raise SmsUnavailableError("silent")

    monkeypatch.setattr(wiring, "sms", lambda: SimpleNamespace(send=silent))

    assert webhooks.tell_contacts() == 0
    assert Alert.objects.get().told == Told.OPEN


@pytest.mark.parametrize("kind", AlertKind)
def test_an_alert_is_one_short_message(kind):
    assert len(ALERTS[kind]) <= 70


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("900", 900, 900),
        ("3", 5, 6),  # not sooner than the plan
        ("999999999", 86_400, 86_400),
        ("Mon, 01 Jan 2035 03:00:00 GMT", 10_800, 10_800),
        ("soon", 5, 6),
        ("-5", 5, 6),
    ],
)
def test_retry_after_is_honoured(education, receiver, header, least, most):
    midnight = "Mon, 01 Jan 2035 00:00:00 GMT"
    receiver.answers["/busy"] = (503, {"Retry-After": header, "Date": midnight})
    target(education, f"{receiver.url}/busy")

    webhooks.send(at=AT)

    wait = (Delivery.objects.get().next_try_at - AT).total_seconds()
    assert least <= wait <= most


def test_both_keys_sign_while_one_takes_over_from_the_other(education, receiver):
    found = target(education, f"{receiver.url}/ok")
    changed = services.change_key(partner_id=education, target_id=found.id, at=AT)
    webhooks.send(at=AT)
    webhooks.resume(partner_id=education, target_id=found.id, at=AT + 25 * HOUR)
    webhooks.send(at=AT + 25 * HOUR)

    during, after = [call.headers["Webhook-Signature"].split() for call in receiver.got["/ok"]]
    assert (len(during), len(after)) == (2, 1)
    assert changed.public_keys == (changed.public_keys[0], found.public_keys[0])
    at = AT + 25 * HOUR
    assert queries.target(education, found.id, at=at).public_keys == changed.public_keys[:1]


def test_a_worker_that_dies_while_sending_loses_nothing(education, receiver):
    target(education, f"{receiver.url}/ok")
    services.claim(at=AT, limit=10)  # and nothing is ever reported

    assert webhooks.send(at=AT + SECOND) == 0
    assert webhooks.send(at=AT + timedelta(minutes=2)) == 1
    assert Delivery.objects.get().tries == 2


def test_workers_that_always_die_come_to_an_end(education, receiver):
    receiver.answers["/broken"] = (500, {})
    target(education, f"{receiver.url}/broken")
    for number in range(12):
        services.claim(at=AT + number * timedelta(minutes=2), limit=10)

    webhooks.send(at=AT + HOUR)

    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_a_range_is_sent_again_under_the_same_ids(education, receiver):
    found = target(education, f"{receiver.url}/ok")
    for number in range(1, 4):
        webhooks.send(at=AT + number * HOUR)
        webhooks.resume(partner_id=education, target_id=found.id, at=AT + number * HOUR)
    webhooks.send(at=AT + 4 * HOUR)
    first = [call.headers["Webhook-Id"] for call in receiver.got["/ok"]]

    again = services.replay(
        partner_id=education,
        target_id=found.id,
        first=AT + HOUR,
        last=AT + 2 * HOUR,
        at=AT + 5 * HOUR,
    )
    webhooks.send(at=AT + 5 * HOUR)

    assert again == 2
    assert {call.headers["Webhook-Id"] for call in receiver.got["/ok"][4:]} == {*first[1:3]}


def test_a_resting_target_gets_one_trial_not_its_whole_queue(education, receiver):
    found = target(education, f"{receiver.url}/ok")
    for number in range(6):
        webhooks.send(at=AT + number * SECOND)
        webhooks.resume(partner_id=education, target_id=found.id, at=AT + number * SECOND)
    webhooks.send(at=AT + HOUR)
    Target.objects.update(state=TargetState.RESTING)
    services.replay(
        partner_id=education, target_id=found.id, first=AT, last=AT + HOUR, at=AT + HOUR
    )
    before = len(receiver.got["/ok"])

    assert webhooks.send(at=AT + HOUR) == 1
    assert state(found) == (TargetState.ACTIVE, "")
    webhooks.send(at=AT + HOUR)
    assert len(receiver.got["/ok"]) == before + 7


def test_what_was_settled_long_ago_is_forgotten(education, receiver):
    target(education, f"{receiver.url}/ok")
    webhooks.send(at=AT)

    assert services.forget(at=AT + timedelta(days=30)) == 0
    assert services.forget(at=AT + timedelta(days=31)) == 1


def test_the_job_does_all_of_it(education, receiver, monkeypatch):
    from juzhu.jobs import tasks

    monkeypatch.setattr(wiring, "clock", lambda: SimpleNamespace(now=lambda: NOON))
    receiver.answers["/gone"] = (410, {})
    target(education, f"{receiver.url}/gone", at=webhooks.now())
    sent = []
    monkeypatch.setattr(
        wiring, "sms", lambda: SimpleNamespace(send=lambda **message: sent.append(message))
    )

    tasks.nudge_partners(timestamp=0)

    assert len(receiver.got["/gone"]) == 1
    assert len(sent) == 1
