"""The numbers of the law counted a second time, day by day and month by month, as a clerk would."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Condition
from juzhu.domain.vocabulary import Business, Route
from tests.domain.worlds import CITIZEN, DAY, ON, insurance, month, registrations


def registered_days(facts, until):
    days = set()
    for start, end, house_code in facts.registrations:
        if house_code.startswith("4403"):
            last = min(end or until, until)
            days |= {start + n * DAY for n in range((last - start).days + 1)}
    return days


def stay(days, on):
    """The first day of the stay that is unbroken on `on`: every gap is at most 30 days."""
    past = sorted(day for day in days if day <= on)
    if not past or (on - past[-1]).days > 30:
        return None
    begun = past[-1]
    for earlier in reversed(past[:-1]):
        if (begun - earlier).days > 30:
            break
        begun = earlier
    return begun


def months_old(begun, on):
    count = 0
    while True:
        months = begun.year * 12 + begun.month - 1 + count + 1
        try:
            due = date(months // 12, months % 12 + 1, begun.day)
        except ValueError:
            due = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
        if due > on:
            return count
        count += 1


def run_back(months, last, first):
    count = 0
    while last - count in months and last - count >= first:
        count += 1
    return count


def found_by(decision):
    return {finding.condition: finding.found for finding in decision.findings}


@settings(max_examples=150, deadline=None)
@given(ON.flatmap(lambda on: st.tuples(st.just(on), registrations(on), insurance(on))))
def test_first_issue_counts_as_a_clerk_would(drawn):
    on, homes, paid = drawn
    facts = Facts(id_number=CITIZEN, registrations=homes, insurance=paid)

    found = found_by(evaluate(Business.FIRST_ISSUE, facts, on=on, route=Route.STABLE))

    days = registered_days(facts, on)
    begun, now = stay(days, on), month(on)
    records = [{month_of(text) for text in months.written()} for months in paid.values()]
    runs = [
        run_back(months, last, month(begun)) if begun else 0
        for months in records
        for last in (now, now - 1)
    ]
    totals = [len(months & set(range(now - 24, now + 1))) for months in records]
    assert (found[Condition.RESIDENCE_OPEN] is True) == (on in days)
    assert found[Condition.RESIDENCE_CONTINUOUS] == (months_old(begun, on) if begun else 0)
    assert found[Condition.INSURANCE_CONSECUTIVE] == max(runs, default=0)
    assert found[Condition.INSURANCE_IN_TWO_YEARS] == max(totals, default=0)


@settings(max_examples=150, deadline=None)
@given(ON.flatmap(lambda on: st.tuples(st.just(on), registrations(on), insurance(on))))
def test_endorsement_counts_as_a_clerk_would(drawn):
    on, homes, paid = drawn
    facts = Facts(id_number=CITIZEN, registrations=homes, insurance=paid)

    found = found_by(evaluate(Business.ENDORSEMENT, facts, on=on, route=Route.STABLE))

    year_ago = (
        date(on.year - 1, 3, 1) if (on.month, on.day) == (2, 29) else on.replace(year=on.year - 1)
    )
    days = {day for day in registered_days(facts, on) if year_ago <= day < on}
    now = month(on)
    records = [{month_of(text) for text in months.written()} for months in paid.values()]
    totals = [len(months & set(range(now - 12, now + 1))) for months in records]
    assert found[Condition.RESIDENCE_IN_YEAR] == len(days)
    assert found[Condition.INSURANCE_IN_YEAR] == max(totals, default=0)


def month_of(text):
    year, number = text.split("-")
    return int(year) * 12 + int(number) - 1
