"""Checking the ledger against its seals, the seals against each other and against copies."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import connection
from django.utils.timezone import localtime

from juzhu.modules.audit import chain
from juzhu.modules.audit.contracts import Fault, FaultKind, SealView, Verified
from juzhu.modules.audit.models import Seal
from juzhu.modules.audit.sealing import writers
from juzhu.modules.audit.seals import last_number, last_seal, seal_numbered, seals

BLOCK_NUMBERS: Final = 100_000
"""Entries are read and hashed in blocks of about so many numbers."""
BLOCK_SEALS: Final = 2_000

_POLL_SECONDS: Final = 0.2
_OUTSIDE: Final = """
SELECT count(*) FROM audit_entry
WHERE id <= 0 OR id > (SELECT last_value FROM audit_entry_id_seq)
"""

Holds = Callable[[bytes, bytes, bytes], bool]
"""From hash, key id and signature to whether it is ours."""
Told = Callable[[SealView], None]


def verify(
    *,
    holds: Holds,
    found: Callable[[Fault], None],
    since: datetime | None = None,
    until: datetime | None = None,
    told: Told = lambda _: None,
    patience_seconds: float = 15.0,
) -> Verified:
    """Check every seal made in `[since, until)` and every entry below it; changes nothing.

    Args:
        holds: checks one signature.
        found: called with each fault.
        since: None for the first seal.
        until: None for the last one; then what lies outside all seals is checked, too.
        told: called with the last seal of each block, for progress.
        patience_seconds: how long numbers without entries may wait for their writer or a seal.

    """
    count = entries = 0
    for block in _blocks(_in_order(seals(since=since, until=until, batch=BLOCK_SEALS), found)):
        for seal in block:
            _check_seal(seal, holds, found)
        entries += _check_entries(block, found)
        count += len(block)
        told(block[-1])
    unsealed = _check_tail(found, patience_seconds) if until is None else 0
    return Verified(count, entries, unsealed)


def check_marks(marks: Iterable[tuple[int, bytes]], *, found: Callable[[Fault], None]) -> int:
    """Compare seals remembered elsewhere, as number and hash, with ours; return how many."""
    last = last_seal()
    end, count, rest = last.number if last else 0, 0, iter(marks)
    while chunk := list(islice(rest, BLOCK_SEALS)):
        numbers = {number for number, _ in chunk}
        ours = dict(Seal.objects.filter(number__in=numbers).values_list("number", "hash"))
        for number, hashed in chunk:
            if number > end:
                detail = f"known elsewhere; the ledger ends with seal {end}"
                found(Fault(FaultKind.CUT_OFF, number, detail))
            elif bytes(ours.get(number, b"")) != hashed:
                detail = "differs from the copy kept elsewhere: the chain was written anew"
                found(Fault(FaultKind.SEAL_ALTERED, number, detail))
        count += len(chunk)
    return count


def _in_order(
    rows: Iterator[SealView], found: Callable[[Fault], None]
) -> Iterator[tuple[SealView, bool]]:
    """Yield each seal with whether it follows the one before it."""
    before: SealView | None = None
    for row in rows:
        if before is None and row.number > 1:
            before = seal_numbered(row.number - 1)
        expected = (before.number + 1, before.upto_id, before.hash) if before else _BEGINNING
        follows = (row.number, row.after_id, row.previous) == expected
        if not follows:
            detail = f"does not follow seal {expected[0] - 1}: one is missing, added or moved"
            found(Fault(FaultKind.SEAL_MISPLACED, row.number, detail))
        yield row, follows
        before = row


_BEGINNING: Final = (1, 0, chain.FIRST)


def _blocks(rows: Iterator[tuple[SealView, bool]]) -> Iterator[list[SealView]]:
    block: list[SealView] = []
    for row, follows in rows:
        full = block and row.upto_id - block[0].after_id > BLOCK_NUMBERS
        if block and (full or not follows or len(block) == BLOCK_SEALS):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _check_seal(seal: SealView, holds: Holds, found: Callable[[Fault], None]) -> None:
    if chain.hash_again(seal) != seal.hash:
        found(Fault(FaultKind.SEAL_ALTERED, seal.number, "its hash does not fit what it says"))
    elif not holds(seal.hash, seal.key_id, seal.signature):
        detail = f"not signed by a key of ours (key {seal.key_id.hex()})"
        found(Fault(FaultKind.SEAL_ALTERED, seal.number, detail))


def _check_entries(block: Sequence[SealView], found: Callable[[Fault], None]) -> int:
    digests = chain.digests([(seal.after_id, seal.upto_id) for seal in block])
    for seal, (count, digest) in zip(block, digests, strict=True):
        if (count, digest) == (seal.entries, seal.digest):
            continue
        more = count - seal.entries
        kind = FaultKind.INSERTED if more > 0 else FaultKind.DELETED if more else FaultKind.CHANGED
        run, sealed_at = f"{seal.after_id + 1} to {seal.upto_id}", localtime(seal.sealed_at)
        detail = f"entries {run}, sealed {sealed_at:%Y-%m-%d %H:%M:%S}: {count} of {seal.entries}"
        found(Fault(kind, seal.number, detail))
    return sum(count for count, _ in digests)


def _check_tail(found: Callable[[Fault], None], patience_seconds: float) -> int:
    """Look at what no seal covers; return how many entries wait for one."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE)
        outside = cursor.fetchone()[0]
    if outside:
        found(Fault(FaultKind.OUTSIDE, 0, f"{outside} under numbers that were never handed out"))
    handed_out, limit = last_number(), time.monotonic() + patience_seconds
    while True:
        writing = writers()  # before what they have written is counted
        last = last_seal()
        number, sealed = (last.number, last.upto_id) if last else (0, 0)
        waiting = _count(sealed, handed_out)
        if waiting or sealed >= handed_out or time.monotonic() >= limit:
            break
        time.sleep(_POLL_SECONDS)  # a number may be in use, or rolled back and sealed in a moment
    if sealed < handed_out and not waiting and not writing:
        detail = f"numbers {sealed + 1} to {handed_out} were handed out, none of them is there"
        found(Fault(FaultKind.CUT_OFF, number, detail))
    return waiting


def _count(after: int, upto: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE id > %s AND id <= %s", [after, upto])
        return int(cursor.fetchone()[0])
