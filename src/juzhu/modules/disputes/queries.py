"""Reading disputes."""

from datetime import date

from django.db.models import Count, Q

from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.disputes.contracts import (
    DataItem,
    DisputeState,
    DisputeView,
    Load,
    Reason,
    Verdict,
)
from juzhu.modules.disputes.models import Dispute


class DisputeNotFoundError(LookupError):
    """There is no such dispute, or it is somebody else's."""


def waiting(limit: int = 100) -> list[DisputeView]:
    """Return disputes without an answer, those to be answered first at the top."""
    rows = Dispute.objects.filter(answered_at__isnull=True)
    return [view(row) for row in rows.order_by("answer_by", "opened_at", "pk")[:limit]]


def load(on: date) -> Load:
    """Return how much waits on that day."""
    found = Dispute.objects.filter(answered_at__isnull=True).aggregate(
        waiting=Count("pk"), overdue=Count("pk", filter=Q(answer_by__lt=on))
    )
    return Load(found["waiting"], found["overdue"])


def dispute(dispute_id: int) -> DisputeView:
    """Return a dispute for an officer; raise DisputeNotFoundError.

    Reading it is a look at the person's data: claim it first, which writes that look.
    """
    return _one(Dispute.objects.filter(pk=dispute_id).first())


def dispute_of(person_id: int, dispute_id: int) -> DisputeView:
    """Return a person's own dispute; raise DisputeNotFoundError."""
    return _one(Dispute.objects.filter(pk=dispute_id, person_id=person_id).first())


def disputes_of(person_id: int) -> list[DisputeView]:
    """Return a person's disputes, newest first."""
    return [view(row) for row in Dispute.objects.filter(person_id=person_id).order_by("-pk")]


def _one(row: Dispute | None) -> DisputeView:
    if row is None:
        raise DisputeNotFoundError
    return view(row)


def view(row: Dispute) -> DisputeView:
    """Return the dispute as it may leave this module."""
    state = (
        DisputeState.ANSWERED
        if row.answered_at
        else DisputeState.CLAIMED
        if row.claimed_at
        else DisputeState.OPEN
    )
    return DisputeView(
        id=row.pk,
        person_id=row.person_id,
        entry_id=row.entry_id,
        item=DataItem(row.item) if row.item else None,
        shown=row.shown or "",
        looked_at=row.looked_at,
        actor=row.actor,
        purpose=Purpose(row.purpose),
        fields=tuple(name for name in row.fields.split(",") if name),
        occasion=row.occasion,
        basis=row.basis,
        reason=Reason(row.reason),
        words=row.words or "",
        opened_at=row.opened_at,
        answer_by=row.answer_by,
        state=state,
        officer=row.officer,
        verdict=Verdict(row.verdict) if row.verdict else None,
        answer=row.answer or "",
        answered_at=row.answered_at,
    )
