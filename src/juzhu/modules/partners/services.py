"""Commands on partners: each writes what it did, and by whom, beside the effect."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from juzhu.modules.partners import jose
from juzhu.modules.partners.contracts import Grant
from juzhu.modules.partners.jose import PublicKey
from juzhu.modules.partners.models import (
    Partner,
    PartnerChange,
    PartnerGrant,
    PartnerKey,
    SpentToken,
)
from juzhu.modules.partners.queries import PartnerNotFoundError, pseudonym_key, pseudonym_under

_PSEUDONYM_KEY_BYTES: Final = 32


class PartnerExistsError(Exception):
    """A partner with this code is registered already."""


class KeyTakenError(Exception):
    """The key or its id is registered already."""


@transaction.atomic
def register(
    *, code: str, name: str, contact: str, actor: str, at: datetime, **options: Any
) -> int:
    """Register a partner; return our number of it.

    Args:
        code: short name for tokens and the ledger, lower-case letters and hyphens.
        name: how the holder reads it.
        contact: whom to tell when something is wrong.
        actor: who registers, as `kind:name`.
        at: when.
        options: `dpop`, `calls_per_minute`, `jwks_uri`.

    Raises:
        PartnerExistsError: the code is taken.

    """
    key = secrets.token_bytes(_PSEUDONYM_KEY_BYTES)
    try:
        with transaction.atomic():
            row = Partner.objects.create(
                code=code,
                name=name,
                contact=contact,
                pseudonym_key=key,
                registered_at=at,
                **options,
            )
    except IntegrityError as error:
        raise PartnerExistsError(code) from error
    _note(row, "registered", actor, at, name=name, contact=contact, **options)
    return row.pk


AMENDABLE: Final = ("name", "contact", "calls_per_minute", "dpop", "jwks_uri")
"""What of a partner may change; its code stands in the ledger for ever."""


@transaction.atomic
def amend(*, code: str, changes: Mapping[str, object], actor: str, at: datetime) -> None:
    """Change what is registered of a partner (AMENDABLE); what is not new is left out.

    Raises:
        PartnerNotFoundError: no such partner.

    """
    row = _locked(code)
    before = {name: getattr(row, name) for name in AMENDABLE if name in changes}
    new = {name: changes[name] for name, old in before.items() if changes[name] != old}
    if not new:
        return
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=tuple(new))
    _note(row, "amended", actor, at, **new, before={name: before[name] for name in new})


@transaction.atomic
def grant(*, code: str, grant: Grant, actor: str, at: datetime) -> None:
    """Grant a purpose, or change what was granted for it; raise PartnerNotFoundError."""
    row = _locked(code)
    values = {
        "legal_basis": grant.legal_basis,
        "fields": ",".join(grant.fields),
        "confidential_days": grant.confidential_days,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
        "per_subject_per_day": grant.per_subject_per_day,
    }
    PartnerGrant.objects.update_or_create(partner=row, scope=grant.scope, defaults=values)
    written = {name: str(value) for name, value in values.items()}
    _note(row, "granted", actor, at, scope=grant.scope, **written)


@transaction.atomic
def add_key(*, code: str, key: PublicKey, kid: str, actor: str, at: datetime) -> None:
    """Register a public key beside those there are, under a name of the partner's choice.

    Raises:
        PartnerNotFoundError: no such partner.
        KeyTakenError: the partner has a key of this name, or anybody has this key.

    """
    row, print_ = _locked(code), jose.thumbprint(key)
    jwk = key.as_dict(private=False) | {"kid": kid}
    try:
        with transaction.atomic():
            PartnerKey.objects.create(partner=row, kid=kid, jwk=jwk, thumbprint=print_, added_at=at)
    except IntegrityError as error:
        raise KeyTakenError(kid) from error
    _note(row, "key_added", actor, at, kid=kid, thumbprint=print_)


@transaction.atomic
def end_key(*, code: str, kid: str, ends_at: datetime, actor: str, at: datetime) -> bool:
    """Let a key be good until an instant and no longer; return whether there is such a key.

    An end is brought forward, never put off.
    """
    row = _locked(code)
    key = row.keys.filter(kid=kid).first()
    if key is None:
        return False
    if key.ends_at is None or ends_at < key.ends_at:
        key.ends_at = ends_at
        key.save(update_fields=("ends_at",))
        _note(row, "key_ended", actor, at, kid=kid, ends_at=ends_at.isoformat())
    return True


@transaction.atomic
def suspend(*, code: str, why: str, actor: str, at: datetime) -> None:
    """Shut a partner out, its tokens that are out included; raise PartnerNotFoundError."""
    row = _locked(code)
    if row.suspended_at is None:
        row.suspended_at = at
        row.save(update_fields=("suspended_at",))
        _note(row, "suspended", actor, at, why=why)


@transaction.atomic
def resume(*, code: str, actor: str, at: datetime) -> None:
    """Let a suspended partner in again; raise PartnerNotFoundError."""
    row = _locked(code)
    if row.suspended_at is not None:
        row.suspended_at = None
        row.save(update_fields=("suspended_at",))
        _note(row, "resumed", actor, at)


def note(*, partner_id: int, what: str, actor: str, at: datetime, **detail: object) -> None:
    """Write down an act on what belongs to a partner; part of the transaction of its effect."""
    _note(Partner.objects.get(pk=partner_id), what, actor, at, **detail)


def spend(*, partner_id: int, digest: bytes, until: datetime) -> bool:
    """Note that a `jti` was used; return False when it had been used before.

    The database decides, so of two calls at the same instant one is refused, on any machine.
    """
    row = SpentToken(partner_id=partner_id, digest=digest, until=until)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} (partner_id, digest, until) "  # noqa: S608
            "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [partner_id, digest, until],
        )
        return bool(cursor.rowcount == 1)


def forget_spent(*, before: datetime) -> int:
    """Delete notes of tokens that are over anyway; return how many went."""
    return SpentToken.objects.filter(until__lt=before).delete()[0]


def learn(*, partner_id: int, people: Iterable[tuple[int, bytes]], at: datetime) -> None:
    """Note which persons a partner has asked about: their later changes reach it by the feed.

    Args:
        partner_id: our own number of the partner.
        people: our number of each person and the look-up digest of the citizen number.
        at: since when.

    """
    key = pseudonym_key(partner_id)
    found = {person_id: pseudonym_under(key, digest) for person_id, digest in people}
    learn_many(met=[(partner_id, *it) for it in found.items()], at=at)


def learn_many(*, met: Iterable[tuple[int, int, str]], at: datetime) -> None:
    """Note whom partners have asked about, in one statement and always in one order.

    The order keeps two transactions that note the same people from waiting for each other.

    Args:
        met: our numbers of partner and person, and the pseudonym (`queries.pseudonym_under`).
        at: since when; of no account for those already known.

    """
    rows = sorted(met)
    if rows:
        partners, people, names = zip(*rows, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(LEARN_MANY, [at, list(partners), list(people), list(names)])


LEARN_MANY: Final = """
INSERT INTO partners_known (partner_id, person_id, pseudonym, since)
SELECT met.partner, met.person, met.name, %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS met(partner, person, name)
ON CONFLICT DO NOTHING
"""


def _locked(code: str) -> Partner:
    row = Partner.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise PartnerNotFoundError(code)
    return row


def _note(row: Partner, what: str, actor: str, at: datetime, **detail: object) -> None:
    PartnerChange.objects.create(at=at, code=row.code, actor=actor, what=what, detail=detail)
