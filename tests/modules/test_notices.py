"""Writing messages: once, in bulk, at an hour when phones may ring; and their texts."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from juzhu.domain.permit import Action, ActionKind, status_on
from juzhu.modules.notices import hours, ladder, queries, sending, services
from juzhu.modules.notices.contracts import Delivery, NewMessage, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.notices.texts import TEXTS, english, segments, sms
from juzhu.ports.clock import SHENZHEN
from tests.factories import NOON, TODAY, a_person

NIGHT = datetime(2026, 11, 25, 0, 5, tzinfo=SHENZHEN)
NINE = datetime(2026, 11, 25, 9, tzinfo=SHENZHEN)
LONGEST = {
    "pay_by": "2026-12-30",
    "due_on": "2026-12-30",
    "until": "2026-12-30",
    "yuan": "20",
    "tracking": "EB123456789CN",
    "on": "2026-12-31",
    "valid_through": "2026-12-31",
    "window_opens": "2026-12-31",
    "suspended_from": "2026-12-31",
    "last_day": "2026-12-31",
    "cancelled_on": "2026-12-31",
    "answer_by": "2026-12-31",
    "hear_by": "2026-12-31",
    "number": "SL202612310000001",
    "code": "ABC…",
    "amount": "20.50",
}


def a_reminder(person_id: int, **changes: object) -> NewMessage:
    given = NewMessage(
        person_id=person_id,
        occasion=Occasion.DAYS_7,
        subject="4403002026ABCDEFGH:2026-12-02",
        values={"valid_through": "2026-12-01"},
        due_on=TODAY,
        deadline=date(2026, 12, 1),
        permit_number="4403002026ABCDEFGH",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("delivery", flat=True))


@pytest.mark.parametrize("occasion", Occasion)
def test_every_text_of_every_edition_is_one_sms(occasion):
    for edition in range(1, len(TEXTS[occasion]) + 1):
        text = sms(occasion, LONGEST, edition)

        assert segments(text) == 1, text
        assert len(text) <= 70


@pytest.mark.parametrize("occasion", Occasion)
def test_every_english_text_is_short_and_whole(occasion):
    for edition in range(1, len(TEXTS[occasion]) + 1):
        text = english(occasion, LONGEST, edition)

        assert segments(text) <= 2, text
        assert text.replace("…", "").isascii()


def test_no_text_has_room_for_personal_data():
    allowed = set(LONGEST)
    for editions in TEXTS.values():
        for text in editions:
            for spoken in text:
                used = {part.split("}")[0] for part in spoken.split("{")[1:]}

                assert used <= allowed, spoken


def test_segments_are_counted_as_the_carrier_does():
    assert [segments("字" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert segments("𠮷" * 36) == 2  # a rare character takes two units


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_phones_ring_by_day_only_and_as_soon_as_they_may(later):
    at = NOON + later
    rings = hours.next_ring(at)

    assert hours.may_ring(rings)
    assert at <= rings < at + timedelta(hours=12, seconds=1)
    assert (rings == at) == (9 <= at.hour < 21)


@given(st.dates(date(2016, 1, 1), date(2050, 1, 1)))
def test_the_ladder_follows_the_fold_of_a_permit(issued):
    status = status_on([Action(ActionKind.ISSUED, issued)], issued)
    assert status is not None

    found = ladder.steps(
        window_opens=status.window_opens,
        suspended_from=status.suspended_from,
        cancelled_on=status.cancelled_on,
    )

    days = [step.due_on for step in found]
    assert days == sorted(days)
    assert len({step.occasion for step in found}) == len(found) == 10
    assert all(step.due_on <= step.deadline for step in found)
    assert found[3].due_on == status.valid_through - timedelta(days=1)


@pytest.mark.django_db
def test_many_are_written_at_once_and_said_once():
    people = [a_person() for _ in range(3)]
    rows = [a_reminder(person) for person in people]

    assert services.write_many(rows, at=NOON) == 3
    assert services.write_many([*rows, a_reminder(people[0], subject="next")], at=NOON) == 1
    assert states() == [Delivery.QUEUED] * 4
    assert not ProcrastinateJob.objects.filter(task_name="deliver_message").exists()


@pytest.mark.django_db
def test_one_batch_may_say_the_same_twice_and_it_is_written_once():
    row = a_reminder(a_person())

    assert services.write_many([row, row], at=NOON) == 1


@pytest.mark.django_db
def test_what_is_written_at_night_rings_in_the_morning():
    services.write_many([a_reminder(a_person(), due_on=NIGHT.date())], at=NIGHT)

    [message] = Message.objects.all()
    assert (message.delivery, message.not_before) == (Delivery.POSTPONED, NINE)
    assert len(queries.inbox(message.person_id)) == 1, "the inbox does not wait"

    sending.wake(at=NINE - timedelta(seconds=1))
    assert states() == [Delivery.POSTPONED]
    sending.wake(at=NINE)
    assert states() == [Delivery.QUEUED]


@pytest.mark.django_db
def test_what_would_not_help_any_more_is_recorded_and_not_shown():
    person = a_person()

    services.write_many([a_reminder(person, useful=False)], at=NOON)

    assert states() == [Delivery.NEEDLESS]
    assert queries.inbox(person) == []
    assert services.write_many([a_reminder(person)], at=NOON) == 0


@pytest.mark.django_db
def test_the_queue_goes_by_deadline_and_whoever_waits_at_the_screen_is_first():
    late, soon, waiting = (a_person() for _ in range(3))
    rows = [
        a_reminder(late, deadline=date(2026, 12, 20)),
        a_reminder(soon, deadline=date(2026, 11, 25)),
    ]
    services.write_many(rows, at=NOON)
    services.write(
        person_id=waiting,
        occasion=Occasion.WITHDRAWN,
        subject="SL1",
        values={"number": "SL1"},
        phone="13800006021",
        at=NOON,
        at_screen=True,
        due_on=TODAY,
    )

    claimed = sending.claim(provider="city", at=NOON, limit=10)

    assert [message.person_id for message in claimed] == [waiting, soon, late]


@pytest.mark.django_db
def test_who_waits_at_the_screen_is_told_at_night_too():
    person = a_person()
    common = {"person_id": person, "values": {}, "phone": "13800006021", "at": NIGHT}

    services.write(occasion=Occasion.REFUSED, subject="a", **common)
    services.write(occasion=Occasion.REFUSED, subject="b", at_screen=True, **common)

    assert states() == [Delivery.POSTPONED, Delivery.QUEUED]


@pytest.mark.django_db
def test_a_scheduled_message_is_not_shown_before_its_day():
    person = a_person()
    services.write_many([a_reminder(person, due_on=TODAY + timedelta(days=1))], at=NOON)
    assert queries.inbox(person) == []

    assert services.release_due(on=NIGHT.date(), at=NIGHT, limit=10) == 1

    assert states() == [Delivery.POSTPONED]
    assert len(queries.inbox(person)) == 1


@pytest.mark.django_db
def test_the_database_refuses_a_postponement_without_an_hour():
    services.write_many([a_reminder(a_person())], at=NOON)

    with pytest.raises(IntegrityError, match="notices_later_says_when"), transaction.atomic():
        Message.objects.update(delivery=Delivery.POSTPONED)


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_write_each_message_once():
    people = [a_person() for _ in range(40)]
    rows = [a_reminder(person) for person in people]
    counts: list[int] = []

    def write(mine: list[NewMessage]) -> None:
        counts.append(services.write_many(mine, at=NOON))
        connection.close()

    threads = [
        threading.Thread(target=write, args=(mine,)) for mine in (rows, list(reversed(rows)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 40 == Message.objects.count()


def lies_in_the_row() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM notices_message m")
        return str(cursor.fetchall())


@pytest.mark.django_db
def test_a_pickup_code_is_sealed_in_the_row_and_whole_in_the_text():
    person = a_person()
    values = {"number": "BL1", "tracking": "SF7719", "code": "482913"}
    services.write(
        person_id=person,
        occasion=Occasion.CARD_POSTED,
        subject="KP1",
        values=values,
        phone="13800006021",
        at=NOON,
    )

    assert "482913" not in lies_in_the_row()
    assert "SF7719" not in lies_in_the_row()
    assert "BL1" in lies_in_the_row()
    assert "取件码482913" in queries.inbox(person)[0].text
    (claimed,) = sending.claim(provider="city", at=NOON, limit=10)
    assert claimed.values == values
    secret = replace(a_reminder(person), values={"code": "1"})
    with pytest.raises(ValueError, match="sealed"):
        services.write_many([secret], at=NOON)

    Message.objects.update(values=values, secret=None)  # as rows were written before
    migration = import_module("juzhu.modules.notices.migrations.0008_secret_values")
    migration.seal(apps, None)
    assert "482913" not in lies_in_the_row()
    assert "取件码482913" in queries.inbox(person)[0].text
