"""A department checks what a holder has shared with it by a code."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from juzhu.domain.verification import NOTHING, Verification, verify
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import services as sheets
from juzhu.modules.sheets.contracts import OpenedShare, ShareField
from juzhu.modules.verifications.contracts import Asker, Call, Proof, Told
from juzhu.modules.verifications.services import Finish, keep_receipts

_MEMBERS: Final[Mapping[ShareField, str]] = {
    ShareField.STANDING: "status",
    ShareField.VALID_THROUGH: "valid_through",
    ShareField.CONTINUOUS_SINCE: "continuous_since",
    ShareField.FIRST_ISSUED_ON: "first_issued_on",
    ShareField.HELD_PERIODS: "held_periods",
}


@dataclass(frozen=True, slots=True)
class SharedQuestion:
    """A share code as typed in, with the birth date of its holder as in the citizen number."""

    code: str
    birth_date: str
    request_sha256: bytes


@transaction.atomic
def answer(
    question: SharedQuestion, *, asker: Asker, receipt_id: UUID, at: datetime, finish: Finish
) -> Proof:
    """Answer about the holder of a share code: what they share, and of that what the law lets see.

    A code that does not open (wrong, over, revoked, another birth date) is answered like a person
    without a permit; nobody was looked at then. The code gives no leave to follow the holder, so
    the answer holds no lasting name for them.

    Raises:
        PermitHistoryError: the person's acts contradict each other or the law.

    """
    opened = sheets.open_share(code=question.code, birth_date=question.birth_date, at=at)
    told = Told(at.date(), _held(opened, at.date()), None)
    if opened is not None:
        shared = {_MEMBERS[field] for field in opened.fields if field in _MEMBERS}
        asker = replace(asker, fields=tuple(name for name in asker.fields if name in shared))
    call = Call(receipt_id, asker, [], question.request_sha256)
    proof = finish(call, [told])
    if opened is not None:
        standing = told.verification.standing
        audit.record_many([_entry(asker, opened, receipt_id, at, standing or "none")])
    keep_receipts([(call, [told], proof)])
    return proof


def _held(opened: OpenedShare | None, on: date) -> Verification:
    if opened is None:
        return NOTHING
    found = permits.histories([opened.person_id])
    return verify(found.get(opened.person_id, []), on)


def _entry(
    asker: Asker, opened: OpenedShare, receipt_id: UUID, at: datetime, note: str
) -> NewEntry:
    return NewEntry(
        person_id=opened.person_id,
        actor=asker.actor,
        purpose=asker.purpose,
        at=at,
        fields=asker.fields,
        occasion=str(receipt_id),
        note=note,
        basis=asker.basis,
        visible_from=at + asker.confidential if asker.confidential else None,
    )
