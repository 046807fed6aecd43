"""Whom partners have learnt of by their own verifications, for the feed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from juzhu.modules.partners.models import Known

_INTRODUCE = """
    UPDATE partners_known SET introduced = true WHERE id IN (
        SELECT id FROM partners_known WHERE partner_id = %s AND NOT introduced
        LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING person_id, noted_at
"""


@dataclass(frozen=True, slots=True)
class KnownView:
    """A person as one partner knows them.

    Attributes:
        partner_id: our own number of the partner.
        person_id: our own number of the person.
        subject: the pseudonym.
        noted_at: since when, by the database's clock: the start of the transaction that told them.

    """

    partner_id: int
    person_id: int
    subject: str
    noted_at: datetime


def known_to(partner_id: int, person_ids: Collection[int]) -> Mapping[int, KnownView]:
    """Return those of the persons whom the partner knows."""
    rows = Known.objects.filter(partner_id=partner_id, person_id__in=person_ids)
    return {row.person_id: _view(row) for row in rows}


def introduce(partner_id: int, *, limit: int) -> list[tuple[int, datetime]]:
    """Take notice of up to `limit` people who are new to the partner's feed.

    Returns:
        our number of each and since when the partner knows them.

    """
    with connection.cursor() as cursor:
        cursor.execute(_INTRODUCE, [partner_id, limit])
        return list(cursor.fetchall())


def who_knows(person_ids: Collection[int]) -> list[KnownView]:
    """Return every partner that knows one of the persons, once for each person."""
    return [_view(row) for row in Known.objects.filter(person_id__in=person_ids)]


def _view(row: Known) -> KnownView:
    return KnownView(row.partner_id, row.person_id, row.pseudonym, row.noted_at)
