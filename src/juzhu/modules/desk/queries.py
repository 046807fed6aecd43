"""Reading what happened at the desks."""

from collections import Counter
from datetime import date, datetime

from django.utils.timezone import localtime

from juzhu.modules.desk.contracts import QUIET, ActKind, ActView, Identified, Line, ShiftView
from juzhu.modules.desk.models import Act, Shift, Ticket


def open_shift(username: str) -> ShiftView | None:
    """Return the officer's running shift, if there is one."""
    row = Shift.objects.filter(username=username, ended_at__isnull=True).first()
    return None if row is None else _shift(row)


def shifts_of(point: str, *, limit: int = 20) -> list[ShiftView]:
    """Return the point's latest shifts, newest first."""
    return [_shift(row) for row in Shift.objects.filter(point=point).order_by("-began_at")[:limit]]


def last_note(point: str) -> ShiftView | None:
    """Return the latest ended shift of the point: what it left to the next one."""
    row = Shift.objects.filter(point=point, ended_at__isnull=False).order_by("-ended_at").first()
    return None if row is None else _shift(row)


def done_by(username: str, on: date) -> list[ActView]:
    """Return what the officer did that day, newest first, without mere looks."""
    rows = Act.objects.filter(username=username, on=on)
    return [_act(row) for row in rows.exclude(kind__in=QUIET).order_by("-at", "-pk")]


def done_at(point: str, on: date, *, limit: int = 500) -> list[ActView]:
    """Return all acts at a point that day, looks included, newest first."""
    rows = Act.objects.filter(point=point, on=on).order_by("-at", "-pk")
    return [_act(row) for row in rows[:limit]]


def looked_up(username: str, *, since: datetime) -> int:
    """Return how often the officer looked somebody up since then, found or not."""
    looks = (ActKind.LOOKED, ActKind.NOT_FOUND)
    return Act.objects.filter(
        username=username, on__gte=localtime(since).date(), at__gt=since, kind__in=looks
    ).count()


def counts_of(shift_id: int, username: str, since: date) -> dict[str, int]:
    """Return how often each kind of act was done in a shift."""
    rows = Act.objects.filter(username=username, on__gte=since, shift_id=shift_id)
    return dict(Counter(rows.exclude(kind__in=QUIET).values_list("kind", flat=True)))


def line(*, point: str, username: str, on: date, at: datetime) -> Line:
    """Return how the line of a point stands."""
    today = Ticket.objects.filter(point=point, on=on)
    mine = today.filter(called_by=username, done_at__isnull=True).order_by("-serial").first()
    waiting = list(
        today.filter(called_at__isnull=True).order_by("serial").values_list("taken_at", flat=True)
    )
    longest = int((at - waiting[0]).total_seconds() // 60) if waiting else 0
    return Line(str(mine) if mine else "", len(waiting), max(longest, 0))


def _shift(row: Shift) -> ShiftView:
    return ShiftView(
        row.pk,
        row.username,
        row.point,
        row.window,
        row.began_at,
        row.ended_at,
        dict(row.counts),
        row.note,
    )


def _act(row: Act) -> ActView:
    return ActView(
        at=row.at,
        officer=row.username,
        window=row.window,
        person_id=row.person_id,
        kind=ActKind(row.kind),
        occasion=row.occasion,
        identified=Identified(row.identified),
        outcome=row.outcome,
    )
