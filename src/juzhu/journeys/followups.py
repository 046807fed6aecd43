"""Opening follow-ups for people whom the last message of a ladder did not reach."""

from datetime import date, datetime
from typing import Final

from juzhu import wiring
from juzhu.domain.vocabulary import Source
from juzhu.journeys.evidence import entry, open_home
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.notices import followups, queries
from juzhu.modules.notices.contracts import Unreached
from juzhu.modules.people import queries as people
from juzhu.ports.departments import RegistrationsEntry

BATCH: Final = 200
MOST_A_ROUND: Final = 5_000
"""Each costs a question to the register of residence; what is left waits for the next round."""
_DISTRICT: Final = 6


def open_new(*, on: date, at: datetime) -> int:
    """Open a follow-up for everybody not reached who has none yet; return how many. Repeatable."""
    opened = 0
    while opened < MOST_A_ROUND:
        found = queries.unreached(on=on, limit=BATCH, only_new=True)
        for one in found:
            _open(one, at)
        opened += len(found)
        if len(found) < BATCH:
            break
    return opened


def _open(found: Unreached, at: datetime) -> None:
    """Ask where the person lives; nobody's silence keeps the follow-up from being opened."""
    person = people.person(found.person_id)
    answers = wiring.departments().ask(
        id_number=person.id_number, name=person.name, sources=(Source.REGISTRATIONS,), at=at
    )
    audit.record(
        person_id=person.id,
        actor="system:night",
        purpose=Purpose.NIGHT_ROUND,
        at=at,
        fields=(Source.REGISTRATIONS,),
    )
    homes = entry(answers, Source.REGISTRATIONS, RegistrationsEntry)
    address, since = open_home(homes, at.date())
    codes = [
        home.registration.house_code
        for home in (homes.homes if homes else ())
        if home.registration.start == since
    ]
    district = codes[0][:_DISTRICT] if codes and codes[0] else ""
    followups.open_one(found, district=district, address=address, at=at)
