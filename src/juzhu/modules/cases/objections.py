"""When a holder says that they never asked for the cancellation of their permit (非本人注销).

There is no last day for saying so: a cancellation that nobody entitled asked for lacks its cause,
and data that are wrong may be put right at any time (docs/decisions/0082). Two officers restore the
permit whole, by the same way as after a wrong signal; one can let the cancellation stand, with
reasons. Whoever carried it out does neither.
"""

from datetime import datetime

from django.db import transaction

from juzhu.domain.permit import CancelReason
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cases import lives as effects
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.lives import asked
from juzhu.modules.lives.contracts import AskedEndView, Asking
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits


def standing(person_id: int) -> AskedEndView | None:
    """Return the person's latest cancellation on request and what they said of it, if any.

    One from before it was kept how it was asked for is not here until they object to it.
    """
    return next(iter(asked.of_person(person_id)), None)


def may_object(person_id: int) -> bool:
    """Say whether there is a cancellation on request that the person has said nothing to yet."""
    end = permits.asked_end(person_id)
    known = asked.on_occasion(end.occasion) if end else None
    return end is not None and (known is None or known.said_at is None)


@transaction.atomic
def object_to(*, person_id: int, words: str, hand: Hand | None, at: datetime) -> bool:
    """Take down that the holder did not ask for it, for the officers; False when there is nothing.

    Args:
        person_id: the holder.
        words: what they say.
        hand: the officer who takes it down at a counter; None on the phone.
        at: now; the answer is due within seven working days, like any other.

    """
    end = permits.asked_end(person_id)
    if end is None:
        return False
    asked.keep(
        occasion=end.occasion,
        person_id=person_id,
        permit_id=end.permit_id,
        on=end.on,
        asked_at=end.recorded_at,
        asking=Asking(),
        cases=(),
    )
    due = answer_by(at.date())
    heard_by = hand.username if hand else ""
    found, fresh = asked.object_to(
        occasion=end.occasion, words=words, heard_by=heard_by, answer_by=due, at=at
    )
    if not fresh:
        return False
    if hand is not None:
        desk.note(
            hand=hand, kind=ActKind.END_DISPUTED, person_id=person_id, at=at, occasion=end.occasion
        )
    purpose = Purpose.DESK_VISIT if hand else Purpose.SELF_SERVICE
    _note(found, hand.actor if hand else "holder:self", "not_asked", at, purpose=purpose)
    return True


@transaction.atomic
def propose(*, number: int, officer: str, words: str, at: datetime) -> None:
    """Propose to restore the permit; raise as `lives.asked.propose` does."""
    found = asked.propose(number=number, officer=officer, words=words)
    _note(found, f"officer:{officer}", "proposed", at)


@transaction.atomic
def put_back(*, number: int, officer: str, at: datetime) -> None:
    """Do not sign; the matter is open again. Raise as `lives.asked.sign` does."""
    found = asked.put_back(number=number, officer=officer)
    _note(found, f"officer:{officer}", "not_signed", at)


@transaction.atomic
def let_stand(*, number: int, officer: str, words: str, at: datetime) -> None:
    """Let the cancellation stand and tell the holder why; raise as `lives.asked.propose` does."""
    found = asked.let_stand(number=number, officer=officer, words=words, at=at)
    _note(found, f"officer:{officer}", "stands", at)
    _tell(found, Occasion.END_STANDS, at)


@transaction.atomic
def sign(*, number: int, officer: str, at: datetime) -> None:
    """Restore the permit by the second officer's signature; raise as `lives.asked.sign` does."""
    found = asked.sign(number=number, officer=officer, at=at)
    _note(found, f"officer:{officer}", "annulled", at)
    restored = effects.restore(
        person_id=found.person_id,
        occasion=found.occasion,
        reason=CancelReason.OWN_REQUEST,
        since=found.asked_at.astimezone(at.tzinfo).date(),
        at=at,
    )
    effects.reopen(found.person_id, found.cases, at)
    assert restored is not None, "asked.keep names a cancellation of the register"
    _tell(found, Occasion.END_ANNULLED, at, valid_through=restored.status.valid_through.isoformat())


def _note(
    found: AskedEndView,
    actor: str,
    note: str,
    at: datetime,
    *,
    purpose: Purpose = Purpose.REVIEW,
) -> None:
    audit.record(
        person_id=found.person_id,
        actor=actor,
        purpose=purpose,
        at=at,
        occasion=found.occasion,
        note=note,
    )


def _tell(found: AskedEndView, occasion: Occasion, at: datetime, **values: str) -> None:
    notices.write(
        person_id=found.person_id,
        occasion=occasion,
        subject=found.occasion,
        values=values,
        phone=people.person(found.person_id).phone,
        at=at,
    )
