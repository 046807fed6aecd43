"""Reading signals."""

from django.db.models import Q

from juzhu.modules.lives.contracts import Outcome, ProceedingView, SignalView, Silence
from juzhu.modules.lives.models import Proceeding, Reading, Signal
from juzhu.ports.life_events import LifeKind


class SignalNotFoundError(LookupError):
    """There is no such signal."""


def position() -> int:
    """Return the place up to which the feed has been taken in, 0 before the first."""
    return Reading.objects.values_list("position", flat=True).first() or 0


def silence() -> Silence:
    """Return whether the feed answers."""
    row = Reading.objects.first()
    return Silence(row.silent_since, row.silence, row.failures) if row else Silence(None, "", 0)


def signal(signal_id: int) -> SignalView:
    """Return a signal; raise SignalNotFoundError."""
    row = Signal.objects.filter(pk=signal_id).first()
    if row is None:
        raise SignalNotFoundError(str(signal_id))
    return view(row)


def keyed(key: str) -> SignalView | None:
    """Return the signal that the source names so."""
    row = Signal.objects.filter(key=key).first()
    return None if row is None else view(row)


def signals_of(person_id: int) -> list[SignalView]:
    """Return what was told of a person, newest first."""
    return [view(row) for row in Signal.objects.filter(person_id=person_id).order_by("-pk")]


def alike(signal: SignalView) -> list[SignalView]:
    """Return what else told the same of the same person and had an effect."""
    rows = Signal.objects.filter(
        person_id=signal.person_id, kind=signal.kind.value, outcome=Outcome.DONE
    )
    return [view(row) for row in rows.exclude(pk=signal.id).order_by("pk")]


def waiting(limit: int = 100) -> list[SignalView]:
    """Return signals that wait for an officer, those that came first at the top."""
    rows = Signal.objects.filter(
        Q(outcome=Outcome.REVIEW) | Q(proposed_at__isnull=False, answered_at__isnull=True)
    )
    return [view(row) for row in rows.order_by("received_at", "pk")[:limit]]


def view(row: Signal) -> SignalView:
    """Return the signal as it may leave this module."""
    return SignalView(
        id=row.pk,
        key=row.key,
        source=row.source,
        kind=LifeKind(row.kind),
        on=row.on,
        person_id=row.person_id,
        new_number=row.new_number or "",
        former_number=row.former_number or "",
        received_at=row.received_at,
        outcome=Outcome(row.outcome),
        why=row.why,
        cases=tuple(row.cases),
        words=row.words or "",
        proposed_by=row.proposed_by,
        answered_by=row.answered_by,
    )


def proceeding(proceeding_id: int) -> ProceedingView:
    """Return a proceeding; raise SignalNotFoundError."""
    row = Proceeding.objects.filter(pk=proceeding_id).first()
    if row is None:
        raise SignalNotFoundError(str(proceeding_id))
    return proceeding_view(row)


def proceedings_of(person_id: int) -> list[ProceedingView]:
    """Return the proceedings against a person's permits, newest first."""
    rows = Proceeding.objects.filter(person_id=person_id).order_by("-pk")
    return [proceeding_view(row) for row in rows]


def open_proceedings(limit: int = 100) -> list[ProceedingView]:
    """Return the proceedings not decided yet, the first to be heard at the top."""
    rows = Proceeding.objects.filter(outcome="").order_by("hear_by", "pk")
    return [proceeding_view(row) for row in rows[:limit]]


def proceeding_view(row: Proceeding) -> ProceedingView:
    """Return the proceeding as it may leave this module."""
    return ProceedingView(
        id=row.pk,
        person_id=row.person_id,
        permit_id=row.permit_id,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        ground=row.ground,
        hear_by=row.hear_by,
        said=row.said or "",
        said_at=row.said_at,
        outcome=row.outcome,
        words=row.words or "",
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        cases=tuple(row.cases),
    )
