"""The review queue: clocks, claims, rulings that replay, the second signature, samples."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from juzhu.domain.calendar import add_months
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases import figures, in_review, reviews
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import services as case_services
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.models import Case, Decision, ProposedRuling
from juzhu.modules.notices import queries as notices
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY, a_person
from tests.web.conftest import World

WORDS = "看过身份证和户口簿，名字里的字写法不同，是同一个人"


@pytest.fixture
def reviewer(desk, watch) -> Staff:
    return hire(watch, "reviewer")


@pytest.fixture
def second(desk, watch) -> Staff:
    return hire(watch, "supervisor")


def apply_as(world: World, person_id: int, business: str = "first-issue") -> str:
    """Apply over the citizens' way; return the acceptance number."""
    from juzhu.domain.vocabulary import Business
    from juzhu.journeys import apply
    from tests.factories import an_application

    application = an_application(Business(business), key=f"k{person_id}{business}")
    return apply.submit(person_id=person_id, application=application, at=world.now).case.number


@pytest.fixture
def doubtful(world, desk) -> str:
    """Return a case that no machine can decide: the register spells the name otherwise."""
    world.population_name = "陈晓明"
    number = apply_as(world, a_person())
    assert Case.objects.get(number=number).state == CaseState.IN_REVIEW
    return number


@pytest.fixture
def refused(world, desk) -> str:
    """Return a refused endorsement whose holder asked for a human review."""
    person_id = a_person()
    permit_services.issue(person_id=person_id, on=add_months(TODAY, -11), at=NOON, occasion="SL1")
    world.insured_months = 3
    number = apply_as(world, person_id, "endorsement")
    case_services.ask_review(person_id=person_id, number=number, at=world.now)
    return number


def owner(number: str) -> int:
    return Case.objects.get(number=number).person_id


def decide(staff: Staff, number: str, reason: str, words: str = WORDS):
    return staff.client.post(f"/review/{number}/decide/", {"reason": reason, "words": words})


def take(staff: Staff, number: str):
    return staff.client.post(f"/review/{number}/claim/")


def test_the_nearest_limit_stands_first_counted_in_real_working_days(world, desk, reviewer):
    world.population_name = "陈晓明"
    world.now = NOON.replace(month=9, day=25)  # before the National Day holiday
    early = apply_as(world, a_person(phone="13800006001"))
    world.now = NOON
    late = apply_as(world, a_person(phone="13800006002"))

    items = reviewer.client.get("/review/").context["items"]

    assert [item.case.number for item, _, _ in items] == [early, late]
    assert items[0][0].due == date(2026, 10, 12)  # the tenth is a working Saturday
    assert items[0][0].days_left < 0
    assert items[1][0].due == date(2026, 12, 3)
    assert items[1][0].days_left == 7
    assert items[1][0].issue_by == date(2026, 12, 15)


def test_the_menu_warns_before_a_limit_runs_out(world, doubtful, reviewer):
    def load():
        return reviewer.client.get("/review/").context["load"]

    assert (load().waiting, load().soon, load().over) == (1, 0, 0)
    world.now = NOON + timedelta(days=7)  # Tuesday after: two working days left
    assert (load().soon, load().over) == (1, 0)
    world.now = NOON + timedelta(days=10)
    assert (load().soon, load().over) == (0, 1)
    assert "1 件超期" in reviewer.client.get("/review/").content.decode()


def test_opening_a_case_is_a_look_with_its_registers_once_a_session(doubtful, reviewer):
    reviewer.client.get(f"/review/{doubtful}/")
    reviewer.client.get(f"/review/{doubtful}/")

    rows = Entry.objects.filter(actor=f"officer:{reviewer.username}")
    assert [(row.purpose, row.occasion) for row in rows] == [("review", doubtful)]
    assert "insurance" in rows[0].fields


def test_the_queue_itself_names_nobody(doubtful, reviewer):
    assert "陈小明" not in reviewer.client.get("/review/").content.decode()


def test_a_ruling_grants_like_a_machine_and_tells_why(doubtful, reviewer):
    person_id = owner(doubtful)
    take(reviewer, doubtful)

    answer = decide(reviewer, doubtful, "same_person")

    case = cases.case_of(person_id, doubtful)
    assert answer.headers["Location"] == f"/review/{doubtful}/done/"
    assert case.state is CaseState.APPROVED
    assert (case.ruling.words, case.ruling.by) == (WORDS, reviewer.username)
    assert case.ruling.citation.endswith("第十九条")
    assert permits.permit_of(person_id, TODAY).status.state is PermitState.VALID
    assert notices.inbox(person_id)[0].occasion == "issued"
    assert Entry.objects.filter(purpose="review", note="approved", occasion=doubtful).exists()
    assert in_review.waiting(at=NOON) == []


def test_a_ruling_refuses_with_its_reason(doubtful, reviewer):
    take(reviewer, doubtful)

    decide(reviewer, doubtful, "not_same_person", "照片和人口库不是同一个人")

    case = cases.case_of(owner(doubtful), doubtful)
    assert case.state is CaseState.REFUSED
    assert case.ruling.words == "照片和人口库不是同一个人"
    assert permits.permit_of(owner(doubtful), TODAY) is None


def test_a_rulings_record_proves_itself_and_cannot_be_changed(doubtful, reviewer):
    take(reviewer, doubtful)
    decide(reviewer, doubtful, "same_person")

    row = Decision.objects.get(case__number=doubtful, reason="same_person")
    assert bytes(row.digest) == reviews.digest_of(row)
    for field, other in (("words", "别的话"), ("second_by", "x"), ("reason", "documents_seen")):
        changed = Decision.objects.get(pk=row.pk)
        setattr(changed, field, other)
        assert bytes(row.digest) != reviews.digest_of(changed), field
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize("missing", ["reason", "words"])
def test_neither_reason_nor_words_may_be_missing(doubtful, reviewer, missing):
    take(reviewer, doubtful)
    typed = {"reason": "same_person", "words": WORDS} | {missing: ""}

    assert reviewer.client.post(f"/review/{doubtful}/decide/", typed).status_code == 422
    assert Case.objects.get(number=doubtful).state == CaseState.IN_REVIEW


def test_two_officers_on_one_case_the_second_reads_who_has_it_and_keeps_the_words(
    doubtful, reviewer, watch
):
    other = hire(watch, "reviewer")
    take(reviewer, doubtful)
    take(other, doubtful)

    page = other.client.get(f"/review/{doubtful}/")
    answer = decide(other, doubtful, "not_same_person", "这是我写的理由，要留着")

    assert page.context["holder"] == "王小警"
    assert answer.status_code == 409
    assert "这是我写的理由，要留着" in answer.content.decode()
    assert Case.objects.get(number=doubtful).state == CaseState.IN_REVIEW


def test_whoever_comes_after_the_decision_gets_a_calm_page(doubtful, reviewer, watch):
    other = hire(watch, "reviewer")
    take(reviewer, doubtful)
    decide(reviewer, doubtful, "same_person")

    late = decide(other, doubtful, "not_same_person")

    assert late.status_code == 409
    assert "您刚才写的没有生效" in late.content.decode()
    opened = other.client.get(f"/review/{doubtful}/")
    assert opened.status_code == 409
    assert "已经办好，或者办事人撤回了" in opened.content.decode()
    assert other.client.get("/review/SL20261124999999/").status_code == 404
    assert cases.case_of(owner(doubtful), doubtful).state is CaseState.APPROVED


def test_a_claim_lapses_after_half_an_hour_and_can_be_handed_back(world, doubtful, reviewer, watch):
    other = hire(watch, "reviewer")
    take(reviewer, doubtful)
    world.now = NOON + timedelta(minutes=31)
    take(other, doubtful)
    assert other.client.get(f"/review/{doubtful}/").context["mine"] is True

    other.client.post(f"/review/{doubtful}/back/")
    assert reviewer.client.get(f"/review/{doubtful}/").context["holder"] == ""


def test_changing_a_given_decision_takes_a_second_signature(refused, reviewer, second):
    person_id = owner(refused)
    take(reviewer, refused)

    decide(reviewer, refused, "documents_seen")

    assert cases.case_of(person_id, refused).state is CaseState.REFUSED
    reviewer.client.post(f"/review/{refused}/sign/", {"accept": "yes"})  # not one's own
    assert cases.case_of(person_id, refused).state is CaseState.REFUSED
    assert figures.refusals(TODAY, TODAY) == figures.Refusals(1, 0)
    before = permits.permit_of(person_id, TODAY).status.valid_through
    second.client.post(f"/review/{refused}/sign/", {"accept": "yes"})
    assert figures.refusals(TODAY, TODAY) == figures.Refusals(1, 1)  # the dashboard owns it
    case = cases.case_of(person_id, refused)
    assert case.state is CaseState.APPROVED
    assert (case.ruling.by, case.ruling.second_by) == (reviewer.username, second.username)
    assert permits.permit_of(person_id, TODAY).status.valid_through > before


def test_a_second_signature_refused_leaves_the_decision(refused, reviewer, second):
    take(reviewer, refused)
    decide(reviewer, refused, "documents_seen")

    second.client.post(f"/review/{refused}/sign/", {"accept": "no"})

    assert cases.case_of(owner(refused), refused).state is CaseState.REFUSED
    assert [item.proposal for item in in_review.waiting(at=NOON)] == [None]


def test_the_database_refuses_one_person_signing_twice(refused, reviewer):
    take(reviewer, refused)
    decide(reviewer, refused, "documents_seen")

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedRuling.objects.update(answered_by=reviewer.username)


def test_upholding_a_refusal_needs_one_officer_and_answers_the_person(refused, reviewer):
    person_id = owner(refused)
    told = len(notices.inbox(person_id))
    take(reviewer, refused)

    decide(reviewer, refused, "not_met", "社保确实只有 3 个月")

    case = cases.case_of(person_id, refused)
    assert (case.state, case.ruling.words) == (CaseState.REFUSED, "社保确实只有 3 个月")
    assert case.reviewed_at is not None
    assert len(notices.inbox(person_id)) == told + 1
    assert in_review.waiting(at=NOON) == []


def test_what_the_register_refuses_changes_nothing(world, doubtful, reviewer):
    """The person got a permit by another way meanwhile."""
    person_id = owner(doubtful)
    permit_services.issue(person_id=person_id, on=TODAY, at=NOON, occasion="SL2")
    take(reviewer, doubtful)

    answer = decide(reviewer, doubtful, "same_person")

    assert answer.status_code == 409
    assert WORDS in answer.content.decode()
    assert cases.case_of(person_id, doubtful).state is CaseState.IN_REVIEW
    assert Decision.objects.filter(case__number=doubtful).count() == 1


def test_a_withdrawn_case_is_out_of_the_queue(doubtful, reviewer):
    take(reviewer, doubtful)
    case_services.withdraw(person_id=owner(doubtful), number=doubtful, at=NOON)

    assert decide(reviewer, doubtful, "same_person").status_code == 409
    gone = reviewer.client.get(f"/review/{doubtful}/")
    assert gone.status_code == 409
    assert "陈小明" not in gone.content.decode()


def test_some_automatic_approvals_are_drawn_and_looked_at_again(world, desk, reviewer, monkeypatch):
    monkeypatch.setattr(case_services, "SAMPLE_ONE_IN", 1)
    number = apply_as(world, a_person())

    listed = reviewer.client.get("/sample/").context["cases"]
    reviewer.client.post(f"/sample/{number}/", {"found": "no"})
    still = reviewer.client.get("/sample/").context["cases"]
    reviewer.client.post(f"/sample/{number}/", {"found": "no", "words": "地址对不上"})

    assert [case.number for case, _ in listed] == [number]
    assert len(still) == 1
    assert reviewer.client.get("/sample/").context["cases"] == []


def test_about_one_in_two_hundred_is_drawn(db):
    drawn = sum(case_services.is_drawn(f"SL20261124{n:06d}") for n in range(10_000))

    assert 25 <= drawn <= 80


def test_the_auditor_reads_and_decides_nothing(doubtful, watch):
    auditor = hire(watch, "auditor")

    page = auditor.client.get(f"/review/{doubtful}/")

    assert page.status_code == 200
    assert page.context["may_decide"] is False
    assert take(auditor, doubtful).status_code == 403
    assert Entry.objects.filter(purpose="supervision").count() == 1


def test_asking_again_after_a_correction_grants_without_a_ruling(world, doubtful, reviewer):
    take(reviewer, doubtful)
    reviewer.client.post(f"/review/{doubtful}/ask/")
    assert cases.case_of(owner(doubtful), doubtful).state is CaseState.IN_REVIEW
    world.population_name = None  # the register now spells the name as the card does

    answer = reviewer.client.post(f"/review/{doubtful}/ask/")

    case = cases.case_of(owner(doubtful), doubtful)
    assert answer.headers["Location"] == f"/review/{doubtful}/done/"
    assert (case.state, case.ruling) == (CaseState.APPROVED, None)
    assert Decision.objects.filter(case__number=doubtful).count() == 3


def test_a_ruling_rests_on_the_freshest_answers(world, doubtful, reviewer):
    take(reviewer, doubtful)
    reviewer.client.post(f"/review/{doubtful}/ask/")

    decide(reviewer, doubtful, "same_person")

    row = Decision.objects.get(case__number=doubtful, reason="same_person")
    assert (row.attempt, row.evidence_attempt) == (3, 2)
    assert len(cases.case_of(owner(doubtful), doubtful).answers) == 6


def test_that_it_is_the_same_person_answers_no_question_about_insurance(reviewer, refused):
    take(reviewer, refused)
    assert decide(reviewer, refused, "same_person").status_code == 422
    assert decide(reviewer, refused, "documents_seen").status_code == 302
