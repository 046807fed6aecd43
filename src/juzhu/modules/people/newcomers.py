"""Writing many persons down at once: sealed here, sent by COPY, merged by digest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from juzhu.modules.people.contracts import NewPerson
from juzhu.modules.vault.ring import ring

_STAGE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS people_newcomer (place int, id_digest bytea,
    id_number bytea, name bytea, phone bytea, phone_digest bytea) ON COMMIT DELETE ROWS
"""
# In the order of the unique index: two processes that meet the same people wait, never for ever.
_MERGE: Final = """
INSERT INTO people_person (id_digest, id_number, name, phone, phone_digest, created_at)
SELECT DISTINCT ON (id_digest) id_digest, id_number, name, phone, phone_digest, %s
FROM people_newcomer n
WHERE NOT EXISTS (SELECT FROM people_formernumber f WHERE f.id_digest = n.id_digest)
ORDER BY id_digest, place
ON CONFLICT (id_digest) DO NOTHING
"""
_REACHABLE: Final = """
UPDATE people_person p SET phone = n.phone, phone_digest = n.phone_digest
FROM (SELECT DISTINCT ON (id_digest) * FROM people_newcomer WHERE phone IS NOT NULL
      ORDER BY id_digest, place) n
WHERE p.id_digest = n.id_digest AND p.phone IS NULL
"""
_FOUND: Final = """
SELECT p.id, p.created_at = %s
FROM people_newcomer n
LEFT JOIN (SELECT f.id_digest AS before, q.id_digest AS now FROM people_formernumber f
           JOIN people_person q ON q.id = f.person_id) corrected ON corrected.before = n.id_digest
JOIN people_person p ON p.id_digest = coalesce(corrected.now, n.id_digest)
ORDER BY n.place
"""
TABLES: Final = ("people_person",)
"""What `fill` writes; a load may take their guards off meanwhile (`rounds.closing`)."""


_DOUBLED: Final = """
SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY id_digest ORDER BY id) AS place FROM people_person
) AS numbered WHERE place > 1
"""


def fill(people: Sequence[tuple[int, NewPerson]], *, at: datetime) -> None:
    """Write down persons under numbers chosen by the caller, none of whom is here yet.

    Raises:
        IntegrityError: one is here, or a number is taken.

    """
    columns = "id, created_at, id_digest, id_number, name, phone, phone_digest"
    sealed = _sealed([person for _, person in people])
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,  # Django leaves COPY's alone
        cursor.copy(f"COPY people_person ({columns}) FROM STDIN") as copy,
    ):
        lines = zip(people, sealed, strict=True)
        copy.write("".join([f"{number}\t{at}\t{line}\n" for (number, _), line in lines]))


def doubled() -> list[int]:
    """Return our numbers of persons whose citizen number another has, too, but for the first.

    For a register that stands without its guards; reads all of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLED)
        return [number for (number,) in cursor.fetchall()]


def take_out(numbers: Sequence[int]) -> None:
    """Delete persons whom `fill` wrote down, before anybody else can know of them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_person WHERE id = ANY(%s)", [list(numbers)])


def write(people: Sequence[NewPerson], *, at: datetime) -> list[tuple[int, bool]]:
    """Return our numbers of `people` and who was new; see `services.meet_many`."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with (
            connection.wrap_database_errors,
            cursor.copy("COPY people_newcomer FROM STDIN") as copy,
        ):
            copy.write("".join(f"{n}\t{line}\n" for n, line in enumerate(_sealed(people))))
        cursor.execute(_MERGE, [at])
        if cursor.rowcount < len(people):
            cursor.execute(_REACHABLE)
        cursor.execute(_FOUND, [at])
        found: list[tuple[int, bool]] = cursor.fetchall()
        cursor.execute("DELETE FROM people_newcomer")
    return found


def _sealed(people: Sequence[NewPerson]) -> list[str]:
    """Return digest, number, name, phone and its digest of each as COPY reads them."""
    keys = ring()
    numbers = [it.id_number for it in people]
    phones = [it.phone or "" for it in people]
    columns = (
        [keys.digest(number, label="id_number") for number in numbers],
        keys.seal_many(numbers, label="people_person.id_number"),
        keys.seal_many([it.name for it in people], label="people_person.name"),
        keys.seal_many(phones, label="people_person.phone"),
        [keys.digest(phone, label="phone") for phone in phones],
    )
    return [
        f"\\\\x{digest.hex()}\t\\\\x{number.hex()}\t\\\\x{name.hex()}\t"
        + (f"\\\\x{phone.hex()}\t\\\\x{phone_digest.hex()}" if given else "\\N\t\\N")
        for digest, number, name, phone, phone_digest, given in zip(*columns, phones, strict=True)
    ]
