"""Reading the registry of partners."""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

from juzhu.modules.partners.contracts import (
    AnswerField,
    Grant,
    PartnerView,
    RegisteredKey,
    Registry,
    Scope,
)
from juzhu.modules.partners.models import Partner, PartnerGrant, PartnerKey

_PSEUDONYM_BYTES: Final = 18  # 144 bits: no two people of a city meet by chance


class PartnerNotFoundError(LookupError):
    """No partner has this code."""


def registry() -> Registry:
    """Return all partners as they are now: three statements, whatever their number."""
    rows = Partner.objects.prefetch_related("grants", "keys").order_by("code")
    return Registry({row.code: _view(row) for row in rows})


def partner(code: str) -> PartnerView:
    """Return one partner; raise PartnerNotFoundError."""
    row = Partner.objects.prefetch_related("grants", "keys").filter(code=code).first()
    if row is None:
        raise PartnerNotFoundError(code)
    return _view(row)


def names() -> dict[str, str]:
    """Return what partners are called, by code; for those who read who looked."""
    return dict(Partner.objects.values_list("code", "name"))


def contact(partner_id: int) -> str:
    """Return whom to tell when something is wrong with what a partner does."""
    return Partner.objects.values_list("contact", flat=True).get(pk=partner_id)


def partner_by_id(partner_id: int) -> PartnerView:
    """Return one partner by our own number of it."""
    return _view(Partner.objects.prefetch_related("grants", "keys").get(pk=partner_id))


def pseudonym(partner_id: int, id_digest: bytes) -> str:
    """Return the name under which a partner knows a person: stable, and another for each partner.

    Args:
        partner_id: our own number of the partner.
        id_digest: look-up digest of the citizen number (`people.services.digest_of`).

    """
    return pseudonym_under(pseudonym_key(partner_id), id_digest)


@cache
def pseudonym_key(partner_id: int) -> bytes:
    """Return the key of a partner's pseudonyms, which never changes; kept in memory once read."""
    return bytes(Partner.objects.values_list("pseudonym_key", flat=True).get(pk=partner_id))


def pseudonym_under(key: bytes, id_digest: bytes) -> str:
    """Return the pseudonym of a person under a partner's own key."""
    keyed = hmac.digest(key, id_digest, "sha256")[:_PSEUDONYM_BYTES]
    return base64.urlsafe_b64encode(keyed).decode()


def valid_keys(found: PartnerView, at: datetime) -> tuple[RegisteredKey, ...]:
    """Return the keys by which a partner may prove itself at an instant."""
    return tuple(key for key in found.keys if key.ends_at is None or at < key.ends_at)


def _view(row: Partner) -> PartnerView:
    return PartnerView(
        id=row.pk,
        code=row.code,
        name=row.name,
        contact=row.contact,
        suspended=row.suspended_at is not None,
        dpop=row.dpop,
        calls_per_minute=row.calls_per_minute,
        jwks_uri=row.jwks_uri,
        grants={grant.scope: grant for grant in map(_grant, row.grants.all())},
        keys=_keys(row.keys.all()),
    )


def _grant(row: PartnerGrant) -> Grant:
    return Grant(
        scope=Scope(row.scope),
        legal_basis=row.legal_basis,
        fields=tuple(AnswerField(name) for name in row.fields.split(",") if name),
        confidential_days=row.confidential_days,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        per_subject_per_day=row.per_subject_per_day,
    )


def _keys(rows: Iterable[PartnerKey]) -> tuple[RegisteredKey, ...]:
    found = sorted(rows, key=lambda row: row.pk)
    return tuple(
        RegisteredKey(row.kid, row.jwk, row.thumbprint, row.added_at, row.ends_at) for row in found
    )
