"""What the registers of persons have told by themselves, and what it makes of a person."""

from dataclasses import replace

from juzhu.city.events import Happened
from juzhu.city.numbers import citizen_number
from juzhu.city.person import Person
from juzhu.ports.life_events import LifeKind


class LifeEventRefusedError(ValueError):
    """This cannot be told: the message says why."""


class LivesTold:
    """The feed of one city: every event has a place, from 1 without gaps."""

    def __init__(self) -> None:
        self.events: list[Happened] = []
        self._undone: set[str] = set()
        self._numbers: dict[str, str] = {}  # corrected number -> the one a person was born with

    def take(self, event: Happened) -> None:
        """Take an event in, fresh or from the journal."""
        self.events.append(event)
        if event.kind is LifeKind.TAKEN_BACK:
            self._undone.add(event.undoes)
        self._numbers = {
            it.new_number: self.first_number(it.id_number)
            for it in self.standing()
            if it.kind is LifeKind.NUMBER_CORRECTED
        }

    def standing(self) -> list[Happened]:
        """Return what was told and not taken back."""
        backs = LifeKind.TAKEN_BACK
        return [it for it in self.events if it.kind is not backs and it.key not in self._undone]

    def first_number(self, id_number: str) -> str:
        """Return the number a person was born with."""
        return self._numbers.get(id_number, id_number)

    def of(self, person: Person) -> Person:
        """Return the person as the registers have them after all that was told."""
        for event in self.standing():
            if self.first_number(event.id_number) != self.first_number(person.id_number):
                continue
            match event.kind:
                case LifeKind.DEATH:
                    person = replace(person, died_on=event.on)
                case LifeKind.HUKOU_GAINED:
                    person = replace(person, hukou_since=event.on)
                case LifeKind.NUMBER_CORRECTED:
                    person = replace(person, id_number=event.new_number)
                case LifeKind.TAKEN_BACK:
                    pass
        return person

    def undoable(self, key: str) -> Happened:
        """Return the event of this key; raise LifeEventRefusedError when it does not stand."""
        found = next((it for it in self.standing() if it.key == key), None)
        if found is None:
            raise LifeEventRefusedError("it was never told, or is taken back already")
        return found

    def next_key(self) -> str:
        """Return the key of the next event."""
        return f"RK-{len(self.events) + 1:08d}"


def corrected(person: Person) -> str:
    """Return a number for a person whose own was given out twice: the next of the same day."""
    number = person.id_number
    sequence = (int(number[14:17]) + 2) % 1000
    return citizen_number(number[:6], person.birth_date, sequence)
