"""Handing over a card: the population base is asked first whether its holder lives."""

from datetime import datetime

from juzhu import wiring
from juzhu.domain.collection import Read
from juzhu.domain.vocabulary import Source
from juzhu.journeys.evidence import entry
from juzhu.modules.cases import collection
from juzhu.modules.cases.collection import HandedOver, Refused
from juzhu.modules.desk.contracts import Hand
from juzhu.modules.people import queries as people
from juzhu.ports.departments import PopulationEntry


def hand_over(
    *,
    person_id: int,
    card_number: str,
    holder_read: bool,
    came: Read | None,
    old_card: str,
    hand: Hand,
    at: datetime,
) -> HandedOver | Refused:
    """Ask, then hand over or refuse; see `cases.collection.hand_over`.

    A population base that does not answer keeps nobody from their card.

    Raises:
        CardNotFoundError: no card of this person lies at a point.

    """
    person = people.person(person_id)
    answers = wiring.departments().ask(
        id_number=person.id_number, name=person.name, sources=(Source.POPULATION,), at=at
    )
    found = entry(answers, Source.POPULATION, PopulationEntry)
    return collection.hand_over(
        person_id=person_id,
        card_number=card_number,
        holder_read=holder_read,
        came=came,
        alive=None if found is None else found.alive,
        old_card=old_card,
        hand=hand,
        at=at,
    )
