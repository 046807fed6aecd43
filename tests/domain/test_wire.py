"""Facts, decisions and dates as JSON."""

import json
from datetime import date

import pytest
from hypothesis import given, settings

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import UNKNOWN, Enrolment, Facts, Identity, MonthSet, Registration, Talent
from juzhu.domain.permit import Action, ActionKind, CancelReason, status_on
from juzhu.domain.vocabulary import Business, EducationLevel, Insurance, TalentKind
from juzhu.domain.wire import (
    WireError,
    decision_to_json,
    doubts_about,
    facts_from_json,
    facts_to_json,
    status_to_json,
)
from tests.domain.worlds import CITIZEN, HOUSE, cases

PERSON = {"id_number": CITIZEN, "shenzhen_hukou": False}
WHOLE = {
    "person": PERSON,
    "registrations": [{"from": "2024-01-15", "to": None, "house_code": HOUSE}],
    "insurance": {"pension": ["2025-02", "2025-01", "2025-02"], "medical": []},
    "talent": [{"kind": "degree", "full_time": False, "issued_by": "深圳大学"}],
    "enrolment": [{"level": "higher", "full_time": True, "from": "2024-09-01", "to": None}],
    "permit": {"issued_on": "2024-01-01", "endorsed_on": ["2024-12-01"]},
    "unavailable": ["hukou"],
}


def facts_in(document):
    return facts_from_json(json.dumps(document))


def mistakes_in(document):
    with pytest.raises(WireError) as caught:
        facts_in(document)
    return dict(caught.value.mistakes)


# --- reading ---------------------------------------------------------------------------------


def test_a_facts_file_is_read_whole():
    assert facts_in(WHOLE) == Facts(
        id_number=CITIZEN,
        shenzhen_hukou=UNKNOWN,
        registrations=(Registration(date(2024, 1, 15), None, HOUSE),),
        insurance={
            Insurance.PENSION: MonthSet.of(["2025-01", "2025-02"]),
            Insurance.MEDICAL: MonthSet(),
        },
        talent=(Talent(TalentKind.DEGREE, False, "深圳大学"),),
        enrolment=(Enrolment(EducationLevel.HIGHER, True, date(2024, 9, 1)),),
        permit=(
            Action(ActionKind.ISSUED, date(2024, 1, 1)),
            Action(ActionKind.ENDORSED, date(2024, 12, 1)),
        ),
    )


def test_what_is_left_out_is_none_on_record():
    assert facts_in({"person": {"id_number": CITIZEN}}) == Facts(id_number=CITIZEN)
    assert facts_in({"person": PERSON, "permit": None}).permit == ()


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("registrations", "registrations"),
        ("insurance", "insurance"),
        ("talent", "talent"),
        ("enrolment", "enrolment"),
        ("permit", "permit"),
        ("hukou", "shenzhen_hukou"),
        ("population", "alive"),
        ("population", "identity"),
    ],
)
def test_an_unavailable_source_is_unknown_whatever_the_file_says(source, field):
    facts = facts_in(WHOLE | {"unavailable": [source, source]})

    assert getattr(facts, field) is UNKNOWN


def test_a_person_may_be_dead_or_doubtful():
    facts = facts_in({"person": PERSON | {"alive": None, "identity": "mismatched"}})
    other = facts_in({"person": PERSON | {"alive": False, "identity": "unknown"}})

    assert (facts.alive, facts.identity) == (UNKNOWN, Identity.MISMATCHED)
    assert (other.alive, other.identity) == (False, UNKNOWN)


@pytest.mark.parametrize("number", ["110105491231002", "11010519491231002x", " 11010519491231002X"])
def test_a_number_is_read_in_its_one_form(number):
    assert facts_in({"person": {"id_number": number}}).id_number == CITIZEN


def test_a_number_that_looks_mistyped_is_a_doubt_and_no_mistake():
    facts = facts_in({"person": {"id_number": "110105194912310021"}})

    assert [path for path, _ in doubts_about(facts, on=date(2025, 1, 1))] == ["person.id_number"]
    assert doubts_about(Facts(id_number=CITIZEN), on=date(2025, 1, 1)) == ()


def test_all_mistakes_are_named_at_once_with_their_place_and_the_way_to_mend_them():
    found = mistakes_in(
        {
            "person": {"id_number": 5, "shenzhen_hukou": "no", "alive": 1, "identity": "maybe"},
            "registrations": [
                {"from": "2024-02-30", "to": "2024-1-1", "house_code": "4403040010010100001"},
                {"to": "2024-01-01", "house": HOUSE, "house_code": "44"},
                {"from": "2024-01-02", "to": "2024-01-01", "house_code": HOUSE},
                [],
            ],
            "insurance": {"pensoin": [], "medical": ["2025-13", 202501], "injury": "2025-01"},
            "talent": [{"kind": "phd"}, {"kind": "degree", "full_time": 1, "issued_by": None}, {}],
            "enrolment": [{"level": "primary"}, {"level": "higher", "full_time": "yes", "from": 1}],
            "permit": {"endorsed_on": ["yesterday"]},
            "unavailable": ["police", 5],
            "permits": [],
        }
    )

    assert set(found) == {
        "person.id_number",
        "person.shenzhen_hukou",
        "person.alive",
        "person.identity",
        "registrations[0].from",
        "registrations[0].to",
        "registrations[0].house_code",
        "registrations[1].from",
        "registrations[1].house",
        "registrations[1].house_code",
        "registrations[2].to",
        "registrations[3]",
        "registrations[3].from",
        "registrations[3].house_code",
        "insurance.pensoin",
        "insurance.medical[0]",
        "insurance.medical[1]",
        "insurance.injury",
        "talent[0].kind",
        "talent[1].full_time",
        "talent[1].issued_by",
        "talent[2].kind",
        "enrolment[0].level",
        "enrolment[0].full_time",
        "enrolment[0].from",
        "enrolment[1].full_time",
        "enrolment[1].from",
        "permit.issued_on",
        "permit.endorsed_on[0]",
        "unavailable[0]",
        "unavailable[1]",
        "permits",
    }
    assert "use one of pension, medical" in found["insurance.pensoin"]
    assert "a building's 19" in found["registrations[0].house_code"]
    assert "before" in found["registrations[2].to"]
    assert "secondary, higher" in found["enrolment[0].level"]


@pytest.mark.parametrize("number", ["", "123", "11010519491231002XX", "1101051949123100AX"])
def test_a_number_of_another_shape_is_a_mistake(number):
    assert set(mistakes_in({"person": {"id_number": number}})) == {"person.id_number"}


def test_a_person_without_number_cannot_be_decided_on():
    assert mistakes_in({}) == {"person.id_number": "missing: give the citizen number"}


def test_actions_of_a_permit_are_read_strictly():
    found = mistakes_in(
        {
            "person": PERSON,
            "permit": {
                "actions": [{"kind": "sold"}, {"kind": "cancelled", "on": "x", "reason": "y"}],
                "issued_on": "2024-01-01",
            },
        }
    )

    assert set(found) == {
        "permit.issued_on",
        "permit.actions[0].kind",
        "permit.actions[0].on",
        "permit.actions[1].on",
        "permit.actions[1].reason",
    }


@pytest.mark.parametrize(
    "day", ["1899-12-31", "3000-01-01", "20240101", "2024-W01-1", " 2024-01-01"]
)
def test_a_day_is_written_in_one_way(day):
    assert set(mistakes_in({"person": PERSON, "permit": {"issued_on": day}})) == {
        "permit.issued_on"
    }


@pytest.mark.parametrize(
    "month", ["1899-12", "3000-01", "2025-00", "2025-1", "202501", "2025-01-01"]
)
def test_a_month_is_written_in_one_way(month):
    found = mistakes_in({"person": PERSON, "insurance": {"pension": [month]}})

    assert set(found) == {"insurance.pension[0]"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "an object in braces needed, a list found"),
        ("null", "null found"),
        ("3", "a number found"),
        ('"x"', "a text found"),
        ("true", "true or false found"),
        ('{"person": {}, "person": {}}', "person: given twice"),
        ('{"person": NaN}', "NaN is no JSON"),
        ("[" * 100_000, "deeply nested"),
        ('{"\\ud800": 1}', "half a character"),
        ("9" * 5000, "no JSON"),
        (b"\xff\xfe\xfd", "no JSON in UTF-8"),
    ],
)
def test_what_is_no_facts_file_is_refused_with_a_reason(text, word):
    with pytest.raises(WireError) as caught:
        facts_from_json(text)

    assert word in str(caught.value)


# --- writing ---------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(cases())
def test_facts_survive_the_file(case):
    _, facts, _ = case

    written = facts_to_json(facts)

    assert facts_from_json(written) == facts
    assert facts_to_json(facts_from_json(written)) == written


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_stored_decision_can_be_replayed_to_the_byte(case):
    business, facts, on = case

    answer = decision_to_json(evaluate(business, facts, on=on))

    again = facts_from_json(facts_to_json(facts))
    assert decision_to_json(evaluate(business, again, on=on)) == answer


def test_a_permit_with_other_acts_is_written_act_by_act():
    actions = (
        Action(ActionKind.ISSUED, date(2024, 1, 1)),
        Action(ActionKind.CANCELLED, date(2024, 2, 1), CancelReason.FRAUD),
    )
    facts = Facts(id_number=CITIZEN, permit=actions)

    written = json.loads(facts_to_json(facts))["permit"]

    assert written["actions"][1] == {"kind": "cancelled", "on": "2024-02-01", "reason": "fraud"}
    assert facts_from_json(facts_to_json(facts)) == facts


@pytest.mark.parametrize("field", [{"alive": UNKNOWN}, {"identity": UNKNOWN}, {"alive": False}])
def test_half_an_answer_of_the_population_base_survives(field):
    facts = Facts(id_number=CITIZEN, **field)

    assert facts_from_json(facts_to_json(facts)) == facts


def test_the_bytes_are_canonical():
    assert facts_to_json(facts_in(WHOLE)).decode() == (
        '{"enrolment":[{"from":"2024-09-01","full_time":true,"level":"higher","to":null}],'
        '"insurance":{"medical":[],"pension":["2025-01","2025-02"]},'
        '"permit":{"endorsed_on":["2024-12-01"],"issued_on":"2024-01-01"},'
        f'"person":{{"id_number":"{CITIZEN}"}},'
        f'"registrations":[{{"from":"2024-01-15","house_code":"{HOUSE}","to":null}}],'
        '"talent":[{"full_time":false,"issued_by":"深圳大学","kind":"degree"}],'
        '"unavailable":["hukou"]}'
    )


def test_an_answer_has_exactly_its_keys():
    answer = json.loads(
        decision_to_json(
            evaluate(Business.FIRST_ISSUE, Facts(id_number=CITIZEN), on=date(2025, 1, 1))
        )
    )

    assert set(answer) == {"outcome", "route", "findings", "earliest_day", "ruleset"}
    for finding in answer["findings"]:
        assert set(finding) == {
            "condition",
            "met",
            "needed",
            "found",
            "unit",
            "source",
            "citation",
            "passes_on",
        }


def test_the_dates_have_exactly_their_keys():
    issued = [Action(ActionKind.ISSUED, date(2018, 1, 1))]

    after = json.loads(status_to_json(status_on(issued, date(2018, 1, 1))))
    before = json.loads(status_to_json(status_on(issued, date(2017, 12, 31))))

    assert after == {
        "state": "valid",
        "valid_through": "2018-12-31",
        "window_opens": "2018-11-02",
        "window_closes": "2018-12-31",
        "suspended_from": "2019-01-01",
        "cancelled_on": "2021-01-01",
        "anchor": "2018-01-01",
        "continuous_since": "2018-01-01",
    }
    assert before == dict.fromkeys(after) | {"state": "not_yet_issued"}
