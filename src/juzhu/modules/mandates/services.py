"""Giving, using and ending a mandate. Each is one transaction, told to the holder's phone."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from juzhu.domain.calendar import add_months
from juzhu.domain.identity import parse_id_number
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand, Identified
from juzhu.modules.mandates.contracts import (
    ADULT_YEARS,
    LONGEST_MONTHS,
    MOST_HELPED,
    MOST_HELPERS,
    WORDING,
    End,
    MandateProblem,
    MandateView,
    Named,
    NotMandatedError,
    Proof,
    Scope,
    Task,
    Way,
)
from juzhu.modules.mandates.models import Mandate, Use
from juzhu.modules.mandates.queries import view
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services

_TOLD: Final[Mapping[Task, Occasion]] = {
    Task.ENDORSE: Occasion.HELPER_APPLIED,
    Task.APPLY: Occasion.HELPER_APPLIED,
    Task.PAY: Occasion.HELPER_PAYS,
    Task.SHEET: Occasion.HELPER_SHEET,
}
"""What the holder's phone is told of each act; looking is read in the ledger."""


@transaction.atomic
def give(
    *,
    holder_id: int,
    helper: Named,
    scope: Scope,
    proof: Proof,
    at: datetime,
    hand: Hand | None = None,
) -> MandateView | MandateProblem:
    """Write a mandate down and tell the holder; one for the same helper replaces the last.

    Args:
        holder_id: who gives it.
        helper: to whom.
        scope: for what and until when.
        proof: how it was given.
        at: when; it holds from this day.
        hand: the officer before whom it was given, None for the other ways.

    Raises:
        ValueError: no task, or days out of order, or more than twelve months.

    """
    on = at.date()
    if not scope.tasks or not on <= scope.through <= last_day(on):
        raise ValueError("a mandate is for something, and through a day within twelve months")
    digest = people_services.digest_of(helper.id_number)
    alone(digest)
    people_services.lock(holder_id)
    problem = _problem(holder_id, helper, digest, on)
    if problem is not None:
        return problem
    row = _written(Mandate(holder_id=holder_id, helper_digest=digest), helper, scope, proof, at)
    _note(row, "given", hand, ActKind.HELPER_NAMED, at)
    _tell(row, Occasion.HELPER_NAMED, at, until=row.through.isoformat())
    return view(row)


def _written(row: Mandate, helper: Named, scope: Scope, proof: Proof, at: datetime) -> Mandate:
    """Write the mandate in place of the one that the same helper has now, if any."""
    pair = _in_force(at.date()).filter(holder_id=row.holder_id, helper_digest=row.helper_digest)
    pair.update(ended_at=at, ended_by=End.RENEWED)
    row.helper_name, row.helper_number = helper.name, helper.id_number
    row.tasks = sorted(scope.tasks | {Task.SEE})
    row.since, row.through, row.given_at = at.date(), scope.through, at
    row.way, row.proof, row.wording = proof.way, dict(proof.details), WORDING
    row.save()
    return row


def last_day(on: date) -> date:
    """Return the last day through which a mandate given on that day may hold."""
    return add_months(on, LONGEST_MONTHS)


def by_officer(hand: Hand) -> Proof:
    """Return the proof of a mandate given at a counter: who read which card where.

    Raises:
        ValueError: no card was read.

    """
    if hand.identified is not Identified.CARD:
        raise ValueError("a mandate is given at a counter with the identity card read")
    details = {name: str(value) for name, value in asdict(hand).items()}
    return Proof(way=Way.COUNTER, details=details)


def use(*, mandate_id: int, holder_id: int, task: Task, occasion: str, at: datetime) -> None:
    """Note an act under a mandate, and tell the holder; call it inside the act's transaction.

    Raises:
        NotMandatedError: the mandate is over, of somebody else, or not for this.

    """
    row = Mandate.objects.select_for_update(of=("self",)).filter(pk=mandate_id).first()
    if row is None or row.holder_id != holder_id or task not in row.tasks:
        raise NotMandatedError(task)
    if not view(row).in_force(at.date()):
        raise NotMandatedError(task)
    Use.objects.create(mandate=row, task=task, occasion=occasion, at=at)
    audit.record(
        person_id=holder_id,
        actor=view(row).actor,
        purpose=Purpose.HELPER,
        at=at,
        occasion=occasion,
        note=task,
    )
    _tell(row, _TOLD[task], at, number=occasion)


@transaction.atomic
def end_by_holder(
    *, mandate_id: int, holder_id: int, at: datetime, hand: Hand | None = None
) -> bool:
    """End a mandate at once, at the holder's wish; say whether there was one of theirs to end."""
    found = Mandate.objects.filter(pk=mandate_id, holder_id=holder_id)
    by = End.HOLDER
    if hand is not None:
        by = End.PHONE if hand.identified is Identified.CODE else End.COUNTER
    return _end(found.select_for_update(of=("self",)).first(), by, at, hand)


@transaction.atomic
def end_by_helper(*, mandate_id: int, helper_id: int, at: datetime) -> bool:
    """End a mandate at once, at the helper's wish; say whether there was one of theirs to end."""
    digests = people.all_digests(helper_id)
    found = Mandate.objects.filter(pk=mandate_id, helper_digest__in=digests)
    return _end(found.select_for_update(of=("self",)).first(), End.HELPER, at, None)


def _end(row: Mandate | None, by: End, at: datetime, hand: Hand | None) -> bool:
    if row is None or not view(row).in_force(at.date()):
        return False
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=("ended_at", "ended_by"))
    _note(row, "ended", hand, ActKind.HELPER_ENDED, at)
    _tell(row, Occasion.HELPER_ENDED, at)
    return True


def _problem(holder_id: int, helper: Named, digest: bytes, on: date) -> MandateProblem | None:
    if digest in people.all_digests(holder_id):
        return MandateProblem.SELF
    birth = parse_id_number(helper.id_number, on=on).birth
    if add_months(birth, ADULT_YEARS * 12) > on:
        return MandateProblem.MINOR
    others = _in_force(on).filter(holder_id=holder_id).exclude(helper_digest=digest)
    if others.count() >= MOST_HELPERS:
        return MandateProblem.MANY_HELPERS
    helped = _in_force(on).filter(helper_digest=digest).exclude(holder_id=holder_id)
    return MandateProblem.MANY_HELPED if helped.count() >= MOST_HELPED else None


def _in_force(on: date):  # type: ignore[no-untyped-def]  # a queryset of this module
    return Mandate.objects.filter(ended_at__isnull=True, through__gte=on)


def alone(digest: bytes) -> None:
    """Let nothing else of this helper be counted or written before this transaction ends."""
    with connection.cursor() as cursor:
        key = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _note(row: Mandate, what: str, hand: Hand | None, kind: ActKind, at: datetime) -> None:
    if hand is not None:
        desk.note(hand=hand, kind=kind, person_id=row.holder_id, at=at)
    actor = hand.actor if hand else "holder:self"
    if (what == "given" and row.way == Way.CODE) or row.ended_by == End.HELPER:
        actor = view(row).actor
    audit.record(person_id=row.holder_id, actor=actor, purpose=Purpose.MANDATE, at=at, note=what)


def _tell(row: Mandate, occasion: Occasion, at: datetime, **values: str) -> None:
    notices.write(
        person_id=row.holder_id,
        occasion=occasion,
        subject=f"mandate-{row.pk}-{secrets.token_hex(6)}",
        values=values,
        phone=people.person(row.holder_id).good_phone,
        at=at,
        at_screen=True,
    )
