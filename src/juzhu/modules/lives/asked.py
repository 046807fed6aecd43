"""Cancellations on request: how each was asked for, and the holder's word that it was not theirs.

Nothing here touches a permit: `cases.objections` does, in the same transaction.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from juzhu.modules.lives.contracts import AskedEndView, Asking
from juzhu.modules.lives.models import AskedEnd
from juzhu.modules.lives.queries import SignalNotFoundError
from juzhu.modules.lives.services import NotOpenError, SameOfficerError

part_of_one_effect = transaction.atomic(savepoint=False)


class OwnDeedError(Exception):
    """Who carried the cancellation out does not judge it."""


@part_of_one_effect
def keep(
    *,
    occasion: str,
    person_id: int,
    permit_id: int,
    on: date,
    asked_at: datetime,
    asking: Asking,
    cases: Collection[str],
) -> AskedEndView:
    """Keep how a cancellation was asked for; a second time it is the first."""
    row, _ = AskedEnd.objects.get_or_create(
        occasion=occasion,
        defaults={
            "person_id": person_id,
            "permit_id": permit_id,
            "on": on,
            "asked_at": asked_at,
            "channel": asking.channel,
            "proofs": ",".join(asking.proofs),
            "officer": asking.officer,
            "point": asking.point,
            "identified": asking.identified,
            "cases": list(cases),
        },
    )
    return view(row)


@part_of_one_effect
def object_to(
    *, occasion: str, words: str, heard_by: str, answer_by: date, at: datetime
) -> tuple[AskedEndView, bool]:
    """Take down that the holder did not ask for it; say whether that is new."""
    row = AskedEnd.objects.select_for_update().get(occasion=occasion)
    if row.said_at is not None:
        return view(row), False
    row.said, row.said_at, row.heard_by, row.answer_by = words, at, heard_by, answer_by
    row.save(update_fields=("said", "said_at", "heard_by", "answer_by"))
    return view(row), True


@part_of_one_effect
def propose(*, number: int, officer: str, words: str) -> AskedEndView:
    """Propose to restore the permit; a second officer signs.

    Raises:
        NotOpenError: nobody waits for an answer, or somebody has proposed it.
        OwnDeedError: the officer carried the cancellation out.

    """
    row = _open(number, officer)
    if row.proposed_by:
        raise NotOpenError
    row.proposed_by, row.words = officer, words
    row.save(update_fields=("proposed_by", "words"))
    return view(row)


@part_of_one_effect
def put_back(*, number: int, officer: str) -> AskedEndView:
    """Do not sign a proposal: the matter is open again; raise as `sign` does."""
    row = _proposed(number, officer)
    row.proposed_by, row.words = "", None
    row.save(update_fields=("proposed_by", "words"))
    return view(row)


@part_of_one_effect
def sign(*, number: int, officer: str, at: datetime) -> AskedEndView:
    """Sign a proposal; the caller restores the permit in the same transaction.

    Raises:
        NotOpenError: nothing is proposed, or it is answered.
        OwnDeedError: the officer carried the cancellation out.
        SameOfficerError: the one who proposed it.

    """
    row = _proposed(number, officer)
    row.outcome, row.answered_by, row.answered_at = "restored", officer, at
    row.save(update_fields=("outcome", "answered_by", "answered_at"))
    return view(row)


@part_of_one_effect
def let_stand(*, number: int, officer: str, words: str, at: datetime) -> AskedEndView:
    """Answer that the cancellation stands, with reasons the holder reads; raise as `propose`."""
    row = _open(number, officer)
    if row.proposed_by:
        raise NotOpenError
    row.outcome, row.answered_by, row.answered_at, row.words = "stands", officer, at, words
    row.save(update_fields=("outcome", "answered_by", "answered_at", "words"))
    return view(row)


def found(number: int) -> AskedEndView:
    """Return one that the holder objects to; raise SignalNotFoundError for any other."""
    row = AskedEnd.objects.filter(pk=number, said_at__isnull=False).first()
    if row is None:
        raise SignalNotFoundError(str(number))
    return view(row)


def on_occasion(occasion: str) -> AskedEndView | None:
    """Return how the cancellation of this name was asked for, None where it was not kept."""
    row = AskedEnd.objects.filter(occasion=occasion).first()
    return None if row is None else view(row)


def of_person(person_id: int) -> list[AskedEndView]:
    """Return what is kept of a person's cancellations on request, newest first."""
    rows = AskedEnd.objects.filter(person_id=person_id).order_by("-asked_at", "-pk")
    return [view(row) for row in rows]


def waiting(limit: int = 100) -> list[AskedEndView]:
    """Return those whose holder waits for an answer, the nearest day first."""
    rows = AskedEnd.objects.filter(said_at__isnull=False, outcome="")
    return [view(row) for row in rows.order_by("answer_by", "pk")[:limit]]


def due() -> Counter[date]:
    """Return how many are to be answered by which day, for the menu."""
    rows = AskedEnd.objects.filter(said_at__isnull=False, outcome="")
    return Counter(day for day in rows.values_list("answer_by", flat=True) if day)


def view(row: AskedEnd) -> AskedEndView:
    """Return the row as it may leave this module."""
    return AskedEndView(
        id=row.pk,
        occasion=row.occasion,
        person_id=row.person_id,
        permit_id=row.permit_id,
        on=row.on,
        asked_at=row.asked_at,
        asking=Asking(
            channel=row.channel,
            proofs=tuple(way for way in row.proofs.split(",") if way),
            officer=row.officer,
            point=row.point,
            identified=row.identified,
        ),
        cases=tuple(row.cases),
        said=row.said or "",
        said_at=row.said_at,
        heard_by=row.heard_by,
        answer_by=row.answer_by,
        proposed_by=row.proposed_by,
        outcome=row.outcome,
        words=row.words or "",
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def _open(number: int, officer: str) -> AskedEnd:
    row = AskedEnd.objects.select_for_update().filter(pk=number).first()
    if row is None or row.said_at is None or row.outcome:
        raise NotOpenError
    if row.officer == officer:
        raise OwnDeedError
    return row


def _proposed(number: int, officer: str) -> AskedEnd:
    row = _open(number, officer)
    if not row.proposed_by:
        raise NotOpenError
    if row.proposed_by == officer:
        raise SameOfficerError
    return row
