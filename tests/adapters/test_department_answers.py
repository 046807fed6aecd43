"""The shape of the answers: strict about types, open to new fields."""

import json

import pytest

from juzhu.adapters.department_answers import entry_of, envelope_of
from juzhu.domain.facts import MonthSet
from juzhu.domain.vocabulary import Insurance, Source

HOME = {"from": "2025-01-02", "to": None, "house_code": "44", "address": "深圳市"}


def read(source, content, **changes):
    parts = {"receipt": "R1", "answered_on": "2026-11-24", "id_number": "1", "content": content}
    return entry_of(source, envelope_of(json.dumps(parts | changes).encode()))


def test_spans_of_months_become_a_set():
    spans = [["2024-11", "2025-02"], ["2025-06", "2025-06"]]
    entry = read(Source.INSURANCE, {"months": {"pension": spans}, "employer": None})

    months = ["2024-11", "2024-12", "2025-01", "2025-02", "2025-06"]
    assert entry.months == {Insurance.PENSION: MonthSet.of(months)}


def test_homes_are_sorted_by_their_first_day():
    later = HOME | {"from": "2025-03-01"}
    entry = read(Source.REGISTRATIONS, {"homes": [later, HOME]})

    assert [home.registration.start.month for home in entry.homes] == [1, 3]


def test_a_field_of_the_future_is_let_pass():
    assert read(Source.HUKOU, {"shenzhen": True, "since": None, "new": 1}, more=[]).shenzhen is True


@pytest.mark.parametrize(
    ("source", "content"),
    [
        (Source.HUKOU, {"shenzhen": "no", "since": None}),
        (Source.HUKOU, {"since": None}),
        (Source.HUKOU, {"shenzhen": True, "since": "2025-02-30"}),
        (Source.HUKOU, []),
        (Source.POPULATION, {"name": "x"}),
        (Source.POPULATION, {"on_record": True}),
        (Source.POPULATION, {"on_record": True, "name": ""}),
        (Source.REGISTRATIONS, {"homes": [HOME | {"to": "2025-01-01"}]}),
        (Source.REGISTRATIONS, {"homes": [{"from": "2025-01-02"}]}),
        (Source.INSURANCE, {"months": {"lottery": []}, "employer": None}),
        (Source.INSURANCE, {"months": {"pension": [["2025-02", "2025-01"]]}, "employer": None}),
        (Source.INSURANCE, {"months": {"pension": [["2025-13", "2026-01"]]}, "employer": None}),
        (Source.INSURANCE, {"months": {"pension": [["202501", "202502"]]}, "employer": None}),
        (Source.INSURANCE, {"months": {"pension": ["2025-01"]}, "employer": None}),
        (Source.TALENT, {"items": [{"kind": "lucky", "full_time": True, "issued_by": ""}]}),
        (Source.ENROLMENT, {"items": [{"level": "primary"}], "school": None}),
    ],
)
def test_what_is_not_the_agreed_shape_is_an_error(source, content):
    with pytest.raises(ValueError, match=r"."):
        read(source, content)


@pytest.mark.parametrize("changes", [{"receipt": ""}, {"answered_on": "today"}, {"id_number": 1}])
def test_an_envelope_must_be_whole(changes):
    with pytest.raises(ValueError, match=r"."):
        read(Source.HUKOU, {"shenzhen": True, "since": None}, **changes)
