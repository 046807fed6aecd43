"""Commands: answer questions. Nothing is told before its ledger rows are on disk."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from prometheus_client import Counter as Metric

from juzhu.modules.audit import queries as looks
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners import services as partner_services
from juzhu.modules.vault.ring import ring
from juzhu.modules.verifications import queries
from juzhu.modules.verifications.contracts import (
    RECEIPT_YEARS,
    Asker,
    Call,
    Proof,
    Told,
    Unanswerable,
)
from juzhu.modules.verifications.models import Alert
from juzhu.modules.verifications.queries import Found

log = structlog.get_logger()

Finish = Callable[[Call, Sequence[Told]], Proof]
"""Writes the answer to a call and signs it; it must do nothing else."""

Answered = tuple[Call, Sequence[Told], Proof]


@transaction.atomic
def answer(
    calls: Sequence[Call], *, at: datetime, finish: Finish, found: Found | None = None
) -> list[Proof | Unanswerable]:
    """Answer calls of any partners in one transaction, each as if it were alone.

    Look-up, one ledger row per look, what each partner learns, receipts: on disk together when this
    returns. A call that cannot be answered is given as its error and leaves nothing behind.

    Args:
        calls: in any order; the answers come in the same.
        at: when, for the ledger.
        finish: makes bytes and signature of an answer.
        found: what was read from a replica; None reads here, in the same transaction.

    """
    found = found or queries.look_up(calls)
    outcomes = [_told(call, found, finish) for call in calls]
    answered = [it for it in outcomes if not isinstance(it, Unanswerable)]
    alerts = _alerts(answered, found, at)
    audit.record_many([entry for it in answered for entry in _entries(it, found, at)])
    _learn(answered, found, at)
    keep_receipts(answered)
    Alert.objects.bulk_create(alerts)
    return [it if isinstance(it, Unanswerable) else it[2] for it in outcomes]


def _told(call: Call, found: Found, finish: Finish) -> Answered | Unanswerable:
    key = partners.pseudonym_key(call.asker.partner_id)
    told = []
    for look in call.looks:
        try:
            verification = queries.verification(look, found)
        except Unanswerable as error:
            log.exception("verifications.unanswerable", person=str(error))
            return error
        known = verification.standing is not None
        subject = partners.pseudonym_under(key, found.subject(look)) if known else None
        told.append(Told(look.as_of, verification, subject))
    return call, told, finish(call, told)


def _entries(answered: Answered, found: Found, at: datetime) -> list[NewEntry]:
    call, told, _ = answered
    asker, occasion = call.asker, str(call.receipt_id)
    visible_from = at + asker.confidential if asker.confidential else None
    entries = []
    for look, answer in zip(call.looks, told, strict=True):
        person_id = found.person_id(look)
        standing = answer.verification.standing
        entries.append(
            NewEntry(
                person_id=person_id,
                subject=look.id_digest if person_id is None else None,
                actor=asker.actor,
                purpose=asker.purpose,
                at=at,
                fields=asker.fields,
                occasion=occasion,
                note=standing.value if standing else "none",
                basis=asker.basis,
                visible_from=visible_from,
            )
        )
    return entries


def _learn(answered: Sequence[Answered], found: Found, at: datetime) -> None:
    """Note whom each partner has found: it may follow them by the feed."""
    met = {
        (call.asker.partner_id, person_id, answer.subject)
        for call, told, _ in answered
        for look, answer in zip(call.looks, told, strict=True)
        if answer.subject is not None and (person_id := found.person_id(look)) is not None
    }
    partner_services.learn_many(met=met, at=at)


def _alerts(answered: Sequence[Answered], found: Found, at: datetime) -> list[Alert]:
    """Return an alert for each person whom a partner now asks about once too often today."""
    since = datetime.combine(at.date(), time(), at.tzinfo)
    ids = {found.person_id(look) for call, _, _ in answered for look in call.looks}
    before = looks.times(sorted(pk if pk is not None else -1 for pk in ids), since=since)
    alerts = []
    for call, _, _ in answered:
        asker, purpose = call.asker, call.asker.purpose.value
        limit = asker.per_subject_per_day
        for person_id in map(found.person_id, call.looks):
            if person_id is not None:
                same = (person_id, asker.actor, purpose)
                before[same] = times = before.get(same, 0) + 1
                if times == limit + 1:
                    alerts.append(_alert(asker, person_id, call.receipt_id, at))
    return alerts


_ALERTS: Final = Metric(
    "juzhu_verification_alerts", "Persons asked about too often in a day", ["partner", "purpose"]
)


def _alert(asker: Asker, person_id: int, receipt_id: UUID, at: datetime) -> Alert:
    _ALERTS.labels(asker.actor, asker.purpose.value).inc()
    log.warning(
        "verifications.asked_too_often",
        partner=asker.actor,
        purpose=asker.purpose.value,
        person_id=person_id,
        limit=asker.per_subject_per_day,
    )
    return Alert(
        at=at,
        partner_id=asker.partner_id,
        purpose=asker.purpose,
        person_id=person_id,
        receipt=receipt_id,
        limit=asker.per_subject_per_day,
    )


def keep_receipts(answered: Sequence[Answered]) -> None:
    """Keep signed answers for two years; part of the transaction that answers."""
    keys = ring()
    rows = [
        (
            call.receipt_id,
            call.asker.partner_id,
            keys.seal_bytes(queries.packed(proof, call.request_sha256), label=_RECEIPT_LABEL),
        )
        for call, _, proof in answered
        if proof.receipt
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(KEEP_RECEIPTS, [list(column) for column in zip(*rows, strict=True)])


_RECEIPT_LABEL: Final = "verifications_receipt.content"
KEEP_RECEIPTS: Final = """
INSERT INTO verifications_receipt (id, partner_id, content)
SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])
"""


def beat() -> None:
    """Write the primary's sign of life, unless another process did so half a second ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO verifications_beat AS beat (id, at) VALUES (1, clock_timestamp())"
            " ON CONFLICT (id) DO UPDATE SET at = excluded.at"
            " WHERE beat.at < excluded.at - interval '0.5 s'"
        )


def forget_receipts(*, at: datetime, limit: int = 5000) -> int:
    """Delete receipts that are over; return how many of the oldest `limit` went."""
    last = oldest_id(at - timedelta(days=365 * RECEIPT_YEARS + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM verifications_receipt WHERE id IN "
            "(SELECT id FROM verifications_receipt WHERE id < %s ORDER BY id LIMIT %s)",
            [last, limit],
        )
        return int(cursor.rowcount)


def oldest_id(at: datetime) -> UUID:
    """Return the smallest receipt number of the millisecond `at`."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def new_receipt_id(at: datetime) -> UUID:
    """Return a fresh receipt number: the millisecond, then 74 bits nobody can guess (RFC 9562)."""
    random = secrets.randbits(74)
    fields = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | (random >> 62) << 64
    return UUID(int=fields | 0b10 << 62 | random & (1 << 62) - 1)
