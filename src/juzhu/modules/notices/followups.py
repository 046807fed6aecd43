"""Whom the last message of a ladder did not reach: somebody of the community goes and tells them.

One follow-up for each such message, opened by the daily round, with the district of the person's
home and, until it is settled, the address (社区民警、网格员上门).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from juzhu.modules.notices.contracts import Occasion, Unreached
from juzhu.modules.notices.models import FollowUp


class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    MOVED = "moved"  # lives there no more


class Task(NamedTuple):
    """A follow-up as the list shows it: it names nobody.

    Attributes:
        number: ours.
        occasion: what was to be said.
        deadline: the last day on which the person can act.
        why: why the SMS did not arrive, as `Failure` or `Delivery` has it.
        taken_by: staff number of whoever sees to it, "" for nobody.
        result: None while it is open.

    """

    number: int
    person_id: int
    occasion: Occasion
    deadline: date
    why: str
    taken_by: str
    taken_at: datetime | None
    address: str
    result: Result | None


def open_one(found: Unreached, *, district: str, address: str, at: datetime) -> None:
    """Open the follow-up of a message unless there is one.

    Args:
        found: the message.
        district: first six digits of the house code; "" when the home is not known.
        address: as the register prints it.
        at: when.

    """
    FollowUp.objects.get_or_create(
        message_id=found.message_id,
        defaults={
            "person_id": found.person_id,
            "district": district,
            "address": address or None,
            "why": found.why,
            "opened_at": at,
        },
    )


def tasks(*, district: str | None, limit: int = 200) -> list[Task]:
    """Return the open follow-ups of a district, the nearest deadline first; None: of all."""
    rows = FollowUp.objects.filter(result="").select_related("message")
    if district is not None:
        rows = rows.filter(district__in=(district, ""))
    return [_task(row) for row in rows.order_by("message__deadline", "pk")[:limit]]


def task(number: int, *, district: str | None) -> Task | None:
    """Return one follow-up, open or not; None when it is another district's."""
    rows = FollowUp.objects.select_related("message").filter(pk=number)
    if district is not None:
        rows = rows.filter(district__in=(district, ""))
    row = rows.first()
    return None if row is None else _task(row)


@transaction.atomic
def take(*, number: int, username: str, at: datetime) -> bool:
    """Take an open follow-up in hand; False when somebody else has it or it is settled."""
    row = FollowUp.objects.select_for_update(of=("self",)).get(pk=number)
    if row.result or row.taken_by not in ("", username):
        return False
    row.taken_by, row.taken_at = username, at
    row.save(update_fields=("taken_by", "taken_at"))
    return True


@transaction.atomic
def settle(*, number: int, result: Result, username: str, at: datetime) -> Task | None:
    """Note what came of it and forget the address; None unless it is this officer's and open."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("message")
    row = rows.filter(pk=number, taken_by=username, result="").first()
    if row is None:
        return None
    row.result, row.settled_at, row.address = result, at, None
    row.save(update_fields=("result", "settled_at", "address"))
    return _task(row)


def _task(row: FollowUp) -> Task:
    return Task(
        number=row.pk,
        person_id=row.person_id,
        occasion=Occasion(row.message.occasion),
        deadline=row.message.deadline,
        why=row.why,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        address=row.address or "",
        result=Result(row.result) if row.result else None,
    )
