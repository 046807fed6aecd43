"""The worked examples of the Regulations, as lawyers write them (tests/golden/dates.yaml)."""

from datetime import date

import pytest

from juzhu.domain.permit import Action, ActionKind, PermitHistoryError, status_on
from juzhu.domain.wire import status_document
from tests.domain.golden import cases_in

CASES = cases_in("dates.yaml")


def actions_of(case):
    endorsed = [Action(ActionKind.ENDORSED, day(text)) for text in case.get("endorsed", [])]
    return [Action(ActionKind.ISSUED, day(case["issued"])), *endorsed]


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_state_and_the_days_are_as_written(case):
    actions = actions_of(case)

    for text, state in case.get("states", {}).items():
        assert status_document(status_on(actions, day(text)))["state"] == state, text
    for text, dates in case.get("dates", {}).items():
        found = status_document(status_on(actions, day(text)))
        assert found | dates == found, text


@pytest.mark.parametrize(
    "case", [case for case in CASES if "refused" in case], ids=lambda case: case["name"]
)
def test_the_register_does_not_take_it(case):
    with pytest.raises(PermitHistoryError):
        status_on(actions_of(case), day(case["refused"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case_says_something_and_names_its_law(case):
    assert case["law"]
    assert {"states", "dates", "refused"} & set(case)
