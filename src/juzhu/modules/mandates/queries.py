"""Reading mandates."""

from datetime import date

from juzhu.domain.identity import mask_name
from juzhu.modules.mandates.contracts import MandateView, Task, Way
from juzhu.modules.mandates.models import Mandate
from juzhu.modules.people import queries as people


def of_holder(person_id: int) -> list[MandateView]:
    """Return all mandates the person ever gave, the newest first."""
    return [view(row) for row in Mandate.objects.filter(holder_id=person_id).order_by("-pk")]


def of_helper(person_id: int, *, on: date) -> list[MandateView]:
    """Return the mandates under which the person may act on that day, the oldest first."""
    rows = Mandate.objects.filter(
        helper_digest__in=people.all_digests(person_id),
        ended_at__isnull=True,
        since__lte=on,
        through__gte=on,
    )
    name = people.person(person_id).name
    return [view(row) for row in rows.order_by("pk") if row.helper_name == name]


def ever_of_helper(person_id: int) -> list[MandateView]:
    """Return all mandates that name the person as helper, the newest first."""
    rows = Mandate.objects.filter(helper_digest__in=people.all_digests(person_id))
    return [view(row) for row in rows.order_by("-pk")]


def helper_name(mandate_id: int) -> str:
    """Return the masked name of the helper of a mandate that something on record names."""
    return mask_name(Mandate.objects.only("helper_name").get(pk=mandate_id).helper_name)


def helper_names(person_id: int) -> dict[str, str]:
    """Return the masked names of everybody the person ever let act, as the ledger names them."""
    rows = Mandate.objects.filter(holder_id=person_id).only("pk", "helper_name")
    return {f"helper:{row.pk}": mask_name(row.helper_name) for row in rows}


def view(row: Mandate) -> MandateView:
    """Return a row as it may leave the module."""
    return MandateView(
        id=row.pk,
        holder_id=row.holder_id,
        helper_name=row.helper_name,
        tasks=frozenset(map(Task, row.tasks)),
        since=row.since,
        through=row.through,
        way=Way(row.way),
        given_at=row.given_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
