"""Accepting and deciding: one transaction, whole effect, one case however often it is sent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from juzhu.domain.vocabulary import Business, PermitState, Source
from juzhu.modules.cases import queries, services
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.cases.services import Accepted, LiveCaseExists
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.ports.departments import HukouEntry
from tests.factories import (
    NOON,
    TODAY,
    a_person,
    an_application,
    answers,
    facts,
    looks_of,
    noon,
    without,
)

pytestmark = pytest.mark.django_db


def accept(person_id, business=Business.FIRST_ISSUE, key="k", at=NOON):
    accepted = services.accept(
        person_id=person_id, application=an_application(business, key), at=at
    )
    assert isinstance(accepted, Accepted)
    return accepted.number


def decide(number, known=None, at=NOON, **answering):
    services.decide(
        number=number, facts=known or facts(), answers=answers(at=at, **answering), at=at
    )


def occasions(person_id):
    return [message.occasion for message in notices.inbox(person_id)]


def jobs(task):
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name=task)


def test_acceptance_gives_a_number_at_once_and_a_job_that_rescues_the_case():
    person_id = a_person()

    number = accept(person_id)

    case = queries.case_of(person_id, number)
    assert number.startswith("SL20261124")
    assert (case.state, case.accepted_on, case.decided_at) == (CaseState.ACCEPTED, TODAY, None)
    assert jobs("pursue_case").filter(args={"number": number, "attempts": 0}).count() == 1


def test_approval_puts_the_permit_in_force_the_same_day_with_all_its_effects():
    person_id = a_person()
    number = accept(person_id)

    decide(number)

    case = queries.case_of(person_id, number)
    permit = permits.permit_of(person_id, TODAY)
    assert case.state is CaseState.APPROVED
    assert case.permit_number == permit.number
    assert permit.status.state is PermitState.VALID
    assert occasions(person_id) == [Occasion.ISSUED]
    assert jobs("deliver_message").count() == 1
    assert [look.occasion for look in looks_of(person_id)] == [number]
    assert {answer.source for answer in case.answers} == set(Source) - {Source.PERMIT}


def test_refusal_says_every_condition_and_the_first_day_that_passes():
    person_id = a_person()
    number = accept(person_id)

    decide(number, facts(insured_months=9))

    case = queries.case_of(person_id, number)
    assert case.state is CaseState.REFUSED
    assert case.earliest_day == date(2027, 2, 1)
    unmet = {finding.condition: finding.found for finding in case.findings if not finding.met}
    assert unmet == {"insurance_consecutive": 9, "insurance_in_two_years": 9}
    assert permits.permit_of(person_id, TODAY) is None
    assert occasions(person_id) == [Occasion.REFUSED]


def test_a_silent_department_keeps_the_case_and_asks_again():
    person_id = a_person()
    number = accept(person_id)

    decide(number, without(facts(), Source.INSURANCE), silent=[Source.INSURANCE])

    case = queries.case_of(person_id, number)
    assert case.state is CaseState.WAITING
    assert case.silent == (Source.INSURANCE,)
    assert case.next_try_at == NOON + timedelta(seconds=30)
    assert occasions(person_id) == [Occasion.WAITING]
    assert jobs("pursue_case").filter(args={"number": number, "attempts": 1}).count() == 1


def test_a_waiting_case_is_told_once_and_decided_by_its_acceptance_day():
    person_id = a_person()
    number = accept(person_id)
    known = facts()
    for hours in (1, 2):
        at = NOON + timedelta(hours=hours)
        decide(number, without(known, Source.INSURANCE), at=at, silent=[Source.INSURANCE])
    # Two days later the home is given up: on the acceptance day it was still registered.
    home = known.registrations[0]._replace(end=TODAY)
    later = noon(TODAY + timedelta(days=2))

    decide(number, replace(known, registrations=(home,)), at=later)

    case = queries.case_of(person_id, number)
    assert case.state is CaseState.APPROVED
    assert permits.permit_of(person_id, later.date()).status.issued_on == later.date()
    assert occasions(person_id) == [Occasion.ISSUED, Occasion.WAITING]


def test_a_name_that_does_not_match_goes_to_an_officer_and_is_never_refused():
    from juzhu.domain.facts import Identity

    person_id = a_person()
    number = accept(person_id)

    decide(number, replace(facts(), identity=Identity.MISMATCHED))

    assert queries.case_of(person_id, number).state is CaseState.IN_REVIEW
    assert [case.number for case in queries.review_queue()] == [number]
    assert occasions(person_id) == [Occasion.IN_REVIEW]


def test_deciding_twice_changes_nothing():
    person_id = a_person()
    number = accept(person_id)
    decide(number)
    before = queries.case_of(person_id, number)

    decide(number, facts(insured_months=1))

    assert queries.case_of(person_id, number) == before
    assert len(notices.inbox(person_id)) == 1


def test_the_same_form_sent_twice_is_one_case():
    person_id = a_person()
    first = accept(person_id)

    again = services.accept(person_id=person_id, application=an_application(), at=NOON)

    assert again == Accepted(first, fresh=False)


@pytest.mark.django_db(transaction=True)
def test_a_second_case_of_one_business_gets_the_number_of_the_first():
    person_id = a_person()
    first = accept(person_id)

    second = services.accept(
        person_id=person_id, application=an_application(key="another tab"), at=NOON
    )

    assert second == LiveCaseExists(first)


def test_two_people_may_use_the_same_key():
    assert accept(a_person()) != accept(a_person())


class TestEndorsement:
    """签注: on time, late, too early, held, ended by hukou."""

    ISSUED = date(2026, 1, 10)

    def holder(self, issued=ISSUED):
        person_id = a_person()
        permit_services.issue(person_id=person_id, on=issued, at=noon(issued), occasion="SL0")
        return person_id

    def endorse(self, person_id, on, known=None, key="e", **answering):
        number = accept(person_id, Business.ENDORSEMENT, key, noon(on))
        decide(number, known or facts(on), noon(on), **answering)
        return queries.case_of(person_id, number)

    def test_on_time_adds_a_year_and_loses_no_day(self):
        person_id = self.holder()

        case = self.endorse(person_id, TODAY)

        status = permits.permit_of(person_id, TODAY).status
        assert case.number.startswith("QZ")
        assert case.state is CaseState.APPROVED
        assert (status.valid_through, status.anchor) == (date(2028, 1, 9), self.ISSUED)

    def test_late_restores_from_the_day_and_restarts_the_anchor(self):
        person_id = self.holder(date(2025, 1, 10))

        self.endorse(person_id, TODAY)

        status = permits.permit_of(person_id, TODAY).status
        assert (status.state, status.anchor) == (PermitState.VALID, TODAY)
        assert status.valid_through == date(2027, 11, 23)

    def test_too_early_is_refused_with_the_first_day(self):
        person_id = self.holder(TODAY - timedelta(days=30))

        case = self.endorse(person_id, TODAY)

        timing = next(f for f in case.findings if f.condition == "endorsement_timing")
        assert case.state is CaseState.REFUSED
        assert timing.passes_on == permits.permit_of(person_id, TODAY).status.window_opens

    def test_submitted_on_the_last_day_and_decided_the_day_after_is_on_time(self):
        person_id = self.holder(date(2025, 11, 25))
        last_day = TODAY
        number = accept(person_id, Business.ENDORSEMENT, "e", noon(last_day))
        silent = without(facts(last_day), Source.INSURANCE)
        decide(number, silent, noon(last_day), silent=[Source.INSURANCE])
        next_day = noon(last_day + timedelta(days=1))
        between = permits.permit_of(person_id, next_day.date()).status

        decide(number, facts(last_day), next_day)

        after = permits.permit_of(person_id, next_day.date()).status
        assert (between.state, between.case_open) == (PermitState.SUSPENDED, True)
        assert (after.state, after.valid_through) == (PermitState.VALID, date(2027, 11, 24))
        assert after.continuous_since == date(2025, 11, 25)

    def test_a_case_accepted_on_the_last_catch_up_day_holds_the_cancellation(self):
        person_id = self.holder(date(2023, 11, 25))  # suspended 2024-11-25, cancelled 2026-11-25
        number = accept(person_id, Business.ENDORSEMENT)
        tomorrow = noon(TODAY + timedelta(days=1))
        held = permits.permit_of(person_id, tomorrow.date()).status

        decide(number, facts(), tomorrow)

        restored = permits.permit_of(person_id, tomorrow.date()).status
        assert (held.state, held.cancelled_on) == (PermitState.SUSPENDED, None)
        assert (restored.state, restored.anchor) == (PermitState.VALID, TODAY)

    def test_a_refused_held_case_lets_the_permit_end_on_the_day_of_the_refusal(self):
        person_id = self.holder(date(2023, 11, 25))
        number = accept(person_id, Business.ENDORSEMENT)
        two_days_on = noon(TODAY + timedelta(days=2))

        decide(number, facts(insured_months=2), two_days_on)

        status = permits.permit_of(person_id, two_days_on.date()).status
        assert queries.case_of(person_id, number).state is CaseState.REFUSED
        assert (status.state, status.cancelled_on) == (PermitState.CANCELLED, two_days_on.date())

    def test_a_withdrawn_held_case_lets_go(self):
        person_id = self.holder(date(2023, 11, 25))
        number = accept(person_id, Business.ENDORSEMENT)

        services.withdraw(person_id=person_id, number=number, at=NOON)

        assert permits.permit_of(person_id, TODAY).status.cancelled_on == date(2026, 11, 25)
        assert queries.case_of(person_id, number).state is CaseState.WITHDRAWN

    def test_hukou_ends_the_case_and_cancels_from_its_day(self):
        person_id = self.holder()
        known = replace(facts(), shenzhen_hukou=True)

        case = self.endorse(
            person_id, TODAY, known, hukou=HukouEntry(shenzhen=True, since=date(2026, 10, 8))
        )

        status = permits.permit_of(person_id, TODAY).status
        assert case.state is CaseState.ENDED
        assert (status.state, status.cancelled_on) == (PermitState.CANCELLED, date(2026, 10, 8))

    def test_without_a_permit_it_is_refused_not_broken(self):
        case = self.endorse(a_person(), TODAY)

        assert case.state is CaseState.REFUSED


def test_first_issue_while_holding_a_permit_is_refused():
    person_id = a_person()
    permit_services.issue(person_id=person_id, on=TODAY, at=NOON, occasion="SL0")
    number = accept(person_id)

    decide(number)

    case = queries.case_of(person_id, number)
    assert case.state is CaseState.REFUSED
    assert "no_live_permit" in [f.condition for f in case.findings if f.met is False]


def test_withdrawal_ends_a_live_case_and_leaves_a_closed_one():
    person_id = a_person()
    number = accept(person_id)

    services.withdraw(person_id=person_id, number=number, at=NOON)
    decide(number)
    services.withdraw(person_id=person_id, number=number, at=NOON)

    assert queries.case_of(person_id, number).state is CaseState.WITHDRAWN
    assert permits.permit_of(person_id, TODAY) is None
    assert occasions(person_id) == [Occasion.WITHDRAWN]


def test_a_review_is_asked_once_and_leaves_the_way_open_to_apply_again():
    person_id = a_person()
    number = accept(person_id)
    decide(number, facts(insured_months=9))

    for _ in range(2):
        services.ask_review(person_id=person_id, number=number, at=NOON)

    assert [case.number for case in queries.review_queue()] == [number]
    assert occasions(person_id) == [Occasion.IN_REVIEW, Occasion.REFUSED]
    assert accept(person_id, key="again") != number


def test_a_reminder_waits_for_its_day():
    person_id = a_person()
    number = accept(person_id)
    decide(number, facts(insured_months=9))

    services.remind(person_id=person_id, number=number, at=NOON)

    assert queries.case_of(person_id, number).remind_on == date(2027, 2, 1)
    assert Occasion.MAY_APPLY_NOW not in occasions(person_id)


@pytest.mark.parametrize("command", [services.withdraw, services.ask_review, services.remind])
def test_other_peoples_cases_look_absent(command):
    number = accept(a_person())
    stranger = a_person()

    with pytest.raises(CaseNotFoundError):
        command(person_id=stranger, number=number, at=NOON)
    with pytest.raises(CaseNotFoundError):
        queries.case_of(stranger, number)


def test_a_decision_can_be_replayed_to_the_same_bytes():
    import hashlib
    import json

    from juzhu.domain.evaluate import evaluate
    from juzhu.domain.wire import decision_to_json, facts_from_json
    from juzhu.modules.cases.models import Decision
    from juzhu.modules.vault.ring import ring

    person_id = a_person()
    number = accept(person_id)
    decide(number)
    row = Decision.objects.get()
    stored = ring().open_bytes(bytes(row.facts), label="cases_decision.facts")

    again = decision_to_json(evaluate(Business.FIRST_ISSUE, facts_from_json(stored), on=TODAY))

    receipts = [[a.source, a.status, a.receipt] for a in queries.case_of(person_id, number).answers]
    parts = (stored, json.dumps(receipts).encode(), again)
    assert hashlib.sha256(b"\0".join(parts)).digest() == bytes(row.digest)
    kept = [{key: f[key] for key in f if key != "kind"} for f in row.findings]
    assert json.loads(again)["findings"] == kept
