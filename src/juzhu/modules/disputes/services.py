"""Commands on disputes: open, claim, hand back, answer. Each is one transaction."""

from datetime import datetime

from django.db import transaction

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import LookView, Purpose
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.disputes.contracts import (
    ANSWER_WORKING_DAYS,
    MOST_WAITING,
    DataItem,
    DisputeView,
    Reason,
    Verdict,
)
from juzhu.modules.disputes.models import Dispute
from juzhu.modules.disputes.queries import DisputeNotFoundError, view
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.workdays import working_day_after


class TakenError(Exception):
    """Another officer is at it; the message names that officer."""


class TooManyError(Exception):
    """As many of this person's disputes wait as may wait at a time."""


class OwnLookError(Exception):
    """The look in dispute is this officer's own: nobody judges their own deed."""


class AnsweredError(Exception):
    """It has its answer already; nothing is changed."""


@transaction.atomic
def open_dispute(
    *, person_id: int, look: LookView, reason: Reason, words: str, at: datetime
) -> int:
    """Put a look before an officer; a second time gives the first dispute again.

    Args:
        person_id: whose data was looked at.
        look: one of this person's own looks (`audit.queries.look_numbered`).
        reason: why it is not accepted.
        words: the person's own, "" for none.
        at: when; the answer is due five working days after that day.

    Raises:
        TooManyError: ten of this person's wait already.

    """
    mine = Dispute.objects.filter(person_id=person_id)
    known = mine.filter(entry_id=look.entry_ids[0]).first()
    if known is not None:
        return known.pk
    if mine.filter(answered_at__isnull=True).count() >= MOST_WAITING:
        raise TooManyError
    row, _ = Dispute.objects.get_or_create(
        person_id=person_id,
        entry_id=look.entry_ids[0],
        defaults={
            "looked_at": look.at,
            "actor": look.who,
            "purpose": look.purpose,
            "fields": ",".join(look.fields),
            "occasion": look.occasion,
            "basis": look.basis,
            "reason": reason,
            "words": words or None,
            "opened_at": at,
            "answer_by": working_day_after(at.date(), ANSWER_WORKING_DAYS),
        },
    )
    return row.pk


@transaction.atomic
def open_about_data(
    *,
    person_id: int,
    item: DataItem,
    shown: str,
    reason: Reason,
    words: str,
    at: datetime,
    hand: Hand | None = None,
) -> int:
    """Put before an officer that data about the person are wrong (个人信息保护法 第四十六条).

    While one about the same data waits, that is it.

    Args:
        person_id: whose data.
        item: which.
        shown: what was shown to the person, "" when nothing was.
        reason: what is wrong with it.
        words: the person's own.
        at: when; the answer is due five working days after that day.
        hand: the officer who takes it down at a desk, None when the person writes it.

    Raises:
        TooManyError: ten of this person's wait already.

    """
    mine = Dispute.objects.filter(person_id=person_id, answered_at__isnull=True)
    if mine.count() >= MOST_WAITING:
        raise TooManyError
    row, is_new = Dispute.objects.get_or_create(
        person_id=person_id,
        item=item,
        answered_at__isnull=True,
        defaults={
            "looked_at": at,
            "actor": "holder:self",
            "purpose": Purpose.DISPUTE,
            "shown": shown or None,
            "reason": reason,
            "words": words or None,
            "opened_at": at,
            "answer_by": working_day_after(at.date(), ANSWER_WORKING_DAYS),
        },
    )
    if hand is not None and is_new:
        desk.note(hand=hand, kind=ActKind.DISPUTE_TAKEN, person_id=person_id, at=at, outcome=item)
    return row.pk


@transaction.atomic
def claim(*, dispute_id: int, officer: str, at: datetime) -> DisputeView:
    """Let an officer take a dispute up; from then on it is theirs, and the look is in the ledger.

    Raises:
        OwnLookError: it was this officer who looked; another answers (回避).
        DisputeNotFoundError: there is none.
        TakenError: another officer has it.
        AnsweredError: it is answered.

    """
    row = _locked(dispute_id)
    if row.answered_at is not None:
        raise AnsweredError
    if row.officer not in ("", officer):
        raise TakenError(row.officer)
    if row.entry_id is not None and row.actor == f"officer:{officer}":
        raise OwnLookError
    if not row.officer:
        row.officer, row.claimed_at = officer, at
        row.save(update_fields=("officer", "claimed_at"))
    _note(row, "claimed", at)
    return view(row)


@transaction.atomic
def hand_back(*, dispute_id: int, officer: str) -> None:
    """Put a claimed dispute back for others; raise as `answer` does."""
    row = _own(dispute_id, officer)
    row.officer, row.claimed_at = "", None
    row.save(update_fields=("officer", "claimed_at"))


@transaction.atomic
def answer(
    *, dispute_id: int, officer: str, verdict: Verdict, words: str, at: datetime
) -> DisputeView:
    """Answer a claimed dispute, for good; the person gets a message.

    Args:
        dispute_id: which.
        officer: who answers; must have claimed it.
        verdict: what was found.
        words: the answer as the person reads it; never empty.
        at: when.

    Raises:
        ValueError: no words.
        DisputeNotFoundError: there is none.
        TakenError: it is not this officer's.
        AnsweredError: it is answered.

    """
    if not words.strip():
        raise ValueError("an answer needs words")
    row = _own(dispute_id, officer)
    row.verdict, row.answer, row.answered_at = verdict, words.strip(), at
    row.save(update_fields=("verdict", "answer", "answered_at"))
    _note(row, verdict, at)
    notices.write(
        person_id=row.person_id,
        occasion=Occasion.DATA_ANSWERED if row.item else Occasion.DISPUTE_ANSWERED,
        subject=f"dispute-{row.pk}",
        values={"on": row.opened_at.date().isoformat()},
        phone=people.person(row.person_id).phone,
        at=at,
    )
    return view(row)


def _own(dispute_id: int, officer: str) -> Dispute:
    row = _locked(dispute_id)
    if row.answered_at is not None:
        raise AnsweredError
    if row.officer != officer:
        raise TakenError(row.officer)
    return row


def _locked(dispute_id: int) -> Dispute:
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=dispute_id).first()
    if row is None:
        raise DisputeNotFoundError
    return row


def _note(row: Dispute, note: str, at: datetime) -> None:
    audit.record(
        person_id=row.person_id,
        actor=f"officer:{row.officer}",
        purpose=Purpose.DISPUTE,
        at=at,
        fields=("dispute",),
        note=note,
    )
