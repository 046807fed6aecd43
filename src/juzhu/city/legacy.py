"""Permits issued before Juzhu, as a CSV file to load: `juzhu load`.

Columns: id_number, name, phone, issued_on, endorsed_on; several endorsements are joined by ";".
"""

from collections.abc import Iterator
from itertools import islice

from juzhu.city.people import Populace
from juzhu.city.person import LegacyPermit
from juzhu.city.state import City

HEADER = "id_number,name,phone,issued_on,endorsed_on\n"


def permit_lines(city: City, *, generated: int) -> Iterator[str]:
    """Yield the file line by line: the people to be who hold a permit, then `generated` others."""
    yield HEADER
    for named in city.named:
        person = named.person
        if person.permit is not None:
            yield _line(person.id_number, person.name, person.phone, person.permit)
    yield from islice(_others(city.populace, city.born.population), generated)


def _others(populace: Populace, population: int) -> Iterator[str]:
    for i in range(population):
        permit = populace.permit(i)
        if permit is not None:
            number = populace.id_number(i)
            yield _line(number, populace.name(i, number)[1], populace.phone(i), permit)


def _line(id_number: str, name: str, phone: str, permit: LegacyPermit) -> str:
    endorsed = ";".join(day.isoformat() for day in permit.endorsed_on)
    return f"{id_number},{name},{phone},{permit.issued_on.isoformat()},{endorsed}\n"
