"""Sealing what has been written, in runs of numbers; the writers never wait for it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from juzhu.modules.audit import chain
from juzhu.modules.audit.contracts import SealView
from juzhu.modules.audit.models import Seal
from juzhu.modules.audit.seals import last_number, last_seal, seal_view

LARGEST_RUN: Final = 50_000
"""Numbers under one seal at most; a fault is located within one seal."""
_POLL_SECONDS: Final = 0.02
_LOCK: Final = 0x6A757A6875  # one sealer at a time

_WRITERS: Final = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass AND mode = 'RowExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()
"""
"""Transactions that have written, or are about to: the lock is taken before a number is."""

Sign = Callable[[bytes], tuple[bytes, bytes]]
"""From a hash to the id of a key and its signature."""


def seal(
    *, sign: Sign, at: datetime, patience_seconds: float = 20.0, largest: int = LARGEST_RUN
) -> list[SealView]:
    """Seal every entry written up to now; return the new seals, none when there was nothing.

    A number is handed out inside a transaction that already holds the table's writing lock. So
    once all who hold it now have ended, every number handed out up to now is either committed or
    gone for good, and the run can be sealed. Nobody waits for the sealer.

    Gives up when a writer takes longer than `patience_seconds`; the next sealing makes up for it.
    """
    upto = last_number()
    last = last_seal()
    if upto <= (last.upto_id if last else 0) or not _all_written(patience_seconds):
        return []
    made: list[SealView] = []
    while (new := _seal_run(upto, largest, sign, at)) is not None:
        made.append(new)
    return made


def _all_written(patience_seconds: float) -> bool:
    """Wait until the present writers have ended; say whether they have."""
    limit = time.monotonic() + patience_seconds
    waiting = writers()
    while waiting and time.monotonic() < limit:
        time.sleep(_POLL_SECONDS)
        waiting &= writers()
    return not waiting


def writers() -> set[str]:
    """Return the transactions, other than this one, that write to the ledger now."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def _seal_run(upto: int, largest: int, sign: Sign, at: datetime) -> SealView | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None  # another worker is at it
    last = last_seal()
    after = last.upto_id if last else 0
    if after >= upto:
        return None
    upto = min(upto, after + largest)
    number, previous = (last.number + 1, last.hash) if last else (1, chain.FIRST)
    [found] = chain.digests([(after, upto)])
    hashed = chain.hash_of(
        number=number, after_id=after, upto_id=upto, found=found, sealed_at=at, previous=previous
    )
    key_id, signature = sign(hashed)
    row = Seal.objects.create(
        number=number,
        after_id=after,
        upto_id=upto,
        entries=found[0],
        digest=found[1],
        sealed_at=at,
        previous=previous,
        hash=hashed,
        key_id=key_id,
        signature=signature,
    )
    return seal_view(row)
