"""The synthetic population: valid, reversible, repeatable."""

import itertools
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from juzhu.city.numbers import citizen_number
from juzhu.city.people import FIRST_BIRTH, LAST_BIRTH, person, populace
from juzhu.city.permutation import Permutation
from juzhu.city.places import communities, counties
from juzhu.city.registers import REGISTERS
from juzhu.domain.calendar import month_index
from juzhu.domain.vocabulary import Insurance, Source

EPOCH = date(2026, 11, 24)
EVERYBODY = populace("shenzhen", EPOCH)
ANYONE = st.integers(0, EVERYBODY.size - 1)
DAYS = st.dates(EPOCH - timedelta(days=4000), EPOCH + timedelta(days=4000))
unhurried = settings(deadline=None)  # a busy machine is no fault of the people
CODES = {community.code for community in communities()}


@unhurried
@given(ANYONE)
def test_numbers_are_valid_by_a_second_opinion_and_say_who_it_is(i):
    number = EVERYBODY.id_number(i)

    assert ric.calc_check_digit(number) == number[17]
    assert number[:6] in {county.code for county in counties()}
    assert not number.startswith("4403")
    assert FIRST_BIRTH <= ric.get_birth_date(number) <= LAST_BIRTH
    assert int(number[14:17]) <= 995
    assert EVERYBODY.index_of(number) == i


@unhurried
@given(ANYONE)
def test_a_person_agrees_with_the_number(i):
    someone = EVERYBODY.person(i)

    assert someone.id_number == EVERYBODY.id_number(i)
    assert someone.birth_date == ric.get_birth_date(someone.id_number)
    assert someone.sex == ("1" if int(someone.id_number[16]) % 2 else "2")
    county = next(c for c in counties() if c.code == someone.id_number[:6])
    assert someone.hukou_address.startswith(county.name)
    assert 2 <= len(someone.name) <= 12


@unhurried
@given(ANYONE)
def test_the_same_seed_always_makes_the_same_person(i):
    assert person("shenzhen", i, EPOCH) == EVERYBODY.person(i)
    assert person("another", i, EPOCH).id_number != EVERYBODY.id_number(i)


@unhurried
@given(ANYONE)
def test_homes_are_rooms_in_shenzhen_one_after_the_other(i):
    homes = EVERYBODY.person(i).homes

    for home in homes:
        assert len(home.house_code) == 25
        assert home.house_code.isdigit()
        assert home.house_code[:12] in CODES
        assert home.address.startswith("深圳市")
        assert home.end is None or home.end >= home.start
    for earlier, later in itertools.pairwise(homes):
        assert earlier.end is not None
        assert earlier.end < later.start


@unhurried
@given(ANYONE, DAYS)
def test_a_register_never_tells_the_future(i, on):
    someone = EVERYBODY.person(i)
    homes = REGISTERS[Source.REGISTRATIONS](someone, on)["homes"]
    insured = REGISTERS[Source.INSURANCE](someone, on)["months"]

    assert all(home["from"] <= on for home in homes)
    assert all(home["to"] is None or home["to"] < on for home in homes)
    posted = month_index(on) - 1
    latest = [span[1] for spans in insured.values() for span in spans]
    assert all(int(m[:4]) * 12 + int(m[5:]) - 1 <= posted for m in latest)


@unhurried
@given(ANYONE, DAYS, st.integers(1, 400))
def test_what_a_register_once_said_stays_said(i, on, later):
    someone = EVERYBODY.person(i)

    def spans(day):
        said = REGISTERS[Source.INSURANCE](someone, day)["months"][Insurance.PENSION]
        return {(m0, m1) for m0, m1 in said}

    before, after = spans(on), spans(on + timedelta(days=later))
    assert {first for first, _ in before} <= {first for first, _ in after}
    ends = dict(after)
    assert all(last <= ends[first] for first, last in before)


@unhurried
@given(ANYONE)
def test_permits_follow_the_calendar(i):
    permit = EVERYBODY.permit(i)
    if permit is None:
        return
    days = (permit.issued_on, *permit.endorsed_on)

    assert all(day < EPOCH for day in days)
    # An endorsement is never requested more than sixty days before a full year.
    assert all((b - a).days >= 365 - 60 - 60 for a, b in itertools.pairwise(days))


def test_phones_are_different():
    phones = [EVERYBODY.phone(i) for i in range(20_000)]
    assert len(set(phones)) == len(phones)
    assert all(len(phone) == 11 and phone.startswith("139") for phone in phones)


@given(st.integers(2, 1500), st.binary(min_size=1, max_size=32))
@settings(max_examples=30, deadline=None)
def test_the_shuffle_is_one_to_one_and_can_be_undone(size, key):
    shuffle = Permutation(key, size)
    places = [shuffle.forward(number) for number in range(size)]

    assert sorted(places) == list(range(size))
    assert [shuffle.back(place) for place in places] == list(range(size))


def test_an_impossible_number_is_nobody():
    good = EVERYBODY.id_number(7)
    assert EVERYBODY.index_of(good[:-1] + ("0" if good[-1] != "0" else "1")) is None
    assert EVERYBODY.index_of("110105194912310 2X") is None
    assert EVERYBODY.index_of("440304199001010007") is None
    assert EVERYBODY.index_of("") is None


@unhurried
@given(ANYONE, st.sampled_from([0, 996, 997, 998, 999]))
def test_the_numbers_of_the_named_people_belong_to_nobody_else(i, sequence):
    someone = EVERYBODY.person(i)
    number = citizen_number(someone.id_number[:6], someone.birth_date, sequence)

    assert EVERYBODY.index_of(number) is None
