"""Writing many persons down at once: sealed here, sent by COPY, merged by digest."""

from collections.abc import Iterable, Sequence
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


def write(people: Sequence[NewPerson], *, at: datetime) -> list[tuple[int, bool]]:
    """Return our numbers of `people` and who was new; see `services.meet_many`."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY people_newcomer FROM STDIN") as copy:
            copy.write("".join(_lines(people)))
        cursor.execute(_MERGE, [at])
        if cursor.rowcount < len(people):
            cursor.execute(_REACHABLE)
        cursor.execute(_FOUND, [at])
        found: list[tuple[int, bool]] = cursor.fetchall()
        cursor.execute("DELETE FROM people_newcomer")
    return found


def _lines(people: Iterable[NewPerson]) -> Iterable[str]:
    seal, digest = ring().seal, ring().digest
    for place, it in enumerate(people):
        phone = phone_digest = "\\N"
        if it.phone:
            phone = "\\\\x" + seal(it.phone, label="people_person.phone").hex()
            phone_digest = "\\\\x" + digest(it.phone, label="phone").hex()
        yield (
            f"{place}\t\\\\x{digest(it.id_number, label='id_number').hex()}"
            f"\t\\\\x{seal(it.id_number, label='people_person.id_number').hex()}"
            f"\t\\\\x{seal(it.name, label='people_person.name').hex()}"
            f"\t{phone}\t{phone_digest}\n"
        )
