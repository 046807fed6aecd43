"""Reading persons."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connections

from juzhu.modules.people.contracts import CODE_TIME, PersonView
from juzhu.modules.people.models import FormerNumber, FormerPhone, Person, SignInCode
from juzhu.modules.vault.ring import ring


class PersonNotFoundError(LookupError):
    """No person has this number."""


def person(person_id: int) -> PersonView:
    """Return the person, decrypted; raise PersonNotFoundError."""
    try:
        return _view(Person.objects.get(pk=person_id))
    except Person.DoesNotExist as error:
        raise PersonNotFoundError(str(person_id)) from error


def has_died(person_id: int) -> bool:
    """Say whether a register of persons has told that the person died, and not taken it back."""
    return Person.objects.filter(pk=person_id, died_on__isnull=False).exists()


def person_by_number(id_number: str) -> PersonView | None:
    """Return whoever has this citizen number, None when nobody in the register has."""
    digest = ring().digest(id_number, label="id_number")
    row = Person.objects.filter(id_digest=digest).first()
    if row is None:  # a number that was corrected leads to the same person
        former = FormerNumber.objects.filter(id_digest=digest).select_related("person").first()
        row = None if former is None else former.person
    return None if row is None else _view(row)


def persons_by_phone(phone: str, limit: int = 5) -> list[PersonView]:
    """Return those whose reserved phone this is; one phone may serve several of a family."""
    rows = Person.objects.filter(phone_digest=ring().digest(phone, label="phone"))
    return [_view(row) for row in rows.order_by("pk")[:limit]]


def names(person_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those persons, for a list that shows them masked."""
    return {row.pk: row.name for row in Person.objects.filter(pk__in=person_ids).only("name")}


def person_by_digest(digest: bytes) -> PersonView | None:
    """Return whoever has the citizen number of this digest today, None when nobody has."""
    row = Person.objects.filter(id_digest=digest).first()
    return None if row is None else _view(row)


def all_digests(person_id: int) -> list[bytes]:
    """Return the digests of the person's citizen number and of those that were corrected."""
    former = FormerNumber.objects.filter(person_id=person_id)
    return [id_digest(person_id), *map(bytes, former.values_list("id_digest", flat=True))]


def id_digest(person_id: int) -> bytes:
    """Return the look-up digest of a person's citizen number; raise PersonNotFoundError."""
    found = Person.objects.filter(pk=person_id).values_list("id_digest", flat=True).first()
    if found is None:
        raise PersonNotFoundError(str(person_id))
    return bytes(found)


def phones(person_ids: Collection[int]) -> dict[int, str]:
    """Return the reserved phones of those persons who have one.

    Doubted numbers are left out, and so is who has died: no message comes to the bereaved.
    """
    rows = Person.objects.filter(
        pk__in=person_ids,
        phone__isnull=False,
        phone_doubted_at__isnull=True,
        died_on__isnull=True,
    )
    return {row.pk: row.phone for row in rows.only("pk", "phone") if row.phone}


def former_numbers(person_id: int) -> list[str]:
    """Return the citizen numbers the person had before theirs was corrected, oldest first."""
    rows = FormerNumber.objects.filter(person_id=person_id).order_by("pk")
    return [str(row.id_number) for row in rows]


class Known(NamedTuple):
    """A person found by a digest.

    Attributes:
        person_id: our own number.
        name: sealed, so that the caller opens one for each digest asked, found or not.
        subject: digest from which departments' pseudonyms of the person are made; the same under
            the number of today and under one that was corrected.

    """

    person_id: int
    name: bytes
    subject: bytes


_BY_DIGESTS: Final = """
SELECT id_digest, id, name, coalesce(subject_digest, id_digest) FROM people_person
 WHERE id_digest = ANY(%(digests)s::bytea[])
UNION ALL
SELECT former.id_digest, p.id, p.name, coalesce(p.subject_digest, p.id_digest)
  FROM people_formernumber former JOIN people_person p ON p.id = former.person_id
 WHERE former.id_digest = ANY(%(digests)s::bytea[])
"""


def by_digests(digests: Sequence[bytes], *, using: str = "default") -> dict[bytes, Known]:
    """Return those persons who are in the register, by look-up digest."""
    with connections[using].cursor() as cursor:
        cursor.execute(_BY_DIGESTS, {"digests": _bytea_array(digests)})
        return {
            bytes(digest): Known(pk, bytes(name), bytes(subject))
            for digest, pk, name, subject in cursor.fetchall()
        }


def _bytea_array(values: Sequence[bytes]) -> str:
    """Return a PostgreSQL array as text: the driver takes 20 us for each bytes in a list."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def open_name(sealed: bytes) -> str:
    """Return a name that `by_digests` gave."""
    return ring().open(sealed, label="people_person.name")


def seal_name(name: str) -> bytes:
    """Return a name sealed as the register keeps it."""
    return ring().seal(name, label="people_person.name")


def former_phone(former_id: int) -> str | None:
    """Return a former number that has not been told yet."""
    row = FormerPhone.objects.filter(pk=former_id).first()
    return None if row is None else str(row.phone)


def code_to_send(code_id: int, *, at: datetime) -> tuple[str, str, str] | None:
    """Return (key, phone, code) of a code to be sent; None when it is old or belongs to nobody."""
    row = SignInCode.objects.filter(pk=code_id, asked_at__gt=at - CODE_TIME).first()
    if row is None:
        return None
    owner = Person.objects.filter(
        id_digest=row.id_digest,
        phone_digest=row.phone_digest,
        phone_doubted_at__isnull=True,
        died_on__isnull=True,
    ).first()
    if owner is None or owner.phone is None:
        return None
    # To the microsecond: pressing twice makes two codes, and only the second is good.
    return f"code-{row.pk}-{row.asked_at.timestamp():.6f}", owner.phone, row.code


def _view(row: Person) -> PersonView:
    return PersonView(
        id=row.pk,
        id_number=row.id_number,
        name=row.name,
        phone=row.phone,
        phone_doubted=row.phone_doubted_at is not None,
        died_on=row.died_on,
    )
