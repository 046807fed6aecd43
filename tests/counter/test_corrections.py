"""Refused on data that were late or wrong: asked about again, put right, told.

Two officers where it changes the past.
"""

from datetime import date, timedelta

import pytest

from juzhu.domain.calendar import add_months
from juzhu.domain.facts import Registration
from juzhu.domain.verification import verify
from juzhu.domain.vocabulary import Business, Insurance, PermitState, Source
from juzhu.journeys import apply, corrections
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.corrections import Weighed
from juzhu.modules.cases.models import Decision, Recheck
from juzhu.modules.notices import queries as notices
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.departments import InsuranceEntry, RegisteredHome, RegistrationsEntry
from tests.counter.conftest import hire
from tests.counter.test_review import apply_as, decide, take
from tests.factories import HOUSE, NOON, TODAY, a_person, an_application, months
from tests.web.conftest import ADDRESS, EMPLOYER, World, forward

LAST_DAY = TODAY + timedelta(days=6)


@pytest.fixture
def holder(world: World) -> int:
    """Return the holder of a permit in the last week of its window."""
    person_id = a_person()
    issued = (LAST_DAY + timedelta(days=1)).replace(year=LAST_DAY.year - 1)
    permit_services.issue(person_id=person_id, on=issued, at=NOON, occasion="SL1")
    return person_id


def refused(world: World, person_id: int, business="endorsement", insured=7) -> str:
    world.insured_months = insured
    number = apply_as(world, person_id, business)
    assert cases.case_of(person_id, number).state is CaseState.REFUSED
    return number


def ask(world: World, number: str, person_id: int) -> Weighed:
    return corrections.recheck(number=number, person_id=person_id, at=world.now)


def occasions(person_id: int) -> list[str]:
    return [message.occasion for message in notices.inbox(person_id)]


def test_corrected_data_after_a_lapse_close_the_gap_by_two_officers(world, desk, watch, holder):
    reviewer, second = hire(watch, "reviewer"), hire(watch, "supervisor")
    number = refused(world, holder)
    forward(world, days=20)  # the permit has lapsed
    assert permits.permit_of(holder, world.now.date()).status.state is PermitState.SUSPENDED
    lapsed_on = world.now.date() - timedelta(days=1)
    world.insured_months = 9

    assert ask(world, number, holder) is Weighed.TO_OFFICERS

    assert "being_corrected" in occasions(holder)
    assert permits.permit_of(holder, world.now.date()).status.state is PermitState.SUSPENDED
    assert "部门更正了数据" in reviewer.client.get("/review/").content.decode()
    take(reviewer, number)
    decide(reviewer, number, "record_corrected", "社保局更正了两个月")
    second.client.post(f"/review/{number}/sign/", {"accept": "yes"})
    case = cases.case_of(holder, number)
    assert (case.state, case.ruling.second_by) == (CaseState.APPROVED, second.username)
    permit = permits.permit_of(holder, world.now.date())
    assert permit.status.state is PermitState.VALID
    assert permit.status.continuous_since == permit.status.issued_on
    assert occasions(holder)[0] == "corrected"
    answer = verify(permits.histories([holder])[holder], lapsed_on)
    assert answer.standing.value == "valid"
    assert answer.recorded_later == ((TODAY, world.now.date()),)
    assert ask(world, number, holder) is Weighed.OVER


def test_months_that_are_posted_late_are_granted_by_the_machine_in_the_window(
    world, holder, monkeypatch
):
    number = refused(world, holder)
    forward(world, days=3)
    paid = months(add_months(date(2026, 10, 1), -6), date(2026, 11, 1))
    home = RegistrationsEntry(
        (RegisteredHome(Registration(add_months(TODAY, -20), None, HOUSE), ADDRESS),)
    )
    now = {
        Source.INSURANCE: InsuranceEntry({Insurance.PENSION: paid}, EMPLOYER),
        Source.REGISTRATIONS: home,
    }
    before = world._entry
    monkeypatch.setattr(world, "_entry", lambda s, name: now.get(s) or before(s, name))

    assert ask(world, number, holder) is Weighed.GRANTED

    case = cases.case_of(holder, number)
    assert case.state is CaseState.APPROVED
    assert permits.permit_of(holder, TODAY).status.valid_through.year == LAST_DAY.year + 1
    assert list(Decision.objects.order_by("attempt").values_list("outcome", flat=True)) == [
        "refused",
        "approved",
    ]
    assert occasions(holder) == ["corrected", "refused"]


def test_a_late_endorsement_made_meanwhile_becomes_one_in_time(world, desk, watch, holder):
    reviewer, second = hire(watch, "reviewer"), hire(watch, "supervisor")
    number = refused(world, holder)
    forward(world, days=20)
    world.insured_months = 16
    late = an_application(Business.ENDORSEMENT, key="late")
    apply.submit(person_id=holder, application=late, at=world.now)
    late_on = world.now.date()
    assert permits.permit_of(holder, late_on).status.continuous_since == late_on

    assert ask(world, number, holder) is Weighed.TO_OFFICERS
    take(reviewer, number)
    decide(reviewer, number, "record_corrected")
    second.client.post(f"/review/{number}/sign/", {"accept": "yes"})

    status = permits.permit_of(holder, late_on).status
    assert status.continuous_since == status.issued_on


def test_a_first_permit_refused_wrongly_is_put_before_officers_and_asked_about_for_sixty_days(
    world, desk
):
    person_id = a_person()
    number = refused(world, person_id, "first-issue", insured=9)
    days = []
    while (row := Recheck.objects.first()) and len(days) < 50:
        days.append((row.next_on - TODAY).days)
        world.now = NOON + timedelta(days=days[-1])
        world.insured_months = 9
        assert corrections.begin_rechecks(on=world.now.date()) == 1
        assert ask(world, number, person_id) is Weighed.SAME
    assert days == [1, 2, 3, 4, 5, 6, 7, 14, 21, 28, 35, 42, 49, 56]
    assert cases.case_of(person_id, number).state is CaseState.REFUSED


def test_a_corrected_first_application_waits_for_officers_unless_the_person_holds_one(world, desk):
    person_id, other = a_person(), a_person()
    number, second = (refused(world, who, "first-issue", insured=9) for who in (person_id, other))
    permit_services.issue(person_id=other, on=TODAY, at=NOON, occasion="SL2")
    world.insured_months = 16

    assert ask(world, number, person_id) is Weighed.TO_OFFICERS
    assert ask(world, second, other) is Weighed.OVER
    assert cases.case_of(person_id, number).corrected_at is not None


def test_worse_data_take_nothing_away(world, desk):
    person_id = a_person()
    world.insured_months = 16
    number = apply_as(world, person_id)
    world.insured_months = 0

    assert not Recheck.objects.exists()
    assert ask(world, number, person_id) is Weighed.OVER
    assert cases.case_of(person_id, number).state is CaseState.APPROVED
