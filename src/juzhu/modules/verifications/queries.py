"""Reading what a question needs, and what was answered before."""

import hmac
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from uuid import UUID

import msgspec
from django.db import connections

from juzhu.domain.identity import normalise_name
from juzhu.domain.permit import Action, ActionKind, PermitHistoryError
from juzhu.domain.verification import NOTHING, Recorded, Verification, verify
from juzhu.modules.people import queries as people
from juzhu.modules.people.queries import Known
from juzhu.modules.permits import queries as permits
from juzhu.modules.verifications.contracts import Call, Look, Proof, Unanswerable
from juzhu.modules.verifications.models import Alert, Receipt
from juzhu.ports.clock import SHENZHEN

_NOBODY: Final = -1
"""Looked for in place of a person who is not there, so that the statements are the same."""


def asked_too_often(*, since: date) -> list[tuple[int, str, date]]:
    """Return partner, purpose and day wherever somebody was asked about too often since a day."""
    rows = Alert.objects.filter(at__gte=datetime.combine(since, time(), SHENZHEN))
    found = rows.values_list("partner_id", "purpose", "at")
    return sorted({(pk, purpose, at.astimezone(SHENZHEN).date()) for pk, purpose, at in found})


@dataclass(frozen=True, slots=True)
class Found:
    """What the register holds about the people of some calls."""

    people: Mapping[bytes, Known] = field(repr=False)
    permits: Mapping[int, Sequence[Sequence[Recorded]]] = field(repr=False)

    def person_id(self, look: Look) -> int | None:
        """Return our number of the person asked about, None when they are not in the register."""
        known = self.people.get(look.id_digest)
        return None if known is None else known.person_id

    def subject(self, look: Look) -> bytes:
        """Return the digest of which the partner's pseudonym of the person is made."""
        known = self.people.get(look.id_digest)
        return look.id_digest if known is None else known.subject


def look_up(calls: Iterable[Call], *, using: str = "default") -> Found:
    """Return what the register holds about everybody asked about: two statements in all."""
    digests = list({look.id_digest for call in calls for look in call.looks})
    known = people.by_digests(digests, using=using)
    ids = [known[digest].person_id if digest in known else _NOBODY for digest in digests]
    return Found(known, permits.histories(ids, using=using))


def age(using: str) -> timedelta | None:
    """Return how far a replica is behind at most; None when it has never seen a beat.

    Everything that was committed when the beat it shows was written is there. The clocks of the two
    servers should agree, as clocks of servers do.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - at FROM verifications_beat")
        found = cursor.fetchone()
    return None if found is None else max(found[0], timedelta(0))


def verification(look: Look, found: Found) -> Verification:
    """Return what holds for one look.

    An unknown person, a name that does not match and a person without a permit cost the same
    steps: one name is opened and compared, one history is folded, whether it is theirs or not.

    Raises:
        Unanswerable: the person's acts contradict each other or the law.

    """
    known = found.people.get(look.id_digest)
    name = people.open_name(known.name if known else _nobodys_name())
    matches = hmac.compare_digest(normalise_name(name).encode(), look.name.encode())
    held = found.permits.get(known.person_id) if known else None
    try:
        folded = verify(held or _NOBODYS_PERMITS, look.as_of)
    except (PermitHistoryError, ValueError) as error:
        if matches:
            raise Unanswerable(f"person {known.person_id if known else ''}") from error
        return NOTHING
    return folded if held and known and matches else NOTHING


@cache
def _nobodys_name() -> bytes:
    return people.seal_name("某某某")


_NOBODYS_PERMITS: Final = [
    [
        Recorded(Action(ActionKind.ISSUED, date(2024, 3, 1)), date(2024, 3, 1)),
        Recorded(Action(ActionKind.ENDORSED, date(2025, 2, 1)), date(2025, 2, 1)),
        Recorded(Action(ActionKind.ENDORSED, date(2026, 2, 1)), date(2026, 2, 1)),
    ]
]


class StoredProof(msgspec.Struct, array_like=True):
    """A receipt as it is kept, before it is sealed."""

    answer: bytes
    receipt: str
    request_sha256: bytes


class ReceiptNotFoundError(LookupError):
    """This partner has no such receipt."""


def packed(proof: Proof, request_sha256: bytes) -> bytes:
    """Return a receipt as it is kept: a batch shrinks to a tenth, a single answer to two thirds."""
    stored = StoredProof(proof.answer, proof.receipt, request_sha256)
    return zlib.compress(msgspec.msgpack.encode(stored), 1)


def receipt(partner_id: int, receipt_id: UUID) -> tuple[Proof, bytes]:
    """Return an answer as it was given, and the SHA-256 of its request.

    Raises:
        ReceiptNotFoundError: there is none, or it is another partner's.

    """
    row = Receipt.objects.filter(pk=receipt_id, partner_id=partner_id).first()
    if row is None:
        raise ReceiptNotFoundError(str(receipt_id))
    stored = msgspec.msgpack.decode(zlib.decompress(row.content), type=StoredProof)
    return Proof(stored.answer, stored.receipt), stored.request_sha256
