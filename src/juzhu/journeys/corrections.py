"""Asking the departments again about refused cases: data come late, or are corrected."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from juzhu import wiring
from juzhu.journeys.evidence import SOURCES, facts_from
from juzhu.modules import queue
from juzhu.modules.cases import corrections, rechecks
from juzhu.modules.cases.corrections import Weighed
from juzhu.modules.people import queries as people

BATCH: Final = 500


def begin_rechecks(*, on: date) -> int:
    """Write a job for every refused case to be asked about; return how many. Safe to repeat."""
    begun, after = 0, 0
    while due := rechecks.due(on=on, after=after, limit=BATCH):
        with transaction.atomic():
            for one in due:
                queue.defer(queue.RECHECK_CASE, number=one.number, person_id=one.person_id)
        begun, after = begun + len(due), due[-1].id
    return begun


def recheck(*, number: str, person_id: int, at: datetime) -> Weighed:
    """Ask the departments about a refused case and put right what can be put right."""
    needless = corrections.settle(number=number, at=at)
    if needless is not None:
        return needless
    person = people.person(person_id)
    answers = wiring.departments().ask(
        id_number=person.id_number, name=person.name, sources=SOURCES, at=at
    )
    return corrections.weigh(
        number=number,
        facts=facts_from(answers, id_number=person.id_number, name=person.name),
        answers=list(answers.values()),
        at=wiring.clock().now(),
    )
