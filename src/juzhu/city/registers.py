"""What each department answers about a person on a day: only what has happened by then.

An insurance month is posted on the first day of the month after it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from juzhu.city.days import month_text
from juzhu.city.person import Person
from juzhu.domain.calendar import month_index
from juzhu.domain.vocabulary import Insurance, Source

Content = dict[str, Any]  # Any: a JSON object on its way out


def _population(person: Person | None, on: date) -> Content:
    if person is None:
        return {"on_record": False}
    return {
        "on_record": True,
        "name": person.population_name,
        "sex": person.sex,
        "ethnic_group": person.ethnic_group,
        "birth_date": person.birth_date,
        "alive": person.died_on is None or person.died_on > on,
        "hukou_address": person.hukou_address,
    }


def _hukou(person: Person | None, on: date) -> Content:
    since = person.hukou_since if person else None
    if since is None or since > on:
        return {"shenzhen": False, "since": None}
    return {"shenzhen": True, "since": since}


def _registrations(person: Person | None, on: date) -> Content:
    homes = person.homes if person else ()
    return {
        "homes": [
            {
                "from": home.start,
                "to": home.end if home.end and home.end < on else None,
                "house_code": home.house_code,
                "address": home.address,
            }
            for home in homes
            if home.start <= on
        ]
    }


def _insurance(person: Person | None, on: date) -> Content:
    posted = month_index(on) - 1
    spans: dict[str, list[tuple[str, str]]] = {kind.value: [] for kind in Insurance}
    employer = None
    for job in person.jobs if person else ():
        if job.first > posted:
            continue
        last = posted if job.last is None else min(job.last, posted)
        if job.last is None or job.last >= posted:
            employer = job.employer
        for kind in job.kinds:
            spans[kind.value].append((month_text(job.first), month_text(last)))
    return {"months": spans, "employer": employer}


def _talent(person: Person | None, _on: date) -> Content:
    held = person.qualifications if person else ()
    return {
        "items": [
            {"kind": item.kind.value, "full_time": item.full_time, "issued_by": item.issued_by}
            for item in held
        ]
    }


def _enrolment(person: Person | None, on: date) -> Content:
    begun = [study for study in (person.studies if person else ()) if study.start <= on]
    present = [study for study in begun if study.end is None or study.end >= on]
    return {
        "items": [
            {
                "level": study.level.value,
                "full_time": study.full_time,
                "from": study.start,
                "to": study.end,
            }
            for study in begun
        ],
        "school": present[-1].school if present else None,
    }


REGISTERS: dict[Source, Callable[[Person | None, date], Content]] = {
    Source.POPULATION: _population,
    Source.HUKOU: _hukou,
    Source.REGISTRATIONS: _registrations,
    Source.INSURANCE: _insurance,
    Source.TALENT: _talent,
    Source.ENROLMENT: _enrolment,
}
"""The six registers; a person who is not on record has an empty one, which is an answer too."""
