"""The way of a message: claimed, looked at once more, handed over, receipted; and its bad days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from juzhu import wiring
from juzhu.domain.permit import ActionKind
from juzhu.journeys import listening, messages
from juzhu.modules.notices import queries, receipts, sending, services
from juzhu.modules.notices.contracts import Delivery, Failure, NewMessage, Occasion, Step
from juzhu.modules.notices.models import Carrier, Message
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.models import SignInCode
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.sms import (
    Fate,
    Receipt,
    Sent,
    Sms,
    SmsNotTakenError,
    SmsRejectedError,
    SmsUnavailableError,
)
from tests.factories import NOON, TODAY, a_person

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ISSUED = date(2025, 12, 1)
LAST_DAY = date(2026, 11, 30)


@dataclass
class Provider:
    """A provider whose behaviour a test sets; what it delivered is in `phones`."""

    name: str
    once_per_key: bool = True
    standing: bool = True
    callback_token: str = ""
    callback_answer: bytes = b"{}"
    trouble: Callable[[Sms], Exception | None] = lambda sms: None
    delivers_before_trouble: bool = False
    fates: dict[str, Fate] = field(default_factory=dict)
    phones: list[Sms] = field(default_factory=list)
    pushed: list[Receipt] = field(default_factory=list)
    asked: list[Sent] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    async def send(self, sms: Sms) -> str:
        self.order.append(sms.key)
        error = self.trouble(sms)
        if error is None or self.delivers_before_trouble:
            self._deliver(sms)
        if error is not None:
            raise error
        return f"{self.name}-{sms.key}"

    def _deliver(self, sms: Sms) -> None:
        if not (self.once_per_key and any(known.key == sms.key for known in self.phones)):
            self.phones.append(sms)

    async def ask(self, sent: Sent) -> Receipt | None:
        self.asked.append(sent)
        fate = self.fates.get(sent.key)
        return fate and Receipt(fate, f"{self.name}-{sent.key}", key=sent.key)

    async def arrived(self) -> Sequence[Receipt]:
        found, self.pushed = self.pushed, []
        return found

    def parse(self, body: bytes) -> Sequence[Receipt]:
        raise NotImplementedError


@dataclass
class Desk:
    """The time, the providers, and what a test asks of them."""

    now: datetime
    providers: dict[str, Provider]

    @property
    def one(self) -> Provider:
        return self.providers["one"]

    @property
    def two(self) -> Provider:
        return self.providers["two"]

    def pump(self, *, later: timedelta = timedelta(0)) -> int:
        self.now += later
        return messages.pump()

    def ask(self, *, later: timedelta = timedelta(0)) -> int:
        self.now += later
        return messages.ask_receipts()


class _Clock:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def now(self) -> datetime:
        return self.desk.now


@pytest.fixture
def desk(db, monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk(NOON, {"one": Provider("one"), "two": Provider("two")})
    monkeypatch.setattr(wiring, "clock", lambda: _Clock(found))
    monkeypatch.setattr(wiring, "sms_providers", lambda: found.providers)
    return found


def write(person_id: int | None = None, *, at: datetime = NOON, **changes: object) -> Message:
    person_id = a_person() if person_id is None else person_id
    given = {
        "person_id": person_id,
        "occasion": Occasion.DAYS_7,
        "subject": "P",
        "values": {"valid_through": LAST_DAY.isoformat()},
        "due_on": at.date(),
        "deadline": LAST_DAY,
    }
    services.write_many([NewMessage(**given | changes)], at=at)
    return Message.objects.latest("pk")


def a_permit_in_its_window(person_id: int) -> str:
    return permits.issue(person_id=person_id, on=ISSUED, at=NOON, occasion="t").number


def delivery_of(message: Message) -> str:
    message.refresh_from_db()
    return message.delivery


def unavailable(_sms: Sms) -> Exception:
    return SmsUnavailableError("silence")


def not_taken(_sms: Sms) -> Exception:
    return SmsNotTakenError("no connection")


def test_a_message_goes_its_way_to_the_phone(desk):
    message = write()

    desk.pump()

    [sent] = desk.one.phones
    assert sent.phone == "13800006021"
    assert (
        sent.text
        == "【深圳居住证】居住证签注快到期了，最晚2026年11月30日（含当天），过了这天会中止使用。"
    )
    assert (sent.template, sent.values) == ("days_7.1", (("valid_through", "2026年11月30日"),))
    assert delivery_of(message) == Delivery.HANDED_OVER

    desk.one.fates[sent.key] = Fate.DELIVERED
    assert desk.ask(later=MINUTE) == 0, "receipts are given time to come by themselves"
    assert desk.ask(later=MINUTE) == 1
    assert delivery_of(message) == Delivery.DELIVERED
    assert desk.ask(later=HOUR) == 0


def test_an_endorsement_at_five_past_midnight_cancels_the_reminder_of_nine(desk):
    person = a_person()
    number = a_permit_in_its_window(person)
    other = a_person()
    others = a_permit_in_its_window(other)
    midnight = datetime(2026, 11, 23, 0, 1, tzinfo=SHENZHEN)
    first = write(person, at=midnight, permit_number=number)
    second = write(other, at=midnight, permit_number=others)
    desk.now = midnight
    assert desk.pump() == 0, "phones do not ring at night"

    permits.act(
        permit_id=permit_queries.milestones_of([number])[number].permit_id,
        kind=ActionKind.ENDORSED,
        on=midnight.date(),
        at=midnight + 4 * MINUTE,
        occasion="t",
    )
    desk.now = datetime(2026, 11, 23, 9, tzinfo=SHENZHEN)
    desk.pump()

    assert delivery_of(first) == Delivery.NEEDLESS
    assert delivery_of(second) == Delivery.HANDED_OVER
    assert queries.inbox(person) == []


def test_a_reminder_to_endorse_is_needless_once_the_permit_has_lapsed(desk):
    person = a_person()
    message = write(person, permit_number=a_permit_in_its_window(person))
    desk.now = datetime(2026, 12, 1, 9, tzinfo=SHENZHEN)

    desk.pump()

    assert delivery_of(message) == Delivery.NEEDLESS


def test_what_nobody_took_before_the_deadline_counts_as_not_told(desk):
    person = a_person()
    message = write(person, permit_number=a_permit_in_its_window(person))
    desk.one.trouble = not_taken
    desk.pump()
    desk.now = datetime(2026, 12, 1, 9, tzinfo=SHENZHEN)

    desk.pump()

    assert delivery_of(message) == Delivery.FAILED
    assert message.failure == Failure.NEVER_TAKEN


def test_a_silent_provider_that_takes_keys_once_is_tried_again_there_with_the_same_key(desk):
    message = write()
    desk.one.trouble, desk.one.delivers_before_trouble = unavailable, True

    desk.pump()
    assert (delivery_of(message), message.pinned) == (Delivery.POSTPONED, True)
    Carrier.objects.create(at=NOON, provider="two", before="one", messages=0, slow=0)
    desk.one.trouble = lambda sms: None
    desk.pump(later=MINUTE)

    assert delivery_of(message) == Delivery.HANDED_OVER
    assert len(desk.one.phones) == 1
    assert desk.two.phones == []


def test_a_silent_provider_that_may_send_twice_is_asked_and_never_sent_again(desk):
    desk.one.once_per_key = False
    desk.one.trouble, desk.one.delivers_before_trouble = unavailable, True
    message = write()

    desk.pump()
    assert delivery_of(message) == Delivery.HELD
    for _ in range(10):
        desk.pump(later=HOUR / 2)
        desk.ask()
    assert len(desk.one.phones) + len(desk.two.phones) == 1

    desk.one.fates[message_key(message)] = Fate.DELIVERED
    desk.ask(later=24 * HOUR)
    assert delivery_of(message) == Delivery.DELIVERED


def message_key(message: Message) -> str:
    return f"message-{message.pk}"


def test_a_provider_that_says_too_soon_it_never_heard_of_it_is_not_believed(desk):
    desk.one.once_per_key = False
    desk.one.trouble = unavailable
    message = write()
    desk.one.fates[message_key(message)] = Fate.NOT_TAKEN

    desk.pump()
    desk.ask(later=10 * MINUTE)
    assert delivery_of(message) == Delivery.HELD, "its answer may take ten minutes"

    desk.one.trouble = lambda sms: None
    desk.ask(later=HOUR)
    assert delivery_of(message) == Delivery.QUEUED
    desk.pump()
    assert len(desk.one.phones) == 1


def test_what_is_certainly_not_taken_waits_longer_each_time_and_may_go_elsewhere(desk):
    desk.one.trouble = not_taken
    message = write()

    waits = []
    for _ in range(7):
        desk.pump()
        message.refresh_from_db()
        waits.append((message.not_before - desk.now).total_seconds())
        desk.now = message.not_before
    assert waits == [30, 60, 120, 240, 480, 600, 600]

    Carrier.objects.create(at=NOON, provider="two", before="one", messages=0, slow=0)
    desk.pump()
    assert [sms.key for sms in desk.two.phones] == [message_key(message)]


def test_a_refused_message_is_not_tried_again(desk):
    desk.one.trouble = lambda sms: SmsRejectedError("forbidden word")
    message = write()

    desk.pump()
    desk.pump(later=HOUR)

    assert (delivery_of(message), message.failure) == (Delivery.FAILED, Failure.REFUSED)
    assert desk.one.order == [message_key(message)]


def test_a_number_that_is_nobodys_is_doubted_and_opens_nothing_until_given_again(desk):
    person = a_person()
    write(person)
    desk.pump()
    [sent] = desk.one.phones
    desk.one.pushed = [Receipt(Fate.NO_SUBSCRIBER, f"one-{sent.key}", phone=sent.phone)]

    listening.Ear(desk.one).take()

    assert people.person(person).phone_doubted
    assert people.phones([person]) == {}
    assert [m.occasion for m in queries.inbox(person)] == ["phone_doubted", "days_7"]
    later = write(person, subject="next")
    desk.pump()
    assert delivery_of(later) == Delivery.NO_PHONE

    people_services.reserve_phone(person_id=person, phone=sent.phone)
    assert people.phones([person]) == {person: sent.phone}


def test_a_receipt_that_overtakes_its_message_is_kept_and_noted_later(desk, monkeypatch):
    ear, message, now = listening.Ear(desk.one), write(), [0.0]
    monkeypatch.setattr(listening, "monotonic", lambda: now[0])
    desk.one.pushed = [Receipt(Fate.DELIVERED, f"one-{message_key(message)}")]
    ear.take()
    assert delivery_of(message) == Delivery.QUEUED

    desk.pump()
    now[0] += listening.PAUSE_SECONDS
    ear.take()

    assert delivery_of(message) == Delivery.DELIVERED


def test_no_code_opens_an_account_through_a_doubted_number(desk):
    person = people.person(a_person())
    asked = {"id_number": person.id_number, "phone": person.phone, "at": NOON}
    people_services.ask_code(ip="1", **asked)
    row = SignInCode.objects.get()
    assert people.code_to_send(row.pk, at=NOON) is not None
    people_services.doubt_phone(
        person_id=person.id, digest=people_services.phone_digest_of(person.phone), at=NOON
    )

    assert people.code_to_send(row.pk, at=NOON) is None
    assert people_services.use_code(code=row.code, **asked) is None


def test_a_receipt_for_another_phone_or_of_another_provider_is_not_believed(desk):
    message = write()
    desk.pump()
    number = f"one-{message_key(message)}"

    messages.note_receipts([Receipt(Fate.DELIVERED, number, phone="13900000000")], provider="one")
    messages.note_receipts([Receipt(Fate.DELIVERED, number)], provider="two")
    assert delivery_of(message) == Delivery.HANDED_OVER

    for _ in range(2):  # twice is once
        messages.note_receipts(
            [Receipt(Fate.DELIVERED, number, phone="13800006021")], provider="one"
        )
    assert delivery_of(message) == Delivery.DELIVERED


def test_a_provider_that_loses_messages_is_asked_for_three_days_and_then_given_up(desk):
    message = write()
    desk.pump()

    for _ in range(100):
        desk.ask(later=HOUR)

    assert (delivery_of(message), message.failure) == (Delivery.HELD, Failure.NO_ANSWER)
    assert len(desk.one.asked) == 4
    messages.note_receipts([Receipt(Fate.DELIVERED, f"one-{message_key(message)}")], provider="one")
    assert delivery_of(message) == Delivery.DELIVERED, "better late"


def test_what_a_dead_worker_held_is_sent_again_only_where_that_is_safe(desk):
    first = write()
    assert len(sending.claim(provider="one", at=NOON, limit=1)) == 1  # and the worker dies
    assert desk.pump(later=MINUTE / 2) == 0
    desk.pump(later=2 * MINUTE)
    assert delivery_of(first) == Delivery.HANDED_OVER

    desk.one.once_per_key = False
    second = write()
    assert len(sending.claim(provider="one", at=desk.now, limit=1)) == 1
    desk.pump(later=3 * MINUTE)
    assert delivery_of(second) == Delivery.HELD
    assert len(desk.one.phones) == 1


def test_a_worker_that_was_given_up_notes_nothing_over_its_successor(desk):
    message = write()
    [claimed] = sending.claim(provider="one", at=NOON, limit=1)
    desk.pump(later=3 * MINUTE)

    assert sending.note([Step(id=claimed.id, delivery=Delivery.FAILED)], at=desk.now) == 0
    assert delivery_of(message) == Delivery.HANDED_OVER


def test_too_many_for_one_person_wait_for_tomorrow(desk):
    person = a_person()
    for n in range(10):
        write(person, subject=str(n))

    desk.pump()

    assert len(desk.one.phones) == 8
    desk.pump(later=20 * HOUR)
    assert len(desk.one.phones) == 8
    desk.pump(later=4 * HOUR + MINUTE)
    assert len(desk.one.phones) == 10


def test_one_phone_of_a_family_gets_twenty_a_day(desk):
    for _ in range(22):
        write(a_person(phone="13800007777"))

    desk.pump()

    assert len(desk.one.phones) == 20


def test_a_thousand_due_at_once_go_by_deadline(desk):
    people_ids = [a_person(phone=f"1380001{n:04d}") for n in range(600)]
    rows = [
        NewMessage(
            person_id=person,
            occasion=Occasion.DAYS_30,
            subject="P",
            values={"valid_through": "2026-12-24"},
            due_on=TODAY,
            deadline=TODAY + timedelta(days=(n * 7919) % 600),
        )
        for n, person in enumerate(people_ids)
    ]
    services.write_many(rows, at=NOON)
    deadlines = {f"message-{m.pk}": m.deadline for m in Message.objects.all()}

    assert desk.pump() == 600

    # Inside one portion the order is that of many connections; between portions it is strict.
    sent = [deadlines[key] for key in desk.one.order]
    portions = [sent[n : n + messages.BATCH] for n in range(0, 600, messages.BATCH)]
    for sooner, later in pairwise(portions):
        assert max(sooner) < min(later)


def test_when_one_provider_is_slow_another_carries(desk):
    for n in range(30):
        write(a_person(phone=f"1380002{n:04d}"))
    desk.one.trouble = lambda sms: not_taken(sms) if int(sms.key[-1]) < 4 else None
    desk.pump()
    for message in Message.objects.filter(delivery=Delivery.HANDED_OVER):
        number = message.gateway_number
        messages.note_receipts([Receipt(Fate.DELIVERED, number)], provider="one")

    messages.watch_providers()
    assert receipts.carrier(["one", "two"]) == "one", "five minutes have not passed"
    desk.now += 5 * MINUTE
    messages.watch_providers()
    assert receipts.carrier(["one", "two"]) == "two"

    desk.pump(later=10 * MINUTE)
    assert len(desk.one.phones) + len(desk.two.phones) == 30
    assert len(desk.two.phones) == 12
    messages.watch_providers()
    assert Carrier.objects.count() == 1


def test_no_query_is_made_per_message(desk, django_assert_max_num_queries):
    def cost(count: int) -> int:
        for n in range(count):
            write(a_person(phone=f"1380003{count:02d}{n:02d}"), permit_number="X")
        with django_assert_max_num_queries(60) as queries:
            desk.pump()
        return len(queries)

    assert cost(40) == cost(5)
