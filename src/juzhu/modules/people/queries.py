"""Reading persons."""

from collections.abc import Collection

from juzhu.modules.people.contracts import PersonView
from juzhu.modules.people.models import Person, SignInCode


class PersonNotFoundError(LookupError):
    """No person has this number."""


def person(person_id: int) -> PersonView:
    """Return the person, decrypted; raise PersonNotFoundError."""
    try:
        return _view(Person.objects.get(pk=person_id))
    except Person.DoesNotExist as error:
        raise PersonNotFoundError(str(person_id)) from error


def phones(person_ids: Collection[int]) -> dict[int, str]:
    """Return the reserved phones of those persons who have one."""
    rows = Person.objects.filter(pk__in=person_ids, phone__isnull=False)
    return {row.pk: row.phone for row in rows if row.phone}


def code_to_send(code_id: int) -> tuple[str, str, str] | None:
    """Return (key, phone, code) for a code that was asked for, None when it belongs to nobody."""
    row = SignInCode.objects.filter(pk=code_id).first()
    if row is None:
        return None
    owner = Person.objects.filter(id_digest=row.id_digest, phone_digest=row.phone_digest).first()
    if owner is None or owner.phone is None:
        return None
    return f"code-{row.pk}-{int(row.asked_at.timestamp())}", owner.phone, row.code


def _view(row: Person) -> PersonView:
    return PersonView(id=row.pk, id_number=row.id_number, name=row.name, phone=row.phone)
