"""Changing the reserved phone (预留手机号): the new number is proven by a code sent to it."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from juzhu.modules import queue
from juzhu.modules.people.contracts import (
    MOST_ON_ONE_PHONE,
    NOT_REUSED,
    PHONE_CODE_TIME,
    NewPhone,
    PhoneProblem,
)
from juzhu.modules.people.models import Person, PhoneCode
from juzhu.modules.vault.ring import ring

CODES_PER_DAY: Final = 5
"""To one person, and to one number: neither is a way to flood somebody's phone."""
CODE_TRIES: Final = 5
_DAY: Final = timedelta(days=1)


@transaction.atomic
def ask(*, person_id: int, phone: str, at: datetime) -> PhoneProblem | None:
    """Send a code to the number that is to become the person's; None when it is on its way.

    Only the newest code of a person is good, and only at the number it was sent to.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    digest = ring().digest(phone, label="phone")
    if bytes(person.phone_digest or b"") == digest and person.phone_doubted_at is None:
        return PhoneProblem.SAME
    with connection.cursor() as cursor:
        key = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    today = PhoneCode.objects.filter(asked_at__gt=at - _DAY)
    if today.filter(person=person).count() >= CODES_PER_DAY:
        return PhoneProblem.TOO_MANY
    if today.filter(phone_digest=digest).count() >= CODES_PER_DAY:
        return PhoneProblem.TOO_MANY
    row = PhoneCode.objects.create(
        person=person,
        phone=phone,
        phone_digest=digest,
        code=f"{secrets.randbelow(1_000_000):06d}",
        asked_at=at,
    )
    queue.defer(queue.SEND_PHONE_CODE, code_id=row.pk)
    return None


def pending(person_id: int, *, at: datetime) -> str | None:
    """Return the number to which the person's newest code went, while the code is good."""
    row = _newest(person_id, at)
    return None if row is None else str(row.phone)


def to_send(code_id: int, *, at: datetime) -> tuple[str, str, str] | None:
    """Return (key, phone, code) of a code to be sent; None when it is too old by now."""
    row = PhoneCode.objects.filter(pk=code_id, asked_at__gt=at - PHONE_CODE_TIME).first()
    return None if row is None else (f"phone-code-{row.pk}", str(row.phone), str(row.code))


@transaction.atomic
def confirm(*, person_id: int, code: str, at: datetime) -> NewPhone | PhoneProblem:
    """Make the number the reserved phone if `code` is the one it was sent: five tries, once.

    Whoever else had the number and has not proven it lately is taken to have lost it: theirs is
    doubted, so that nothing of theirs is sent to the new owner and it opens nothing.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    row = _newest(person_id, at)
    if row is None:
        return PhoneProblem.WRONG
    row.tries += 1
    right = hmac.compare_digest(str(row.code), code)
    if right:
        row.tries = CODE_TRIES
    row.save(update_fields=("tries",))
    if not right:
        return PhoneProblem.WRONG
    displaced = _displace(row, at)
    others = Person.objects.filter(phone_digest=row.phone_digest, phone_doubted_at__isnull=True)
    if others.exclude(pk=person_id).count() >= MOST_ON_ONE_PHONE:
        return PhoneProblem.CROWDED
    before = person.phone if person.phone_doubted_at is None else None
    person.phone, person.phone_digest = row.phone, row.phone_digest
    person.phone_doubted_at, person.phone_proven_at = None, at
    person.save(update_fields=("phone", "phone_digest", "phone_doubted_at", "phone_proven_at"))
    return NewPhone(str(row.phone), before, displaced)


def _displace(row: PhoneCode, at: datetime) -> tuple[int, ...]:
    stale = Person.objects.filter(
        Q(phone_proven_at__isnull=True) | Q(phone_proven_at__lt=at - NOT_REUSED),
        phone_digest=row.phone_digest,
        phone_doubted_at__isnull=True,
    ).exclude(pk=row.person_id)
    found = tuple(stale.order_by("pk").select_for_update().values_list("pk", flat=True))
    Person.objects.filter(pk__in=found).update(phone_doubted_at=at)
    return found


def _newest(person_id: int, at: datetime) -> PhoneCode | None:
    row = PhoneCode.objects.filter(person_id=person_id).order_by("-pk").first()
    if row is None or row.tries >= CODE_TRIES or at > row.asked_at + PHONE_CODE_TIME:
        return None
    return row
