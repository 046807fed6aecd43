"""How entries are held together: what a seal covers, its digest and its hash.

A seal covers all entries of a run of numbers. Its digest is the SHA-256 of their text in order of
number; its hash covers that, its own place and the hash of the seal before. So one seal known from
elsewhere proves everything that was sealed up to it.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction

from juzhu.modules.audit.contracts import SealView

FIRST: Final = bytes(32)
"""What stands for the hash before the first seal."""

_TEXTS: Final = """
SELECT width_bucket(id, %s::bigint[]), count(*), string_agg(
    ROW(id, at AT TIME ZONE 'UTC', person_id, subject, actor, purpose, fields, occasion, note,
        basis, visible_from AT TIME ZONE 'UTC')::text, E'\\n' ORDER BY id, at)
FROM audit_entry WHERE id > %s AND id <= %s GROUP BY 1
"""
"""The text of entries, in the output format of PostgreSQL's rows, which quotes what needs it."""

Digest = tuple[int, bytes]
"""How many entries there are, and the SHA-256 of their text."""

NOTHING: Final[Digest] = (0, hashlib.sha256(b"").digest())


def digests(runs: Sequence[tuple[int, int]]) -> list[Digest]:
    """Return the digest of each run of numbers `(after, upto]`; runs follow one another.

    Hashed here, not in the database: what is checked is what can be read.
    """
    found = [NOTHING] * len(runs)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'")
        cursor.execute(_TEXTS, [[after + 1 for after, _ in runs], runs[0][0], runs[-1][1]])
        for place, count, text in cursor.fetchall():
            found[place - 1] = (count, hashlib.sha256(text.encode()).digest())
    return found


def hash_of(
    *, number: int, after_id: int, upto_id: int, found: Digest, sealed_at: datetime, previous: bytes
) -> bytes:
    """Return the hash of a seal: SHA-256 of its lines as text."""
    count, digest = found
    lines = (
        "juzhu ledger seal 1",
        f"{number}",
        f"{after_id} {upto_id} {count}",
        digest.hex(),
        sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        previous.hex(),
    )
    return hashlib.sha256("\n".join(lines).encode()).digest()


def hash_again(seal: SealView) -> bytes:
    """Return the hash that this seal should have."""
    return hash_of(
        number=seal.number,
        after_id=seal.after_id,
        upto_id=seal.upto_id,
        found=(seal.entries, seal.digest),
        sealed_at=seal.sealed_at,
        previous=seal.previous,
    )
