"""Commands at the desks. `note` is called inside the transaction of what it notes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.desk.contracts import ActKind, Hand, Reason
from juzhu.modules.desk.models import Act, Shift, Ticket
from juzhu.modules.desk.queries import counts_of

PURPOSES = {
    Reason.VISIT: Purpose.DESK_VISIT,
    Reason.CALL: Purpose.DESK_CALL,
    Reason.REVIEW: Purpose.REVIEW,
    Reason.SUPERVISION: Purpose.SUPERVISION,
    Reason.FOLLOW_UP: Purpose.NIGHT_ROUND,
}
"""What the holder reads for each reason."""


def note(
    *,
    hand: Hand,
    kind: ActKind,
    person_id: int | None,
    at: datetime,
    occasion: str = "",
    outcome: str = "",
) -> None:
    """Write one act; it commits or vanishes with what it notes."""
    Act.objects.create(
        at=at,
        on=at.date(),
        username=hand.username,
        point=hand.point,
        window=hand.window,
        shift_id=hand.shift_id,
        person_id=person_id,
        identified=hand.identified,
        kind=kind,
        occasion=occasion,
        outcome=outcome,
    )


@transaction.atomic
def look(
    *,
    hand: Hand,
    person_id: int,
    reason: Reason,
    fields: Sequence[str],
    at: datetime,
    occasion: str = "",
    kind: ActKind = ActKind.LOOKED,
) -> None:
    """Write that an officer looks at a person's data, here and in the person's own ledger.

    Call it before anything is shown: what cannot be written down is not seen.
    """
    audit.record(
        person_id=person_id,
        actor=hand.actor,
        purpose=PURPOSES[reason],
        at=at,
        fields=fields,
        occasion=occasion,
    )
    note(hand=hand, kind=kind, person_id=person_id, at=at, occasion=occasion, outcome=reason)


def begin_shift(*, username: str, point: str, window: str, at: datetime) -> None:
    """Begin a shift; a running one goes on."""
    try:
        with transaction.atomic():
            Shift.objects.create(username=username, point=point, window=window, began_at=at)
    except IntegrityError:
        return


@transaction.atomic
def end_shift(*, username: str, note: str, at: datetime) -> None:
    """End the officer's shift (交班) with its counts and a note for the next one."""
    shift = (
        Shift.objects.select_for_update(of=("self",))
        .filter(username=username, ended_at__isnull=True)
        .first()
    )
    if shift is None:
        return
    shift.ended_at, shift.note = at, note
    shift.counts = counts_of(shift.pk, username, shift.began_at.date())
    shift.save(update_fields=("ended_at", "note", "counts"))
    _finish(shift.point, username, at)


@transaction.atomic
def take_ticket(*, point: str, at: datetime) -> str:
    """Give out the next number of the point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"desk {point}"])
    last = Ticket.objects.filter(point=point, on=at.date()).aggregate(Max("serial"))["serial__max"]
    return str(
        Ticket.objects.create(point=point, on=at.date(), serial=(last or 0) + 1, taken_at=at)
    )


@transaction.atomic
def call_next(*, point: str, window: str, username: str, at: datetime) -> str | None:
    """Call the next number to a window; the one served before is done. None when nobody waits."""
    _finish(point, username, at)
    ticket = (
        Ticket.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(point=point, on=at.date(), called_at__isnull=True)
        .order_by("serial")
        .first()
    )
    if ticket is None:
        return None
    ticket.called_at, ticket.called_by, ticket.window = at, username, window
    ticket.save(update_fields=("called_at", "called_by", "window"))
    return str(ticket)


def _finish(point: str, username: str, at: datetime) -> None:
    Ticket.objects.filter(
        point=point, called_by=username, called_at__isnull=False, done_at__isnull=True
    ).update(done_at=at)
