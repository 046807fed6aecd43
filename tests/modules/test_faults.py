"""A fault that is not theirs costs nobody a day."""

from datetime import date, timedelta

import pytest
from django.db import connection

from juzhu.domain.permit import ActionKind
from juzhu.domain.vocabulary import PermitState, Source
from juzhu.journeys import faults as journey
from juzhu.modules.faults import outages, queries, services
from juzhu.modules.faults.contracts import Part
from juzhu.modules.notices.models import Message
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.departments import Counted
from tests.factories import TODAY, a_person, noon

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


def a_permit(closes: date):
    """Issue a permit whose last day is `closes`."""
    issued = (closes + timedelta(days=1)).replace(year=closes.year - 1)
    return permit_services.issue(
        person_id=a_person(), on=issued, at=noon(issued), occasion=f"SL-{closes}"
    )


def a_fault(first=YESTERDAY, last=YESTERDAY, **given):
    return services.record(
        **{
            "part": Part.SERVICE,
            "first": first,
            "last": last,
            "reason": "停电",
            "recorded_by": "operator",
            "at": noon(TODAY),
        }
        | given
    )


def through(permit, on=TODAY):
    return permits.permit_of(permit.person_id, on).status.valid_through


def test_windows_in_their_last_days_are_extended_and_their_holders_told():
    touched, lapsed = a_permit(TODAY + timedelta(days=2)), a_permit(YESTERDAY)
    later, earlier = a_permit(TODAY + timedelta(days=9)), a_permit(YESTERDAY - timedelta(days=1))
    number = a_fault()

    assert journey.extend_windows(fault_number=number, at=noon(TODAY)) == 2

    assert through(touched) == TODAY + timedelta(days=3)
    assert through(lapsed) == TODAY
    assert permits.permit_of(lapsed.person_id, TODAY).status.state is PermitState.IN_WINDOW
    assert through(later) == TODAY + timedelta(days=9)
    assert through(earlier) == YESTERDAY - timedelta(days=1)
    told = Message.objects.values_list("person_id", "values")
    assert dict(told)[lapsed.person_id] == {"valid_through": TODAY.isoformat()}
    assert len(told) == 2


def test_a_fault_gives_its_days_once():
    permit = a_permit(TODAY)
    number = a_fault()

    assert a_fault() == number
    journey.extend_windows(fault_number=number, at=noon(TODAY))
    assert journey.extend_windows(fault_number=number, at=noon(TODAY)) == 0

    assert through(permit) == TODAY + timedelta(days=1)


def test_a_day_on_which_two_things_were_down_is_given_once():
    permit = a_permit(TODAY)
    for number in (
        a_fault(part=Part.INSURANCE),
        a_fault(part=Part.REGISTRATIONS),
        a_fault(first=YESTERDAY - timedelta(days=1)),
    ):
        journey.extend_windows(fault_number=number, at=noon(TODAY))

    assert through(permit) == TODAY + timedelta(days=2)


def ask_all_day(hours: int, part: Source = Source.INSURANCE, silent: int = 1) -> None:
    begin = noon(YESTERDAY)
    outages.note(
        [
            Counted(part, begin + timedelta(minutes=5 * n), 1 - silent, silent)
            for n in range(hours * 12)
        ]
    )


def test_a_register_that_was_silent_for_hours_is_a_fault_by_itself():
    permit = a_permit(TODAY)
    ask_all_day(5)
    ask_all_day(5, Source.HUKOU, silent=0)

    assert outages.notice(on=TODAY, at=noon(TODAY)) == 1
    assert outages.notice(on=TODAY, at=noon(TODAY)) == 0

    [fault] = queries.faults()
    assert (fault.part, fault.first, fault.last) == (Part.INSURANCE, YESTERDAY, YESTERDAY)
    assert "5小时" in fault.reason
    journey.extend_windows(fault_number=fault.number, at=noon(TODAY))
    assert through(permit) == TODAY + timedelta(days=1)


def test_what_was_recorded_by_hand_is_not_recorded_or_asked_again():
    a_fault(part=Part.INSURANCE)
    ask_all_day(5)
    assert outages.notice(on=TODAY, at=noon(TODAY)) == 0


def test_a_shorter_silence_is_asked_about_once():
    ask_all_day(2)
    assert outages.notice(on=TODAY, at=noon(TODAY)) == 1
    assert outages.notice(on=TODAY, at=noon(TODAY)) == 0
    [doubt] = queries.proposals()

    assert services.answer(number=doubt.number, accept=False, by="s1", at=noon(TODAY)) is None
    assert services.answer(number=doubt.number, accept=True, by="s2", at=noon(TODAY)) is None
    assert outages.notice(on=TODAY, at=noon(TODAY)) == 0
    assert queries.faults() == queries.proposals() == []


def test_an_endorsement_made_late_by_the_fault_becomes_one_in_time():
    permit = a_permit(YESTERDAY)
    permit_services.act(
        permit_id=permit.id, kind=ActionKind.ENDORSED, on=TODAY, at=noon(TODAY), occasion="QZ1"
    )
    assert permits.permit_of(permit.person_id, TODAY).status.continuous_since == TODAY

    number = a_fault()
    journey.extend_windows(fault_number=number, at=noon(TODAY))

    status = permits.permit_of(permit.person_id, TODAY).status
    assert status.continuous_since == permit.status.issued_on
    assert status.valid_through == YESTERDAY.replace(year=YESTERDAY.year + 1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(TODAY, YESTERDAY, "before it begins"), (TODAY, TODAY + timedelta(days=1), "not over yet")],
)
def test_days_that_cannot_be_are_refused(first, last, words):
    with pytest.raises(ValueError, match=words):
        a_fault(first, last)


def let_pass(hours: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE faults_heartbeat SET beat_at = beat_at - make_interval(hours => %s)", [hours]
        )


def test_our_own_silence_is_a_fault():
    assert services.beat(at=noon(YESTERDAY)) is None
    let_pass(hours=0)
    assert services.beat(at=noon(YESTERDAY)) is None
    let_pass(hours=20)

    number = services.beat(at=noon(TODAY))

    fault = queries.fault(number)
    assert (fault.first, fault.last, fault.part) == (YESTERDAY, TODAY, Part.SERVICE)
    assert fault.recorded_by == "system:heartbeat"
    assert services.beat(at=noon(TODAY)) is None


def test_a_day_that_travels_is_no_fault():
    services.beat(at=noon(YESTERDAY))

    assert services.beat(at=noon(TODAY + timedelta(days=300))) is None
