"""Staff pages that the officers' days in `tests/browser/test_counter.py` do not lead to."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from juzhu.counter import gate
from juzhu.domain.vocabulary import Source
from juzhu.journeys import followups
from juzhu.modules.cases import fraud
from juzhu.modules.cases import services as case_services
from juzhu.modules.faults import outages
from juzhu.modules.lives import asked
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import NewMessage, Occasion
from juzhu.modules.notices.models import FollowUp, Message
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments import services as payment_services
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.departments import Counted
from juzhu.ports.payments import Paid
from tests.counter.conftest import Watch, hire
from tests.counter.test_desk import find, number_of, send
from tests.counter.test_review import apply_as
from tests.counter.test_signals import WORDS, a_signal
from tests.factories import NOON, TODAY, a_person, an_id_number, an_order, noon
from tests.web.conftest import World
from tests.web.gallery import LONG, Gallery, Picture


def fill(world: World, watch: Watch, patch: pytest.MonkeyPatch) -> list[Picture]:
    """Return every page of the gallery; the staff's pages are Chinese only."""
    gallery = Gallery(world, patch, {"chinese": "zh-hans"})
    for room in (_errors, _dashboard, _queues, _payments, _desk, _cancelled):
        cache.clear()
        room(gallery, watch)
    return gallery.pictures


def _errors(gallery: Gallery, watch: Watch) -> None:
    careless, member = Client(raise_request_exception=False), hire(watch, "supervisor")
    member.client.raise_request_exception = False
    typed = {"username": "t0000", "password": "x", "code": "000000"}
    gallery.keep("sign-in-errors", "/sign-in/", careless, typed=typed)
    gallery.keep("absent", "/nothing/", member)
    for name, error in {"fault": RuntimeError("x"), "maintenance": OperationalError("x")}.items():

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        with gallery.changed(gate, "_identify", fail):
            gallery.keep(name, "/day/", member)
    gallery.keep("forged", "/sign-in/", Client(enforce_csrf_checks=True), typed={})
    for _ in range(12):
        careless.post("/sign-in/", typed | {"username": member.username})
    gallery.keep("too-many", "/sign-in/", careless, typed=typed | {"username": member.username})


def _dashboard(gallery: Gallery, watch: Watch) -> None:
    world, auditor = gallery.world, hire(watch, "auditor")
    gallery.keep("overview-empty", "/overview/", auditor)
    apply_as(world, a_person(LONG))
    world.silent = {Source.INSURANCE}
    apply_as(world, a_person())
    world.silent = set()
    gallery.keep("overview", "/overview/?days=7", auditor)
    supervisor = hire(watch, "supervisor")
    day = TODAY - timedelta(days=1)
    counts = [
        Counted(Source.INSURANCE, noon(day) + timedelta(minutes=5 * n), 0, 1) for n in range(24)
    ]
    outages.note(counts)
    outages.notice(on=TODAY, at=NOON)
    gallery.keep("faults", "/faults/", supervisor)
    gallery.keep("faults-errors", "/faults/", supervisor, typed={"part": "weather"})


def _queues(gallery: Gallery, watch: Watch) -> None:
    reviewer, second = hire(watch, "reviewer"), hire(watch, "supervisor")
    gallery.keep("review-empty", "/review/", reviewer)
    holder = a_person(LONG)
    permit_services.issue(person_id=holder, on=TODAY - timedelta(days=90), at=NOON, occasion="SL1")
    permit = permits.permit_of(holder, TODAY).number
    gallery.keep("fraud-new", "/fraud/new/", reviewer)
    gallery.keep("fraud-new-errors", "/fraud/new/", reviewer, typed={})
    number = fraud.open_proceeding(
        permit_number=permit, officer=reviewer.username, ground="住址不存在", at=NOON
    )
    gallery.keep("fraud", f"/fraud/{number}/", second)
    signal = f"/signals/{a_signal(holder)}/"
    gallery.keep("signal", signal, reviewer)
    reviewer.client.post(f"{signal}propose/", {"words": WORDS})
    gallery.keep("signal-to-sign", signal, second)
    with gallery.changed(case_services, "SAMPLE_ONE_IN", 1):
        case = apply_as(gallery.world, a_person())
    gallery.keep("sample-case", f"/sample/{case}/", reviewer)
    gallery.keep("review", "/review/", second)
    person = a_person(LONG)
    row = NewMessage(
        person_id=person,
        occasion=Occasion.DAYS_1,
        subject="P",
        values={"valid_through": str(TODAY + timedelta(days=1))},
        due_on=TODAY,
        deadline=TODAY + timedelta(days=1),
    )
    notices.write_many([row], at=NOON)
    Message.objects.update(delivery="failed", failure="unreachable")
    followups.open_new(on=TODAY, at=NOON)
    officer = hire(watch, "officer").begin()
    unreached = f"/unreached/{FollowUp.objects.get(person_id=person).pk}/"
    gallery.keep("unreached", "/unreached/", officer)
    gallery.keep("unreached-one", unreached, officer)
    officer.client.post(unreached)
    gallery.keep("unreached-taken-up", unreached, officer)


def _payments(gallery: Gallery, watch: Watch) -> None:
    reviewer, supervisor = hire(watch, "reviewer"), hire(watch, "supervisor")
    gallery.keep("payments-empty", "/payments/", reviewer)
    order = an_order()
    attempt = payment_services.begin(
        order_number=order.number,
        gateway="city",
        way="page",
        closes_at=NOON + timedelta(minutes=30),
        at=NOON,
    )
    payment_services.settle(number=attempt.number, paid=Paid("CS1", 2000, NOON), at=NOON)
    here = f"/payments/{order.number}/"
    gallery.keep("payment", here, reviewer)
    paid = payments.order(order.number, at=NOON).payment.attempt_number
    wrong = {"attempt": paid, "amount": "20.01", "words": ""}
    gallery.keep("payment-errors", f"{here}refund/", reviewer, typed=wrong)
    reviewer.client.post(f"{here}refund/", {"attempt": paid, "amount": "20", "words": "卡没有做成"})
    gallery.keep("payment-to-sign", here, supervisor)
    gallery.keep("payments", "/payments/", supervisor)
    gallery.keep("payments-not-found", "/payments/?number=JF0", supervisor)


def _desk(gallery: Gallery, watch: Watch) -> None:
    officer, holder = hire(watch, "officer").begin(), a_person(LONG, phone="13800001234")
    permit_services.issue(person_id=holder, on=TODAY - timedelta(days=330), at=NOON, occasion="SL9")
    gallery.keep("desk-errors", "/desk/find/", officer, typed={"q": "1", "why": ""})
    find(officer, number_of(holder))
    gallery.keep("person-long-name", "/desk/", officer)
    gallery.keep("phone-errors", "/desk/phone/", officer, typed={"phone": "1"})
    gallery.keep("consent", "/desk/consent/", officer)
    permit = permits.permit_of(holder, TODAY)
    assert permit is not None
    fraud.open_proceeding(permit_number=permit.number, officer="s2", ground=WORDS, at=NOON)
    gallery.keep("hearing-errors", "/desk/hearing/", officer, typed={})
    for tab in ("endorse", "wrong", "share", "helpers", "sheet", "cancel"):
        gallery.keep(f"{tab}-errors", f"/desk/{tab}/", officer, typed={})
    gallery.keep("cards-empty", "/cards/", officer)
    find(officer, number_of(holder), why="call")
    gallery.keep("person-on-the-telephone", "/desk/", officer)
    officer.client.post("/desk/call/")
    gallery.keep("call-code", "/desk/call/code/", officer)
    gallery.keep("call-code-errors", "/desk/call/code/", officer, typed={"code": "1"})
    find(officer, an_id_number())
    officer.client.post("/desk/newcomer/", {"name": LONG})
    gallery.keep("name", "/desk/name/", officer)
    gallery.keep("name-errors", "/desk/name/", officer, typed={"name": ""})


def _cancelled(gallery: Gallery, watch: Watch) -> None:
    careless, other = hire(watch, "supervisor").begin(), hire(watch, "officer").begin()
    holder = a_person(LONG, phone="13800005678")
    permit_services.issue(person_id=holder, on=TODAY - timedelta(days=90), at=NOON, occasion="SL8")
    find(careless, number_of(holder))
    send(careless, "/desk/cancel/", signed="on")
    find(other, number_of(holder))
    gallery.keep("not-asked", "/desk/not-asked/", other)
    other.client.post("/desk/not-asked/", {"words": "昨天没有来过，是窗口弄错了人"})
    gallery.keep("not-asked-said", "/desk/not-asked/", other)
    (found,) = asked.waiting()
    gallery.keep("asked", f"/asked/{found.id}/", hire(watch, "reviewer"))
