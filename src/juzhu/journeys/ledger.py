"""Sealing and checking the ledger: the database's part, with keys and memory from outside it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain

import structlog

from juzhu import wiring
from juzhu.modules.audit import sealing, verifying
from juzhu.modules.audit import seals as audit
from juzhu.modules.audit.contracts import Fault, SealView, Verified
from juzhu.ports.ledger import Mark, Signature

log = structlog.get_logger()


def seal(*, at: datetime) -> list[SealView]:
    """Seal what has been written, and remember the newest seal outside the database.

    A chain that no longer holds the seal remembered last is sealed on, but said aloud: that seal
    is remembered for good, and every check from now on names it.
    """
    witness = wiring.ledger_witness()
    known = witness.head()
    lost = known if known is not None and not _stands(known) else None
    if lost is not None:
        log.error("ledger.seal_lost", number=lost.number, hash=lost.hash.hex())
        witness.keep(lost)
    made = sealing.seal(sign=_sign, at=at)
    if made or lost or known is None:
        last = audit.last_seal()
        witness.note(Mark(last.number, last.hash) if last else None)
    return made


def verify(
    *,
    found: Callable[[Fault], None],
    since: datetime | None = None,
    until: datetime | None = None,
    told: Callable[[SealView], None] = lambda _: None,
    copies: Iterable[Mark] = (),
    patience_seconds: float = 15.0,
) -> Verified:
    """Check the ledger, its seals, and both against `copies` and what is remembered outside."""
    done = verifying.verify(
        holds=_holds,
        found=found,
        since=since,
        until=until,
        told=told,
        patience_seconds=patience_seconds,
    )
    marks = chain(wiring.ledger_witness().marks(), copies)
    verifying.check_marks(((mark.number, mark.hash) for mark in marks), found=found)
    return done


def _stands(mark: Mark) -> bool:
    ours = audit.seal_numbered(mark.number)
    return ours is not None and ours.hash == mark.hash


def _sign(message: bytes) -> tuple[bytes, bytes]:
    signature = wiring.ledger_keys().sign(message)
    return signature.key_id, signature.value


def _holds(message: bytes, key_id: bytes, signature: bytes) -> bool:
    return wiring.ledger_keys().holds(message, Signature(key_id, signature))
