"""What is decided on which facts, as lawyers write it (tests/golden/decide.yaml)."""

import json
from datetime import date

import pytest

from juzhu.domain.evaluate import evaluate
from juzhu.domain.findings import Condition
from juzhu.domain.vocabulary import Business, Route
from juzhu.domain.wire import decision_document, facts_from_json, facts_to_json
from tests.domain.golden import cases_in
from tests.domain.worlds import CITIZEN, HOUSE

CASES = cases_in("decide.yaml")


def facts_of(case):
    written = {"person": {"id_number": CITIZEN}} | case["facts"]
    for registration in written.get("registrations", []):
        registration.setdefault("house_code", HOUSE)
    insurance = written.get("insurance", {})
    written["insurance"] = {kind: spread(months) for kind, months in insurance.items()}
    return facts_from_json(json.dumps(written))


def spread(months):
    return [month for span in months for month in months_of(*span.split(".."))]


def months_of(first, last=None):
    ends = [text.split("-") for text in (first, last or first)]
    begin, end = (int(year) * 12 + int(month) - 1 for year, month in ends)
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(begin, end + 1)]


def answers_of(case):
    for day, expected in case["days"].items():
        route = Route(case["route"]) if "route" in case else None
        on = date.fromisoformat(day)
        yield on, evaluate(Business(case["business"]), facts_of(case), on=on, route=route), expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_decision_is_as_written(case):
    for on, decision, expected in answers_of(case):
        found = decision_document(decision)
        by_answer = {
            "not_met": {one["condition"] for one in found["findings"] if one["met"] is False},
            "unknown": {one["condition"] for one in found["findings"] if one["met"] is None},
        }
        for key, value in expected.items():
            if key in by_answer:
                assert by_answer[key] == set(value), (on, key)
            else:
                assert found[key] == value, (on, key)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_finding_names_its_law(case):
    assert case["law"]
    for _, decision, _ in answers_of(case):
        assert all(finding.citation.startswith("《") for finding in decision.findings)


def test_a_home_is_asked_for_by_the_article_of_the_business():
    facts = facts_from_json(json.dumps({"person": {"id_number": CITIZEN}}))

    found = {
        (business, finding.condition): finding.citation
        for business in Business
        for finding in evaluate(business, facts, on=date(2025, 1, 1)).findings
    }

    regulations = "《深圳经济特区居住证条例》"
    assert found[Business.FIRST_ISSUE, Condition.RESIDENCE_OPEN] == f"{regulations}第十九条"
    assert found[Business.ENDORSEMENT, Condition.RESIDENCE_OPEN] == f"{regulations}第二十四条"
    assert found[Business.ENDORSEMENT, Condition.RESIDENCE_IN_YEAR] == f"{regulations}第二十四条"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_facts_survive_their_file(case):
    facts = facts_of(case)

    assert facts_from_json(facts_to_json(facts)) == facts
