"""Whom partners have learnt of by their own verifications, for the feed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from juzhu.modules.partners.models import Known


@dataclass(frozen=True, slots=True)
class KnownView:
    """A person as one partner knows them.

    Attributes:
        partner_id: our own number of the partner.
        person_id: our own number of the person.
        subject: the pseudonym.
        noted_at: since when, by the database's clock: the start of the transaction that told them.
        follows_from: what has a higher place in the feed is told; None if nothing is yet.

    """

    partner_id: int
    person_id: int
    subject: str
    noted_at: datetime
    follows_from: int | None


def known_to(partner_id: int, person_ids: Collection[int]) -> Mapping[int, KnownView]:
    """Return those of the persons whom the partner knows."""
    rows = Known.objects.filter(partner_id=partner_id, person_id__in=person_ids)
    return {row.person_id: _view(row) for row in rows}


def knows_somebody(partner_id: int) -> bool:
    """Say whether the partner has learnt of anybody."""
    return Known.objects.filter(partner_id=partner_id).exists()


def newly_known(partner_id: int, *, limit: int) -> list[KnownView]:
    """Return and lock up to `limit` people of whom the feed has not taken notice yet."""
    rows = Known.objects.select_for_update(of=("self",), skip_locked=True)
    return [_view(row) for row in rows.filter(partner_id=partner_id, follows_from=None)[:limit]]


def follow(partner_id: int, person_ids: Collection[int], *, after: int) -> None:
    """Let the feed tell the partner of people from behind a place on."""
    rows = Known.objects.filter(partner_id=partner_id, person_id__in=person_ids)
    rows.update(follows_from=after)


def _view(row: Known) -> KnownView:
    return KnownView(row.partner_id, row.person_id, row.pseudonym, row.noted_at, row.follows_from)
