"""What must hold for everybody, whatever their records say."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import UNKNOWN, MonthSet, Registration
from juzhu.domain.vocabulary import Insurance, Outcome, Route
from juzhu.domain.wire import decision_to_json
from tests.domain.worlds import DAY, HOUSE, ROUTE, cases, foreseen, month

RANK = [Outcome.REFUSED, Outcome.UNKNOWN, Outcome.APPROVED]
HORIZON = 1300


def outcome_on(business, facts, on, day, route=None):
    return evaluate(business, foreseen(facts, on, day), on=day, route=route).outcome


@settings(max_examples=120, deadline=None)
@given(cases(), ROUTE)
def test_the_earliest_day_is_the_first_that_approves(case, route):
    business, facts, on = case

    earliest = evaluate(business, facts, on=on, route=route).earliest_day

    days = [on + n * DAY for n in range(HORIZON)]
    if earliest is not None and earliest > days[-1]:
        assert outcome_on(business, facts, on, earliest, route) is Outcome.APPROVED
        earliest = None
    approving = (
        day for day in days if outcome_on(business, facts, on, day, route) is Outcome.APPROVED
    )
    assert next(approving, None) == earliest


@settings(max_examples=200, deadline=None)
@given(cases(), ROUTE)
def test_every_condition_holds_on_the_day_it_names_and_not_the_day_before(case, route):
    business, facts, on = case

    decision = evaluate(business, facts, on=on, route=route)

    for finding in decision.findings:
        if finding.met:
            assert finding.passes_on == on
        if finding.met is not False or finding.passes_on is None:
            continue
        assert met_on(case, decision.route, finding, finding.passes_on) is True
        assert met_on(case, decision.route, finding, finding.passes_on - DAY) is not True


def met_on(case, route, finding, day):
    business, facts, on = case
    later = evaluate(business, foreseen(facts, on, day), on=day, route=route)
    return {again.condition: again.met for again in later.findings}[finding.condition]


@settings(max_examples=200, deadline=None)
@given(cases(), st.sampled_from(Insurance), st.integers(-30, 1), st.integers(0, 24))
def test_more_insured_months_never_hurt(case, kind, last, length):
    business, facts, on = case
    if facts.insurance is UNKNOWN:
        return
    known = facts.insurance.get(kind, MonthSet())
    more = known.union(MonthSet.between(month(on) + last - length, month(on) + last))
    richer = replace(facts, insurance={**facts.insurance, kind: more})

    assert_no_worse(evaluate(business, richer, on=on), evaluate(business, facts, on=on))


@settings(max_examples=200, deadline=None)
@given(cases(), st.integers(0, 800), st.none() | st.integers(0, 800))
def test_more_registrations_never_hurt(case, ago, length):
    business, facts, on = case
    if facts.registrations is UNKNOWN:
        return
    start = on - timedelta(days=ago)
    end = None if length is None else start + timedelta(days=length)
    richer = replace(facts, registrations=(*facts.registrations, Registration(start, end, HOUSE)))

    assert_no_worse(evaluate(business, richer, on=on), evaluate(business, facts, on=on))


def assert_no_worse(richer, poorer):
    assert RANK.index(richer.outcome) >= RANK.index(poorer.outcome)


@settings(max_examples=300, deadline=None)
@given(
    cases(),
    st.sampled_from(["registrations", "insurance", "talent", "enrolment", "permit", "alive"]),
)
def test_an_answer_that_is_missing_never_decides(case, source):
    business, facts, on = case

    without = evaluate(business, replace(facts, **{source: UNKNOWN}), on=on).outcome

    if without is not Outcome.UNKNOWN:
        assert evaluate(business, facts, on=on).outcome is without


@settings(max_examples=200, deadline=None)
@given(cases(), ROUTE)
def test_the_outcome_follows_from_the_findings(case, route):
    business, facts, on = case

    decision = evaluate(business, facts, on=on, route=route)

    groups = {}
    for finding in decision.findings:
        groups.setdefault(finding.condition.group, []).append(finding.met)
    all_met = all(True in group for group in groups.values())
    assert (decision.outcome is Outcome.APPROVED) == all_met
    assert decision.earliest_day != on or all_met
    if decision.outcome is Outcome.REFUSED:
        assert any(set(group) == {False} for group in groups.values())
    if decision.outcome is Outcome.UNKNOWN:
        assert not any(set(group) == {False} for group in groups.values())


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_route_asked_for_alone_is_answered_as_among_all(case):
    business, facts, on = case

    together = evaluate(business, facts, on=on)
    alone = [evaluate(business, facts, on=on, route=route) for route in Route]

    assert together.outcome is max((one.outcome for one in alone), key=RANK.index)
    assert together in alone or together.earliest_day in {one.earliest_day for one in alone}
    days = [one.earliest_day for one in alone if one.earliest_day is not None]
    assert together.earliest_day == min(days, default=None)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_the_same_facts_give_the_same_bytes(case):
    business, facts, on = case

    first, second = (decision_to_json(evaluate(business, facts, on=on)) for _ in range(2))

    assert first == second
