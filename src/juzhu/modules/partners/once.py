"""Creating requests that may be repeated: one effect, one answer, whatever the network does."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from juzhu.modules.partners.models import StoredAnswer

KEPT: Final = timedelta(days=7)


class InFlightError(Exception):
    """The first request with this key is still being worked on."""


class KeyReusedError(Exception):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a creating request was answered.

    Attributes:
        status: of the answer.
        body: of the answer, byte for byte.
        repeated: whether it was answered before.

    """

    status: int
    body: bytes
    repeated: bool = False


def once(
    *, partner_id: int, key: str, request: bytes, at: datetime, effect: Callable[[], Reply]
) -> Reply:
    """Return the answer to a request, having its effect only the first time.

    Effect and stored answer commit together. An exception of `effect` stores nothing: the request
    may be repeated.

    Args:
        partner_id: whose key it is.
        key: the idempotency key.
        request: SHA-256 of method, path and body.
        at: now; answers are kept for KEPT.
        effect: does it, and says what to answer; it runs inside the transaction.

    Raises:
        InFlightError: another transaction works on this key.
        KeyReusedError: the key belongs to another request.

    """
    with transaction.atomic():
        if not _lock(partner_id, key):
            raise InFlightError(key)
        known = StoredAnswer.objects.filter(partner_id=partner_id, key=key).first()
        if known is not None and known.at > at - KEPT:
            if bytes(known.request) != request:
                raise KeyReusedError(key)
            return Reply(known.status, bytes(known.body), repeated=True)
        if known is not None:
            known.delete()
        reply = effect()
        StoredAnswer.objects.create(
            partner_id=partner_id,
            key=key,
            request=request,
            status=reply.status,
            body=reply.body,
            at=at,
        )
    return reply


def _lock(partner_id: int, key: str) -> bool:
    """Take the key for this transaction; two keys meeting in one lock cost a repetition only."""
    digest = hashlib.sha256(f"once\0{partner_id}\0{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s)",
            [int.from_bytes(digest[:8], "big", signed=True)],
        )
        return bool(cursor.fetchone()[0])


def forget(*, before: datetime) -> int:
    """Delete answers stored before an instant; return how many went."""
    return StoredAnswer.objects.filter(at__lt=before).delete()[0]
