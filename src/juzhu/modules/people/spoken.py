"""A code to the reserved phone that the person reads to an officer on the telephone."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from juzhu.modules import queue
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand, Reason
from juzhu.modules.people.contracts import PHONE_CODE_TIME
from juzhu.modules.people.models import CallCode, Person

PER_DAY: Final = 3
"""To one person, whichever officer asks."""
TRIES: Final = 5
_DAY: Final = timedelta(days=1)


@transaction.atomic
def ask(*, person_id: int, username: str, at: datetime) -> bool:
    """Send a code to the reserved phone; False when none can go: no good phone, or enough today.

    Only the newest code is good, and only to the officer who asked for it.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    good = person.phone is not None and person.phone_doubted_at is None and person.died_on is None
    today = CallCode.objects.filter(person=person, asked_at__gt=at - _DAY)
    if not good or today.count() >= PER_DAY:
        return False
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = CallCode.objects.create(person=person, username=username, code=code, asked_at=at)
    queue.defer(queue.SEND_CALL_CODE, code_id=row.pk)
    return True


def to_send(code_id: int, *, at: datetime) -> tuple[str, str, str] | None:
    """Return (key, phone, code) of a code to be sent; None when it is too old by now."""
    rows = CallCode.objects.select_related("person")
    row = rows.filter(pk=code_id, asked_at__gt=at - PHONE_CODE_TIME).first()
    if row is None or row.person.phone is None:
        return None
    return f"call-code-{row.pk}", str(row.person.phone), str(row.code)


def pending(*, person_id: int, username: str, at: datetime) -> bool:
    """Say whether a code that this officer asked for is still good."""
    return _newest(person_id, username, at) is not None


@transaction.atomic
def confirm(*, person_id: int, code: str, hand: Hand, at: datetime) -> bool:
    """Say whether the person read out the code they were sent: five tries, once. A hit is noted."""
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=person_id)
    row = _newest(person_id, hand.username, at)
    if row is None:
        return False
    row.tries += 1
    right = hmac.compare_digest(str(row.code), code)
    if right:
        row.tries = TRIES
        desk.look(
            hand=hand,
            person_id=person_id,
            reason=Reason.CALL,
            fields=(),
            at=at,
            kind=ActKind.CALL_PROVEN,
        )
    row.save(update_fields=("tries",))
    return right


def _newest(person_id: int, username: str, at: datetime) -> CallCode | None:
    row = CallCode.objects.filter(person_id=person_id).order_by("-pk").first()
    if row is None or row.username != username or row.tries >= TRIES:
        return None
    return None if at > row.asked_at + PHONE_CODE_TIME else row
