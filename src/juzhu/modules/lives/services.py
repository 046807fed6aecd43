"""Noting signals and what became of them; what they do to permits is in `cases.lives`."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.lives.contracts import Outcome, ProceedingView, SignalView
from juzhu.modules.lives.models import Proceeding, Reading, Signal
from juzhu.modules.lives.queries import SignalNotFoundError, proceeding_view, view
from juzhu.ports.life_events import LifeEvent

part_of_one_effect = transaction.atomic(savepoint=False)


class SameOfficerError(Exception):
    """Who proposed it cannot sign it, too."""


class NotOpenError(Exception):
    """It is answered, or nothing was proposed; nothing is changed."""


@part_of_one_effect
def note(event: LifeEvent, *, person_id: int | None, at: datetime) -> SignalView | None:
    """Write a signal down; None when it was before. Either way the feed is read up to it."""
    reading, _ = Reading.objects.get_or_create(pk=1, defaults={"position": event.position})
    Reading.objects.filter(pk=reading.pk, position__lt=event.position).update(
        position=event.position
    )
    row, fresh = Signal.objects.get_or_create(
        key=event.key,
        defaults={
            "source": event.source,
            "kind": event.kind,
            "on": event.on,
            "undoes": event.undoes,
            "person_id": person_id,
            "new_number": event.new_number or None,
            "former_number": event.id_number if event.new_number else None,
            "received_at": at,
            "outcome": Outcome.NOBODY if person_id is None else Outcome.NOTHING,
        },
    )
    return view(row) if fresh else None


@transaction.atomic
def silent(*, why: str, at: datetime) -> bool:
    """Note that the feed did not answer; say whether it is news."""
    Reading.objects.get_or_create(pk=1, defaults={"position": 0})
    row = Reading.objects.select_for_update().get(pk=1)
    news = row.silent_since is None or row.silence != why[:80]
    row.silent_since, row.silence = row.silent_since or at, why[:80]
    row.failures += 1
    row.save(update_fields=("silent_since", "silence", "failures"))
    return news


def answers() -> bool:
    """Note that the feed answers; say whether it is news."""
    rows = Reading.objects.filter(silent_since__isnull=False)
    return bool(rows.update(silent_since=None, silence=""))


@part_of_one_effect
def conclude(signal_id: int, outcome: Outcome, *, why: str = "", cases: Sequence[str] = ()) -> None:
    """Note what became of a signal."""
    Signal.objects.filter(pk=signal_id).update(outcome=outcome, why=why, cases=list(cases))


@part_of_one_effect
def annulled(signal_id: int) -> None:
    """Note that the source or an officer took the signal back."""
    Signal.objects.filter(pk=signal_id).update(outcome=Outcome.ANNULLED)


@transaction.atomic
def propose(*, signal_id: int, officer: str, words: str, at: datetime) -> None:
    """Propose that a signal was wrong; it is undone with a second officer's signature.

    Raises:
        NotOpenError: it had no effect, or somebody has proposed it already.

    """
    row = locked(signal_id)
    if row.proposed_by or row.outcome not in (Outcome.DONE, Outcome.REVIEW):
        raise NotOpenError
    row.proposed_by, row.proposed_at, row.words = officer, at, words
    row.answered_by, row.answered_at = "", None
    row.save(update_fields=("proposed_by", "proposed_at", "words", "answered_by", "answered_at"))


@transaction.atomic
def reject(*, signal_id: int, officer: str, at: datetime) -> None:
    """Leave a signal as it is though somebody proposed to undo it; raise as `sign` does."""
    row = _signed(signal_id, officer)
    row.answered_by, row.answered_at = officer, at
    row.save(update_fields=("answered_by", "answered_at"))


@part_of_one_effect
def sign(*, signal_id: int, officer: str, at: datetime) -> SignalView:
    """Sign a proposal; the caller undoes the signal in the same transaction.

    Raises:
        NotOpenError: nothing is proposed, or it is answered.
        SameOfficerError: the one who proposed it.

    """
    row = _signed(signal_id, officer)
    row.answered_by, row.answered_at = officer, at
    row.save(update_fields=("answered_by", "answered_at"))
    return view(row)


@transaction.atomic
def settle(*, signal_id: int, officer: str, words: str, at: datetime) -> None:
    """Say that an officer has looked at a signal and that nothing more follows from it.

    Raises:
        NotOpenError: it did not wait for an officer.

    """
    row = locked(signal_id)
    if row.outcome != Outcome.REVIEW or row.proposed_by:
        raise NotOpenError
    row.outcome, row.answered_by, row.answered_at = Outcome.SETTLED, officer, at
    row.words = words
    row.save(update_fields=("outcome", "answered_by", "answered_at", "words"))


def locked(signal_id: int) -> Signal:
    """Return the row, locked; raise SignalNotFoundError."""
    row = Signal.objects.select_for_update().filter(pk=signal_id).first()
    if row is None:
        raise SignalNotFoundError(str(signal_id))
    return row


def _signed(signal_id: int, officer: str) -> Signal:
    row = locked(signal_id)
    if not row.proposed_by or row.answered_at is not None:
        raise NotOpenError
    if row.proposed_by == officer:
        raise SameOfficerError
    return row


@part_of_one_effect
def open_proceeding(
    *, person_id: int, permit_id: int, officer: str, ground: str, hear_by: date, at: datetime
) -> tuple[ProceedingView, bool]:
    """Open a proceeding, or return the open one; say whether it is new."""
    row, fresh = Proceeding.objects.get_or_create(
        permit_id=permit_id,
        outcome="",
        defaults={
            "person_id": person_id,
            "opened_by": officer,
            "opened_at": at,
            "ground": ground,
            "hear_by": hear_by,
        },
    )
    return proceeding_view(row), fresh


@transaction.atomic
def say(
    *, person_id: int, proceeding_id: int, words: str, at: datetime, hand: Hand | None = None
) -> bool:
    """Take down what the person says to it; False when it is decided or said already.

    Args:
        person_id: the holder.
        proceeding_id: which proceeding of theirs.
        words: what they say.
        at: now.
        hand: the officer who takes it down at a counter, None on the phone.

    """
    rows = Proceeding.objects.filter(pk=proceeding_id, person_id=person_id, outcome="")
    taken = bool(rows.filter(said_at__isnull=True).update(said=words, said_at=at))
    if taken and hand is not None:
        desk.note(
            hand=hand,
            kind=ActKind.HEARD,
            person_id=person_id,
            at=at,
            occasion=f"fraud-{proceeding_id}",
        )
    return taken


@part_of_one_effect
def close_proceeding(
    *,
    proceeding_id: int,
    outcome: str,
    officer: str,
    words: str,
    at: datetime,
    cases: Sequence[str] = (),
) -> None:
    """Note the decision of a proceeding."""
    Proceeding.objects.filter(pk=proceeding_id).update(
        outcome=outcome, decided_by=officer, words=words, decided_at=at, cases=list(cases)
    )


@part_of_one_effect
def locked_proceeding(proceeding_id: int) -> ProceedingView | None:
    """Return a proceeding, locked until the end of the transaction."""
    row = Proceeding.objects.select_for_update().filter(pk=proceeding_id).first()
    return None if row is None else proceeding_view(row)
