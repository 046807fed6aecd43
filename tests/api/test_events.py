"""The feed at the exchange: who is told what, in which form, and how one goes on."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.journeys import feed
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases import lives
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners import services as partner_services
from juzhu.modules.partners.models import Known
from juzhu.modules.people import queries as people
from juzhu.modules.people.models import Person
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services
from juzhu.ports.life_events import LifeEvent, LifeKind
from tests.api.conftest import Department, FixedClock, new_key, problem, register
from tests.factories import TODAY, a_person, an_id_number, noon

DAY = timedelta(days=1)
ISSUED = date(2025, 12, 1)
LAPSE = date(2026, 12, 1)


def issue(on=ISSUED):
    return services.issue(person_id=a_person(), on=on, at=noon(TODAY), occasion="SL1")


def verify(department, *permits):
    """What a verification leaves behind: the department knows these people from now on."""
    people = Person.objects.filter(pk__in=[permit.person_id for permit in permits])
    partner_services.learn(
        partner_id=partners.partner(department.code).id,
        people=[(person.pk, bytes(person.id_digest)) for person in people],
        at=noon(TODAY),
    )


def ask_about(department, number):
    question = {"purpose": "school-enrolment", "id_number": number, "name": "陈小明"}
    answer = department.ask("POST", "/api/v1/verifications", json=question)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(department, after=None, **query):
    query = "&".join(f"{k}={v}" for k, v in (query | ({"after": after} if after else {})).items())
    return department.ask("GET", f"/api/v1/events?{query}")


def told(department, after=None, **query):
    answer = read(department, after, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def types(page):
    return [event["type"].removeprefix("permit.") for event in page["events"]]


@pytest.fixture
def day(monkeypatch):
    """Let the clock stand on another day."""

    def stand(on):
        monkeypatch.setattr(FixedClock, "now_is", noon(on))

    return stand


def test_an_event_is_a_cloudevent(education):
    permit = issue()
    verify(education, permit)

    page = told(education)

    (event,) = page["events"]
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "http://127.0.0.1:8602/api/v1/events",
        "type": "permit.issued",
        "subject": Known.objects.get().pseudonym,
        "time": "2026-11-24T12:00:00+08:00",
        "datacontenttype": "application/json",
        "data": {"effective_on": "2025-12-01", "recorded_at": "2026-11-24T12:00:00+08:00"},
    }
    assert page["more"] is False
    assert told(education, page["next"])["events"] == []


def test_what_the_calendar_brings_is_there_on_its_day_though_no_job_ran(education, day):
    verify(education, issue())
    first = told(education)
    day(LAPSE - DAY)
    before = told(education, first["next"])
    day(LAPSE)

    (event,) = told(education, before["next"])["events"]

    assert types(first) == ["issued"]
    assert types(before) == []
    assert (event["type"], event["time"]) == ("permit.suspended", "2026-12-01T00:00:00+08:00")
    assert event["data"]["effective_on"] == "2026-12-01"


def test_what_was_told_and_is_not_so_is_corrected(education, day):
    permit = issue()
    verify(education, permit)
    day(LAPSE + DAY)
    told(education)
    services.act(
        permit_id=permit.id,
        kind=ActionKind.ENDORSED,
        on=LAPSE - DAY,
        at=noon(LAPSE + DAY),
        occasion="QZ1",
    )

    page = told(education)

    assert types(page) == ["issued", "suspended", "corrected", "endorsed"]
    assert page["events"][2]["data"] == {
        "effective_on": "2026-12-01",
        "recorded_at": "2026-12-02T12:00:00+08:00",
        "undoes": "permit.suspended",
    }


def test_a_corrected_number_is_told_and_the_old_one_leads_to_the_same_person(education):
    permit = issue()
    old = people.person(permit.person_id).id_number
    before = ask_about(education, old)
    cursor = told(education)["next"]
    new = an_id_number()
    event = LifeEvent(
        position=1,
        key="K1",
        source="population",
        kind=LifeKind.NUMBER_CORRECTED,
        id_number=old,
        on=TODAY,
        new_number=new,
    )

    lives.take(event, at=noon(TODAY))

    (event,) = told(education, cursor)["events"]
    assert (event["type"], event["data"]["corrects"]) == ("permit.corrected", "id_number")
    assert "undoes" not in event["data"]
    assert new not in json.dumps(event)
    subjects = {ask_about(education, number)["subject"] for number in (old, new)}
    assert subjects == {before["subject"], event["subject"]}


def test_nobody_is_followed_who_was_not_asked_about(education, border):
    known, stranger = issue(), issue()
    verify(education, known)
    verify(border, stranger)

    here, there = told(education), told(border)

    assert len(here["events"]) == len(there["events"]) == 1
    assert here["events"][0]["id"] != there["events"][0]["id"]


def test_two_departments_know_a_person_under_two_names(education, border):
    permit = issue()
    verify(education, permit)
    verify(border, permit)

    (here,), (there,) = told(education)["events"], told(border)["events"]

    assert here["id"] == there["id"]
    assert here["subject"] != there["subject"]


def test_a_person_met_later_is_told_of_from_then_on(education, day):
    permit = issue()
    told(education)
    verify(education, permit)
    with connection.cursor() as cursor:  # a verification long after the event
        cursor.execute("UPDATE partners_known SET noted_at = noted_at + interval '2 minutes'")
    assert told(education)["events"] == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_known SET noted_at = noted_at - interval '2 minutes'")
    services.act(
        permit_id=permit.id,
        kind=ActionKind.CANCELLED,
        on=TODAY,
        at=noon(TODAY),
        occasion="x",
        reason=CancelReason.DEATH,
    )

    assert types(told(education))[-1] == "cancelled"


def test_pages_of_one_lead_through_all(education):
    permits = [issue(ISSUED + number * DAY) for number in range(5)]
    verify(education, *permits)
    whole = told(education)

    found, after = [], None
    while True:
        page = told(education, after, limit=1)
        found += page["events"]
        after = page["next"]
        if not page["more"] and not page["events"]:
            break

    assert found == whole["events"]
    assert len(found) == 5


def test_a_long_stretch_about_others_is_passed_in_pieces(education, monkeypatch):
    monkeypatch.setattr(feed, "SEEN_AT_ONCE", 3)
    for _ in range(7):
        issue()
    verify(education, issue())

    pieces, after = [], None
    while not pieces or pieces[-1]["more"]:
        pieces.append(told(education, after))
        after = pieces[-1]["next"]

    assert [types(piece) for piece in pieces] == [[], [], ["issued"]]


def test_each_event_told_is_a_line_the_holder_reads(education):
    permit = issue()
    verify(education, permit)

    (event,) = told(education)["events"]

    line = Entry.objects.get(person_id=permit.person_id, purpose=Purpose.EVENTS)
    assert (line.actor, line.occasion, line.note) == ("partner:education", event["id"], "issued")
    assert line.basis
    assert line.visible_from is None


def test_telling_a_department_whose_looks_are_confidential_is_no_sooner_shown(border):
    permit = issue()
    verify(border, permit)
    told(border)

    line = Entry.objects.get(person_id=permit.person_id, purpose=Purpose.EVENTS)
    assert line.visible_from - line.at == timedelta(days=30)


@pytest.mark.parametrize("after", ["x", "ä" * 32, "A" * 31, "A" * 33, "%00" * 32, "_" * 32])
def test_a_cursor_that_is_none_is_refused(education, after):
    answer = read(education, after)

    assert problem(answer)["slug"] == "invalid-request"
    assert answer.json()["errors"][0]["parameter"] == "after"


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", "1.5", ""])
def test_a_limit_that_is_none_is_refused(education, limit):
    assert problem(read(education, limit=limit))["slug"] == "invalid-request"


def test_a_misspelt_parameter_is_refused_rather_than_read_from_the_oldest(education):
    answer = read(education, cursor="A" * 32)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_a_register_that_was_set_back_says_so_and_whence_to_go_on(education):
    first = issue()
    verify(education, first)
    page = told(education)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM permits_event")

    refused = problem(read(education, page["next"]))

    assert (refused["slug"], refused["restart"]) == ("feed-set-back", None)
    verify(education, issue())
    assert types(told(education)) == ["issued"]


def test_a_cursor_older_than_the_feed_is_gone(education):
    issue()
    cursor = told(education)["next"]
    for _ in range(3):
        issue()
    told(education)
    newest = permits.head()
    with connection.cursor() as cursor_:
        cursor_.execute("DELETE FROM permits_event WHERE position < %s", [newest.position])

    assert problem(read(education, cursor))["slug"] == "cursor-too-old"


def test_the_round_forgets_what_is_older_than_400_days(education):
    issue()
    issue()
    told(education)

    assert feed.forget(noon(TODAY + 400 * DAY)) == 0
    assert feed.forget(noon(TODAY + 401 * DAY)) == 1


def test_without_the_grant_nothing_is_told(education):
    answer = education.fetch_token(scope="verify:school-enrolment")
    education.token = answer.json()["access_token"]

    assert problem(read(education))["slug"] == "purpose-not-granted"


def act(permit, kind, reason=None):
    services.act(
        permit_id=permit.id,
        kind=ActionKind(kind),
        on=TODAY,
        at=noon(TODAY),
        occasion=f"{kind} {reason}",
        reason=reason,
    )


def test_an_answer_and_events_that_cross_lose_nothing_and_keep_their_order(shared_exchange):
    """The verification saw the old state; the feed passed an event by before it was committed."""
    register("education", key := new_key())
    education = Department("education", key)
    permit = issue()
    verifying = connection.copy()
    with verifying.cursor() as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT now()")  # reads the state as it is
        act(permit, "cancelled", CancelReason.FRAUD)
        passed = told(education)
        act(permit, "cancellation_annulled")
        services.materialise_events(on=TODAY, at=noon(TODAY))  # somebody else reads: it is placed
        slow.execute(
            "INSERT INTO partners_known (partner_id, person_id, pseudonym, since) "
            "VALUES (%s, %s, 'somebody', now())",
            [partners.partner("education").id, permit.person_id],
        )
        slow.execute("COMMIT")
    verifying.close()
    act(permit, "cancelled", CancelReason.DEATH)

    after = told(education, passed["next"])

    assert passed["events"] == []
    assert types(after) == ["issued", "cancelled", "corrected", "cancelled"]
    assert told(education, after["next"])["events"] == []
