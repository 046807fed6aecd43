"""The phone's own reminders: a file and a feed that names nobody; and the flag of the unreached."""

from datetime import date, timedelta

import icalendar
import pytest

from juzhu.modules.notices import queries, services
from juzhu.modules.notices.contracts import Delivery, Failure, NewMessage, Occasion
from juzhu.modules.notices.models import CalendarFeed, Message
from juzhu.modules.people import services as people
from tests.factories import NOON, TODAY
from tests.web.conftest import forward


def read(resident, path: str) -> str:
    return resident.client.get(path).content.decode()


def days(content: bytes) -> dict[str, date]:
    found = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]): event["dtstart"].dt for event in found.walk("VEVENT")}


def make_feed(resident) -> str:
    page = resident.client.post("/calendar/").content.decode()
    return page.split("/calendar/feed/")[1].split(".ics")[0]


def feed(visitor, secret: str):
    return visitor.get(f"/calendar/feed/{secret}.ics")


def test_the_file_holds_the_days_and_rings_at_nine(holder):
    answer = holder.client.get("/calendar/juzhuzheng.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert days(answer.content) == {
        "居住证可以签注了": date(2027, 9, 25),
        "居住证签注最后一天": date(2027, 11, 23),
    }
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    last = next(event for event in events if "最后" in event["summary"])
    rings = [alarm["trigger"].dt for alarm in last.walk("VALARM")]
    assert rings == [timedelta(days=-n, hours=9) for n in (30, 7, 1, 0)]


def test_it_names_nobody(holder, world):
    content = holder.client.get("/calendar/juzhuzheng.ics").content.decode()
    number = Message.objects.get().case_number

    for secret in (holder.name, holder.id_number, "13800006021", number, "440300"):
        assert secret not in content


def test_the_same_days_keep_their_names_so_that_phones_replace_them(holder, world):
    def names() -> list[str]:
        content = holder.client.get("/calendar/juzhuzheng.ics").content
        return [str(e["uid"]) for e in icalendar.Calendar.from_ical(content).walk("VEVENT")]

    before = names()
    forward(world, minutes=5)

    assert names() == before
    assert len(set(before)) == 2


def test_the_feed_follows_the_permit_without_signing_in(holder, visitor, world):
    secret = make_feed(holder)

    assert "居住证签注最后一天" in days(feed(visitor, secret).content)
    forward(world, days=400)
    assert list(days(feed(visitor, secret).content)) == ["居住证补签注最后一天"]
    assert feed(visitor, secret).headers["Cache-Control"] == "private, no-store"


def test_a_new_address_ends_the_old_one_and_it_can_be_taken_back(holder, visitor):
    first = make_feed(holder)
    second = make_feed(holder)

    assert feed(visitor, first).status_code == 404
    assert feed(visitor, second).status_code == 200
    holder.client.post("/calendar/close/")
    assert feed(visitor, second).status_code == 404
    assert feed(visitor, "guess").status_code == 404


def test_the_secret_is_shown_once_and_not_kept(holder):
    secret = make_feed(holder)

    assert secret not in read(holder, "/calendar/")
    assert secret.encode() not in bytes(CalendarFeed.objects.get().secret_digest)


def test_without_a_permit_there_is_nothing_to_remember(resident, visitor):
    assert "还没有要提醒的日子" in read(resident, "/calendar/")
    assert days(feed(visitor, make_feed(resident)).content) == {}


@pytest.fixture
def last_word(holder):
    person = Message.objects.get().person_id
    row = NewMessage(
        person_id=person,
        occasion=Occasion.DAYS_1,
        subject="P",
        values={"valid_through": "2026-11-25"},
        due_on=TODAY,
        deadline=TODAY + timedelta(days=1),
        permit_number="P",
    )
    services.write_many([row], at=NOON)
    return Message.objects.latest("pk")


@pytest.mark.parametrize("lost", [Delivery.FAILED, Delivery.HELD, Delivery.NO_PHONE])
def test_whoever_the_last_word_did_not_reach_is_listed_and_told_at_home(holder, last_word, lost):
    Message.objects.filter(pk=last_word.pk).update(delivery=lost, failure=Failure.UNREACHABLE)

    [found] = queries.unreached(on=TODAY)
    assert (found.person_id, found.occasion) == (last_word.person_id, Occasion.DAYS_1)
    assert "最近的提醒短信没有送到您的手机" in read(holder, "/")
    assert queries.unreached(on=TODAY + timedelta(days=2)) == []
    assert queries.unreached(on=TODAY, after=found.message_id) == []


def test_whoever_was_reached_or_got_a_later_message_is_not(holder, last_word):
    assert queries.unreached(on=TODAY) == []
    assert "没有送到您的手机" not in read(holder, "/")

    Message.objects.filter(pk=last_word.pk).update(delivery=Delivery.FAILED)
    later = NewMessage(
        person_id=last_word.person_id,
        occasion=Occasion.SUSPENDED,
        subject="P",
        values={"suspended_from": "2026-11-26", "last_day": "2028-11-25"},
        due_on=TODAY + timedelta(days=2),
        deadline=date(2028, 11, 25),
    )
    services.write_many([later], at=NOON + timedelta(days=2))
    Message.objects.filter(occasion=Occasion.SUSPENDED).update(delivery=Delivery.DELIVERED)

    assert queries.unreached(on=TODAY) == []


def test_a_doubted_number_is_told_at_home_until_a_number_is_given_again(holder):
    person = Message.objects.get().person_id
    people.doubt_phone(person_id=person, digest=people.phone_digest_of("13800006021"), at=NOON)
    assert "所以停用了" in read(holder, "/")

    people.reserve_phone(person_id=person, phone="13800006022")
    assert "所以停用了" not in read(holder, "/")
