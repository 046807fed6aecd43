"""The people to be, judged by the law: what their page promises is what happens."""

import json
from datetime import date, timedelta
from html import escape

import msgspec
import pytest
from stdnum.cn import ric

from juzhu.adapters.department_answers import Envelope, entry_of
from juzhu.city.days import shift_months
from juzhu.city.named import named_people
from juzhu.city.person import Person
from juzhu.city.registers import REGISTERS
from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import UNKNOWN, Facts, Identity
from juzhu.domain.permit import Action, ActionKind, status_on
from juzhu.domain.vocabulary import Business, Outcome, PermitState, Route, Source

BIRTHDAYS = [date(2026, 11, 24), date(2027, 3, 1), date(2028, 2, 29), date(2028, 12, 31)]
FIRST, AGAIN = Business.FIRST_ISSUE, Business.ENDORSEMENT
YES, NO, OPEN = Outcome.APPROVED, Outcome.REFUSED, Outcome.UNKNOWN

EXPECTED = {
    # name: (business, outcome, route of an approval, state of the permit)
    "陈小明": (FIRST, YES, Route.STABLE, None),
    "林小雨": (FIRST, NO, None, None),
    "王小芳": (AGAIN, YES, Route.STABLE, PermitState.IN_WINDOW),
    "李小𬱖": (AGAIN, NO, None, PermitState.IN_WINDOW),
    "赵小刚": (AGAIN, YES, Route.STABLE, PermitState.SUSPENDED),
    "周小兰": (FIRST, YES, Route.STABLE, PermitState.CANCELLED),
    "吴小龙": (AGAIN, NO, None, PermitState.VALID),
    "欧阳小文": (FIRST, YES, Route.TALENT, None),
    "阿卜杜热合曼·吐尔逊江·阿卜杜克热木": (FIRST, YES, Route.STUDENT, None),
    "古丽娜尔·买买提": (FIRST, YES, Route.STABLE, None),
    "黄小莉": (FIRST, NO, None, None),
    "徐小海": (FIRST, NO, None, None),
    "孙小芸": (FIRST, OPEN, None, None),
    "郭小宝": (FIRST, YES, Route.STABLE, None),
    "李港生": (FIRST, NO, None, None),
    "何长青": (FIRST, NO, None, None),
    "高小深": (AGAIN, NO, None, PermitState.IN_WINDOW),
    "罗小强": (FIRST, OPEN, None, None),
    "马小深": (AGAIN, NO, None, PermitState.VALID),
    "谢小安": (AGAIN, YES, Route.STABLE, PermitState.IN_WINDOW),
    "韩小重": (AGAIN, NO, None, PermitState.VALID),
    "欧小巴": (FIRST, YES, Route.STABLE, None),
    "拜小乔": (FIRST, YES, Route.STABLE, None),
    "柯小琳": (FIRST, YES, Route.STABLE, None),
}


def entry(person: Person, source: Source, on: date):
    """Return what a register says, by way of its JSON and the adapter's reading of it."""
    content = msgspec.Raw(msgspec.json.encode(REGISTERS[source](person, on)))
    return entry_of(source, Envelope("receipt", on, person.id_number, content))


def facts(person: Person, on: date) -> Facts:
    insurance = UNKNOWN
    if Source.INSURANCE not in person.broken_sources:
        insurance = entry(person, Source.INSURANCE, on).months
    population = entry(person, Source.POPULATION, on)
    same = population.name == person.name
    return Facts(
        id_number=person.id_number,
        identity=Identity.MATCHED if same else Identity.MISMATCHED,
        alive=population.alive,
        shenzhen_hukou=entry(person, Source.HUKOU, on).shenzhen,
        registrations=tuple(
            home.registration for home in entry(person, Source.REGISTRATIONS, on).homes
        ),
        insurance=insurance,
        talent=entry(person, Source.TALENT, on).items,
        enrolment=entry(person, Source.ENROLMENT, on).items,
        permit=actions(person),
    )


def actions(person: Person) -> tuple[Action, ...]:
    if person.permit is None:
        return ()
    endorsed = [Action(ActionKind.ENDORSED, day) for day in person.permit.endorsed_on]
    return (Action(ActionKind.ISSUED, person.permit.issued_on), *endorsed)


def by_name(born_on: date) -> dict[str, Person]:
    return {named.person.name: named.person for named in named_people(born_on)}


@pytest.mark.parametrize("born_on", BIRTHDAYS, ids=str)
@pytest.mark.parametrize("name", EXPECTED)
def test_the_law_decides_as_the_page_promises(name, born_on):
    business, outcome, route, state = EXPECTED[name]
    person = by_name(born_on)[name]

    decision = evaluate(business, facts(person, born_on), on=born_on)
    status = status_on(actions(person), born_on)

    assert decision.outcome is outcome
    assert route is None or decision.route is route
    assert (status.state if status else None) is state


def test_everyone_has_an_expectation_and_a_number_of_their_own():
    people = [named.person for named in named_people(BIRTHDAYS[0])]

    assert [person.name for person in people] == list(EXPECTED)
    assert len({person.id_number for person in people}) == len(people)
    assert len({person.phone for person in people}) == len(people)
    for person in people:
        assert int(person.id_number[14:17]) >= 996
        assert ric.calc_check_digit(person.id_number) == person.id_number[17]
        assert ric.get_birth_date(person.id_number) == person.birth_date


@pytest.mark.parametrize("born_on", BIRTHDAYS, ids=str)
def test_who_is_not_there_yet_passes_three_months_later(born_on):
    person = by_name(born_on)["林小雨"]
    later = shift_months(born_on, 3)

    now = evaluate(FIRST, facts(person, born_on), on=born_on)
    then = evaluate(FIRST, facts(person, later), on=later)

    assert now.outcome is NO
    assert then.outcome is YES


def test_the_window_of_the_page_is_open_for_47_more_days():
    for born_on in BIRTHDAYS[:2]:
        status = status_on(actions(by_name(born_on)["王小芳"]), born_on)
        assert status.valid_through - born_on == timedelta(days=47)


def test_the_page_and_its_json_carry_both_languages(call):
    listed = call.get("/people.json").json
    page = call.get("/people").body.decode()

    assert [person["name"] for person in listed] == list(EXPECTED)
    for person in listed:
        assert {"id_number", "name", "phone", "expect", "expect_en"} == set(person)
        assert person["name"] in page
        assert person["id_number"] in page
        assert escape(person["expect_en"]) in page
    assert json.dumps(listed[3]["name"]) == '"\\u674e\\u5c0f\\ud873\\udc56"'
