"""The synthetic population: any number of people derived from a seed, none of them stored.

Person `i` gets the citizen number at place `p(i)` of all possible numbers, where a number is
(county, day of birth, sequence 001-995) and `p` is a keyed shuffle. From a number the place, and
by undoing the shuffle the person, is computed again. Sequences 996-999 are left to the named
people of `named.py`, so the two never meet.
"""

from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from juzhu.city import lives
from juzhu.city.draws import Draws
from juzhu.city.names import draw_ethnic_group, draw_name
from juzhu.city.numbers import citizen_number, parts_of
from juzhu.city.permutation import Permutation
from juzhu.city.person import LegacyPermit, Person
from juzhu.city.places import counties, county_place, draw_hukou_address

FIRST_BIRTH: Final = date(1962, 1, 1)
LAST_BIRTH: Final = date(2006, 12, 31)
SEQUENCES: Final = 995
_DAYS: Final = (LAST_BIRTH - FIRST_BIRTH).days + 1
_PHONES: Final = 10**8
_PHONE_STEP: Final = 61_803_399  # odd and no multiple of 5, so multiplying shuffles 0..10**8-1


class Populace:
    """All people of one seed; `epoch` is the day on which the city was born."""

    def __init__(self, seed: str, epoch: date) -> None:
        self.epoch = epoch
        self._key = blake2b(seed.encode(), digest_size=32).digest()
        self.size = len(counties()) * _DAYS * SEQUENCES
        self._places = Permutation(self._key, self.size)

    def id_number(self, i: int) -> str:
        """Return person `i`'s citizen number."""
        rest, sequence = divmod(self._places.forward(i), SEQUENCES)
        county, day = divmod(rest, _DAYS)
        birth = FIRST_BIRTH + timedelta(days=day)
        return citizen_number(counties()[county].code, birth, sequence + 1)

    def index_of(self, id_number: str) -> int | None:
        """Return who holds a citizen number, or None if it is none of this population's."""
        parts = parts_of(id_number)
        if parts is None:
            return None
        region, birth, sequence = parts
        county = county_place().get(region)
        if county is None or not FIRST_BIRTH <= birth <= LAST_BIRTH:
            return None
        if not 1 <= sequence <= SEQUENCES:
            return None
        place = (county * _DAYS + (birth - FIRST_BIRTH).days) * SEQUENCES + sequence - 1
        return self._places.back(place)

    def name(self, i: int, id_number: str) -> tuple[str, str]:
        """Return person `i`'s ethnic group and name."""
        draws = Draws(self._key, "name", i)
        group = draw_ethnic_group(draws, id_number[:6])
        return group, draw_name(draws, male=_is_male(id_number), ethnic_group=group)

    def phone(self, i: int) -> str:
        """Return person `i`'s mobile number; no two of the first hundred million share one."""
        return f"139{i * _PHONE_STEP % _PHONES:08d}"

    def permit(self, i: int) -> LegacyPermit | None:
        """Return the permit that person `i` held when the city was born, if any."""
        arrived = lives.draw_arrival(Draws(self._key, "arrival", i), self.epoch)
        return lives.draw_permit(Draws(self._key, "permit", i), arrived, self.epoch)

    def person(self, i: int) -> Person:
        """Return everything about person `i`."""
        number = self.id_number(i)
        group, name = self.name(i, number)
        county = counties()[county_place()[number[:6]]]
        arrived = lives.draw_arrival(Draws(self._key, "arrival", i), self.epoch)
        life = lives.draw_life(Draws(self._key, "life", i), arrived, self.epoch)
        return Person(
            id_number=number,
            name=name,
            population_name=name,
            sex="1" if _is_male(number) else "2",
            ethnic_group=group,
            birth_date=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            hukou_address=draw_hukou_address(Draws(self._key, "hukou", i), county),
            phone=self.phone(i),
            homes=life.homes,
            jobs=life.jobs,
            qualifications=life.qualifications,
            studies=life.studies,
            permit=self.permit(i),
        )


def person(seed: str, i: int, epoch: date) -> Person:
    """Return person `i` of a seed for a city born on `epoch`."""
    return populace(seed, epoch).person(i)


@lru_cache(maxsize=8)
def populace(seed: str, epoch: date) -> Populace:
    """Return the population of a seed for a city born on `epoch`."""
    return Populace(seed, epoch)


def _is_male(id_number: str) -> bool:
    return int(id_number[16]) % 2 == 1
