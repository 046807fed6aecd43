"""The change feed: what is written with which act, by the calendar, and read in which order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.modules.permits import feed as feed_module
from juzhu.modules.permits import queries, services
from juzhu.modules.permits.contracts import Place, PlaceElsewhereError, PlaceForgottenError
from tests.factories import NOON, a_person, noon

pytestmark = pytest.mark.django_db

FIRST = date(2024, 3, 1)
LAPSE, END = date(2025, 3, 1), date(2027, 3, 1)
DAY = timedelta(days=1)


def issue(on=FIRST, occasion="SL1"):
    return services.issue(person_id=a_person(), on=on, at=noon(on), occasion=occasion)


def act(permit, kind, on, *, at=None, occasion="QZ1", reason=None):
    services.act(
        permit_id=permit.id,
        kind=ActionKind(kind),
        on=on,
        at=noon(at or on),
        occasion=occasion,
        reason=reason,
    )


def materialise(on):
    return services.materialise_events(on=on, at=noon(on))


def feed(after=None, limit=1000):
    return queries.events(after=after, limit=limit).events


def told(permit=None):
    return [
        f"{event.kind}{f' {event.undoes}' if event.undoes else ''} {event.on}"
        for event in feed()
        if permit is None or event.permit_id == permit.id
    ]


def test_an_act_and_its_event_are_one():
    permit = issue()
    materialise(FIRST)

    (event,) = feed()

    assert (event.kind, event.on, event.person_id) == ("issued", FIRST, permit.person_id)
    assert event.recorded_at == noon(FIRST)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_taken_back_leaves_no_event():
    permit = issue()
    with transaction.atomic():
        act(permit, "endorsed", date(2025, 2, 1))
        transaction.set_rollback(True)
    materialise(date(2025, 2, 1))

    assert told() == ["issued 2024-03-01"]


def test_the_calendar_is_told_on_its_day_and_once():
    issue()

    assert materialise(LAPSE - DAY) == 0
    assert materialise(LAPSE) == 1
    assert materialise(LAPSE) == 0
    assert materialise(LAPSE - 30 * DAY) == 0  # a clock that went back harms nothing
    assert materialise(END - DAY) == 0
    assert materialise(END) == 1
    assert told() == ["issued 2024-03-01", "suspended 2025-03-01", "cancelled 2027-03-01"]


def test_years_without_any_call_are_made_up_for_in_order():
    issue()

    assert materialise(END + 100 * DAY) == 2
    assert told()[1:] == ["suspended 2025-03-01", "cancelled 2027-03-01"]


def test_days_are_the_legal_ones_whenever_it_ran():
    permit = issue()
    materialise(LAPSE + 5 * DAY)

    suspended = feed()[-1]

    assert (suspended.on, suspended.recorded_at) == (LAPSE, noon(LAPSE + 5 * DAY))
    assert queries.permit_by_id(permit.id, LAPSE).status.suspended_from == LAPSE


@pytest.mark.parametrize("recorded", [FIRST, LAPSE - DAY, LAPSE, LAPSE + DAY])
def test_a_permit_ended_on_the_day_of_its_lapse_is_not_suspended(recorded):
    permit = issue()
    act(permit, "cancelled", LAPSE, at=recorded, reason=CancelReason.OWN_REQUEST)
    materialise(END + DAY)

    assert told()[1:] == (
        ["cancelled 2025-03-01"]
        if recorded < LAPSE  # else the day had begun without function, for all that anybody knew
        else ["suspended 2025-03-01", "corrected suspended 2025-03-01", "cancelled 2025-03-01"]
    )


def test_an_end_that_is_still_to_come_is_told_on_its_day():
    permit = issue()
    act(permit, "cancelled", date(2024, 6, 1), at=FIRST, reason=CancelReason.OWN_REQUEST)
    materialise(date(2024, 5, 31))
    before = told()
    materialise(date(2024, 6, 1))

    assert before == ["issued 2024-03-01"]
    assert told() == ["issued 2024-03-01", "cancelled 2024-06-01"]


def test_an_endorsement_accepted_in_time_takes_the_suspension_back():
    permit = issue()
    materialise(LAPSE)
    act(permit, "endorsed", LAPSE - DAY, at=LAPSE + 8 * DAY)
    materialise(LAPSE + 8 * DAY)

    assert told()[1:] == [
        "suspended 2025-03-01",
        "corrected suspended 2025-03-01",
        "endorsed 2025-02-28",
    ]
    assert materialise(date(2026, 3, 1)) == 1
    assert told()[-1] == "suspended 2026-03-01"


def test_what_nobody_read_is_told_before_it_is_taken_back():
    """Who verified in between was told of the suspension: the feed must not know less."""
    permit = issue()
    act(permit, "endorsed", LAPSE - DAY, at=LAPSE + 8 * DAY)
    materialise(LAPSE + 8 * DAY)

    assert told()[1:] == [
        "suspended 2025-03-01",
        "corrected suspended 2025-03-01",
        "endorsed 2025-02-28",
    ]


def test_a_permit_taken_over_tells_its_whole_story():
    services.take_over(
        person_id=a_person(),
        issued_on=date(2020, 1, 1),
        endorsed_on=[date(2020, 12, 1), date(2022, 5, 1)],
        at=noon(date(2023, 6, 1)),
        occasion="legacy",
    )
    materialise(date(2023, 6, 1))

    assert told() == [
        "issued 2020-01-01",
        "endorsed 2020-12-01",
        "suspended 2022-01-01",
        "endorsed 2022-05-01",
        "restored 2022-05-01",
        "suspended 2023-05-01",
    ]


def test_a_new_permit_costs_one_more_statement(django_assert_num_queries):
    person_id = a_person()

    with django_assert_num_queries(3):
        services.issue(person_id=person_id, on=FIRST, at=NOON, occasion="SL1")


def test_a_read_with_nothing_to_do_looks_twice_and_writes_nothing(django_assert_num_queries):
    issue()
    materialise(FIRST)

    with django_assert_num_queries(2):
        materialise(FIRST)


# --- places --------------------------------------------------------------------------------------


def walk(limit):
    place, seen = Place(), []
    while True:
        window = queries.events(after=place, limit=limit)
        seen += window.events
        if not window.events:
            return seen
        place = window.events[-1].place


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_make_the_same_feed(limit):
    for number in range(4):
        issue(occasion=f"SL{number}")
    materialise(END)

    assert walk(limit) == feed()
    assert [event.position for event in feed()] == list(range(1, 13))


def test_places_leave_no_gap_after_an_act_that_was_taken_back():
    issue()
    materialise(FIRST)
    with transaction.atomic():
        issue(occasion="SL2")
        transaction.set_rollback(True)
    issue(occasion="SL3")
    materialise(FIRST)

    assert [event.position for event in feed()] == [1, 2]


def set_back(to):
    """What a register restored from an older copy looks like: the newest events never were."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM permits_event WHERE position > %s", [to])


def test_a_place_of_a_history_that_is_lost_is_told_from_one_that_goes_on():
    for number in range(5):
        issue(FIRST + number * DAY, f"SL{number}")
    materialise(FIRST + 5 * DAY)
    second, last = feed()[1].place, feed()[4].place
    set_back(3)

    with pytest.raises(PlaceElsewhereError) as beyond:
        queries.events(after=last, limit=10)
    for number in range(5, 9):
        issue(FIRST + number * DAY, f"SL{number}")
    materialise(FIRST + 9 * DAY)
    with pytest.raises(PlaceElsewhereError) as overtaken:
        queries.events(after=last, limit=10)

    # Everything recorded since the loss lies behind the place that is offered instead.
    assert beyond.value.restart == overtaken.value.restart == feed()[2].place
    assert [event.position for event in feed(second)] == [3, 4, 5, 6, 7]


def test_what_is_no_longer_kept_is_said_to_be_gone():
    for number in range(3):
        issue(FIRST + number * DAY, f"SL{number}")
    materialise(FIRST + 3 * DAY)
    places = [event.place for event in feed()]

    assert services.forget_events(before=noon(FIRST + 2 * DAY)) == 2
    assert [event.position for event in feed()] == [3]
    for place in (Place(), places[0]):
        with pytest.raises(PlaceForgottenError):
            queries.events(after=place, limit=10)
    assert services.forget_events(before=noon(FIRST + 900 * DAY)) == 0  # the newest stays
    issue(FIRST + 4 * DAY, "SL9")
    materialise(FIRST + 4 * DAY)
    assert [event.position for event in feed(places[2])] == [4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE permits_event SET kind = 'issued'",
        "UPDATE permits_event SET position = position + 1",
        "UPDATE permits_event SET position = NULL, numbered_at = NULL",
        "TRUNCATE permits_event",
    ],
)
def test_an_event_never_changes(statement):
    issue()
    materialise(FIRST)

    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


# --- many at once --------------------------------------------------------------------------------

_WRITE = """
    INSERT INTO permits_event (permit_id, person_id, recorded_at, kind, undoes, effective_on)
    VALUES (1, 1, now(), 'issued', '', %s) RETURNING id
"""
_BY_SEQUENCE = "SELECT id FROM permits_event WHERE id > %s ORDER BY id"


@pytest.fixture
def another(transactional_db):
    """A connection beside Django's own."""
    with psycopg.connect(_dsn()) as link:
        yield link


def _dsn():
    given = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=given["HOST"], port=given["PORT"] or None, user=given["USER"], dbname=given["NAME"]
    )


@pytest.mark.django_db(transaction=True)
def test_a_cursor_over_a_sequence_loses_what_commits_late_and_the_feed_does_not(another):
    (slow,) = another.execute(_WRITE, [FIRST]).fetchone()  # written first, committed last
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [FIRST])
        quick = cursor.fetchone()[0]
        cursor.execute(_BY_SEQUENCE, [0])
        by_sequence = [row[0] for row in cursor]
        materialise(FIRST)
        by_feed = feed()

        another.commit()
        cursor.execute(_BY_SEQUENCE, [by_sequence[-1]])
        by_sequence += [row[0] for row in cursor]
        materialise(FIRST)
        by_feed += feed(by_feed[-1].place)

        cursor.execute("SELECT id, key FROM permits_event")
        keys = dict(cursor.fetchall())

    assert slow < quick
    assert by_sequence == [quick]  # the slow one is lost for ever
    assert [event.key for event in by_feed] == [keys[quick], keys[slow]]


@pytest.mark.django_db(transaction=True)
def test_an_act_under_way_is_not_overtaken_by_the_calendar(another):
    permit = issue()
    another.execute("SELECT FROM permits_permit WHERE id = %s FOR UPDATE", [permit.id])

    assert materialise(LAPSE) == 0  # its writer may be about to endorse it, as of yesterday
    another.rollback()
    assert materialise(LAPSE) == 1


@pytest.mark.django_db(transaction=True)
def test_places_are_given_by_one_at_a_time(another):
    issue()
    another.execute("SELECT pg_advisory_xact_lock(%s)", [feed_module._TURN])
    with ThreadPoolExecutor(1) as elsewhere:
        waiting = elsewhere.submit(_materialise_elsewhere)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        another.execute(feed_module._NUMBER, [10])
        another.commit()
        waiting.result()

    assert [event.position for event in feed()] == [1]


def _materialise_elsewhere():
    try:
        materialise(FIRST)
    finally:
        connection.close()
