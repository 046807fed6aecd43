"""Signing in by a hand-over token; making one-time passes and using them up."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.channels.contracts import PASS_TIME, Passed, PassKind
from juzhu.modules.channels.models import Pass, UsedToken
from juzhu.modules.people import services as people


def first_time(*, issuer: str, jti: str, until: datetime) -> bool:
    """Note that something was heard; False when it was before. Call inside the transaction.

    Args:
        issuer: whose it is.
        jti: its name, unique for the issuer.
        until: when it can be forgotten.

    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO channels_usedtoken (issuer, jti, until) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [issuer, jti, until],
        )
        return bool(cursor.rowcount)


@transaction.atomic
def enter(
    *, issuer: str, jti: str, until: datetime, id_number: str, name: str, at: datetime
) -> int | None:
    """Use a hand-over token up and return whom it signs in; None when it was used before.

    Token, person and ledger entry are written together: of two requests with one token the second
    waits for the first and gets None.

    Args:
        issuer: who signed it.
        jti: its own name, unique for the issuer.
        until: when it can be forgotten.
        id_number: citizen number, checked.
        name: as the issuer has it, normalised.
        at: now.

    """
    if not first_time(issuer=issuer, jti=jti, until=until):
        return None
    person_id = people.meet(id_number=id_number, name=name, at=at)
    audit.record(
        person_id=person_id, actor="holder:self", purpose=Purpose.SIGN_IN, at=at, note="app"
    )
    return person_id


def make_pass(*, kind: PassKind, person_id: int, content: Any, at: datetime) -> str:
    """Make a one-time pass and return its secret, which is kept nowhere.

    Args:
        kind: what for.
        person_id: whose; the person's earlier unused passes of this kind end.
        content: what it leads to, as JSON; sealed.
        at: now; it is good for PASS_TIME.

    """
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        Pass.objects.filter(person_id=person_id, kind=kind, used_at__isnull=True).delete()
        Pass.objects.create(
            secret_digest=_digest(secret),
            kind=kind,
            person_id=person_id,
            content=json.dumps(content),
            until=at + PASS_TIME,
        )
    return secret


@transaction.atomic
def use_pass(
    secret: str, *, kind: PassKind, at: datetime, person_id: int | None = None
) -> Passed | None:
    """Use a pass up and return what it leads to; None when it is none, late, used, or another's.

    Args:
        secret: as it was handed out.
        kind: what it must be for.
        at: now.
        person_id: who holds it out; a pass of somebody else is left as it is. None for a pass that
            is itself all the proof there is.

    """
    row = (
        Pass.objects.select_for_update(of=("self",))
        .filter(secret_digest=_digest(secret), kind=kind, used_at__isnull=True, until__gt=at)
        .first()
    )
    if row is None or person_id not in (None, row.person_id):
        return None
    row.used_at = at
    row.save(update_fields=("used_at",))
    return Passed(row.person_id, json.loads(row.content))


def forget(*, before: datetime) -> int:
    """Delete tokens and passes that were good until `before` at most; return how many went."""
    tokens = UsedToken.objects.filter(until__lt=before).delete()[0]
    return tokens + Pass.objects.filter(until__lt=before).delete()[0]


def _digest(secret: str) -> bytes:
    # 192 random bits need no slow or keyed digest: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
