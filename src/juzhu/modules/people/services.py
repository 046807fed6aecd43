"""Commands on persons and their sign-ins."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from juzhu.modules import queue
from juzhu.modules.people import newcomers
from juzhu.modules.people.contracts import CODE_TIME, Door, Lock, LockKind, NewPerson
from juzhu.modules.people.models import (
    CallCode,
    FormerNumber,
    FormerPhone,
    Person,
    PhoneCode,
    SignInAttempt,
    SignInCode,
)
from juzhu.modules.vault.ring import ring

FAILURES_TO_LOCK: Final = 5
LOCK_TIME: Final = timedelta(minutes=15)
FAILURES_PER_IP: Final = 100
"""Counted over failures only: thousands of phones share one address of a mobile carrier."""
IP_TIME: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5


def digest_of(id_number: str) -> bytes:
    """Return the look-up digest of a citizen number."""
    return ring().digest(id_number, label="id_number")


def phone_digest_of(phone: str) -> bytes:
    """Return the look-up digest of a mobile number."""
    return ring().digest(phone, label="phone")


def lock(person_id: int) -> None:
    """Let nobody else count or write what belongs to this person before this transaction ends."""
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=person_id)


@transaction.atomic
def meet(*, id_number: str, name: str, at: datetime) -> int:
    """Return our number of the person, writing them down on the first meeting.

    A changed name (更名) is followed: the population base has just confirmed it.
    """
    person, created = Person.objects.get_or_create(
        id_digest=_present_digest(id_number),
        defaults={"id_number": id_number, "name": name, "created_at": at},
    )
    if not created and person.name != name:
        person.name = name
        person.save(update_fields=("name",))
    return person.pk


def meet_many(people: Sequence[NewPerson], *, at: datetime) -> list[tuple[int, bool]]:
    """Return our numbers of `people` in their order, writing down those met for the first time.

    With each number goes whether the person was first written down at this very instant `at`.

    Set-based; call inside a transaction. Who is already here keeps name and reserved phone, since
    they may be newer than the register the list comes from; a missing phone is filled in.
    """
    return newcomers.write(people, at=at)


@transaction.atomic
def write_down(*, id_number: str, name: str, at: datetime) -> int:
    """Return our number of somebody who stands at a counter, writing them down the first time.

    Unlike `meet` it follows no changed name: a card was seen, but no register has confirmed it.
    """
    person, _ = Person.objects.get_or_create(
        id_digest=_present_digest(id_number),
        defaults={"id_number": id_number, "name": name, "created_at": at},
    )
    return person.pk


@transaction.atomic
def correct_name(*, person_id: int, name: str) -> bool:
    """Write the name as the identity card shows it; False when it is so already."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.name == name:
        return False
    person.name = name
    person.save(update_fields=("name",))
    return True


class NumberTakenError(Exception):
    """Somebody else in the register has that number: an officer must find out who is who."""


@transaction.atomic
def correct_number(*, person_id: int, number: str, at: datetime) -> bool:
    """Give a person the right citizen number (号码更正); the one before leads to them, too.

    Whatever belongs to the person stays theirs. Returns False when it is their number already.

    Raises:
        NumberTakenError: another person has the number, now or before.

    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    digest, before = digest_of(number), bytes(person.id_digest)
    if digest == before:
        return False
    FormerNumber.objects.filter(id_digest=digest, person=person).delete()  # corrected back
    if (
        Person.objects.filter(id_digest=digest).exists()
        or FormerNumber.objects.filter(id_digest=digest).exists()
    ):
        raise NumberTakenError
    FormerNumber.objects.create(person=person, id_digest=before, id_number=person.id_number, at=at)
    person.subject_digest = person.subject_digest or before
    person.id_digest, person.id_number = digest, number
    person.save(update_fields=("subject_digest", "id_digest", "id_number"))
    return True


def note_death(*, person_id: int, on: date | None) -> None:
    """Note the day of death as a register told it; None takes it back."""
    Person.objects.filter(pk=person_id).update(died_on=on)


def _present_digest(id_number: str) -> bytes:
    """Return the digest under which the person is found now, also by a number before."""
    digest = digest_of(id_number)
    now = FormerNumber.objects.filter(id_digest=digest).values_list("person__id_digest", flat=True)
    return bytes(now.first() or digest)


def keep_former_phone(*, person_id: int, phone: str, at: datetime) -> int:
    """Keep a number that is left, until it has been told; return its id for the job."""
    return FormerPhone.objects.create(person_id=person_id, phone=phone, at=at).pk


def forget_former_phone(former_id: int) -> None:
    """Forget a former number that has been told."""
    FormerPhone.objects.filter(pk=former_id).delete()


def reserve_phone(*, person_id: int, phone: str) -> None:
    """Make `phone` the person's reserved number (预留手机号); the same number writes nothing.

    Given again by the person, a doubted number is doubted no more.
    """
    digest = phone_digest_of(phone)
    Person.objects.filter(pk=person_id).exclude(
        phone_digest=digest, phone_doubted_at__isnull=True
    ).update(phone=phone, phone_digest=digest, phone_doubted_at=None, phone_proven_at=None)


def doubt_phone(*, person_id: int, digest: bytes, at: datetime) -> bool:
    """Doubt the person's number if it still has this digest; say whether that is new.

    Nothing is sent to a doubted number and it opens nothing.
    """
    return bool(
        Person.objects.filter(
            pk=person_id, phone_digest=digest, phone_doubted_at__isnull=True
        ).update(phone_doubted_at=at)
    )


@transaction.atomic
def begin_attempt(*, id_number: str, door: Door, ip: str, at: datetime) -> int | Lock:
    """Write down an attempt as failed before it is checked, or say that the door is locked.

    Parallel guesses queue behind an advisory lock on the number, so a sixth is never looked at.
    The attempt counts as failed until `succeed` says otherwise; a crash in between costs one try.
    """
    digest = digest_of(id_number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)]
        )
    lock = _lock(digest, door, ip, at)
    if lock is not None:
        return lock
    return SignInAttempt.objects.create(
        at=at, id_digest=digest, door=door, ip=ip, succeeded=False
    ).pk


def _lock(digest: bytes, door: Door, ip: str, at: datetime) -> Lock | None:
    latest = SignInAttempt.objects.filter(ip=ip, at__gt=at - IP_TIME, succeeded=False)
    times = list(latest.order_by("-at").values_list("at", flat=True)[:FAILURES_PER_IP])
    if len(times) == FAILURES_PER_IP:
        return Lock(LockKind.TOO_MANY, times[-1] + IP_TIME)
    recent = SignInAttempt.objects.filter(
        id_digest=digest, door=door, at__gt=at - LOCK_TIME
    ).order_by("-at", "-pk")
    failures: list[datetime] = []
    for when, succeeded in recent.values_list("at", "succeeded")[:FAILURES_TO_LOCK]:
        if succeeded:
            return None
        failures.append(when)
    if len(failures) == FAILURES_TO_LOCK:
        return Lock(LockKind.LOCKED, failures[0] + LOCK_TIME)
    return None


def succeed(attempt_id: int) -> None:
    """Mark an attempt as passed, which also forgets the failures before it."""
    SignInAttempt.objects.filter(pk=attempt_id).update(succeeded=True)


def forget_attempt(attempt_id: int) -> None:
    """Take back an attempt that failed through no fault of the person."""
    SignInAttempt.objects.filter(pk=attempt_id).delete()


@transaction.atomic
def ask_code(*, id_number: str, phone: str, ip: str, at: datetime) -> Lock | None:
    """Note that a code is wanted; the same work whether or not number and phone belong together.

    The job decides whether anything is sent, so neither the answer nor its time tells which
    numbers exist. Asking counts as an attempt until a code succeeds.
    """
    attempt = begin_attempt(id_number=id_number, door=Door.CODE, ip=ip, at=at)
    if isinstance(attempt, Lock):
        return attempt
    digest, phone_digest = _present_digest(id_number), phone_digest_of(phone)
    row, _ = SignInCode.objects.update_or_create(
        id_digest=digest,
        defaults={
            "phone_digest": phone_digest,
            "code": f"{secrets.randbelow(1_000_000):06d}",
            "asked_at": at,
            "tries": 0,
        },
    )
    queue.defer(queue.SEND_SIGN_IN_CODE, code_id=row.pk)
    return None


@transaction.atomic
def use_code(*, id_number: str, phone: str, code: str, at: datetime) -> int | None:
    """Return the person if the code is right, in time, and unused; None otherwise."""
    row = (
        SignInCode.objects.select_for_update(of=("self",))
        .filter(id_digest=_present_digest(id_number))
        .first()
    )
    if row is None or row.tries >= CODE_TRIES or at > row.asked_at + CODE_TIME:
        return None
    row.tries += 1
    right = hmac.compare_digest(row.code, code) and hmac.compare_digest(
        bytes(row.phone_digest), phone_digest_of(phone)
    )
    if right:
        row.tries = CODE_TRIES
    row.save(update_fields=("tries",))
    if not right:
        return None
    owner = Person.objects.filter(
        id_digest=row.id_digest,
        phone_digest=row.phone_digest,
        phone_doubted_at__isnull=True,
        died_on__isnull=True,
    )
    owner.update(phone_proven_at=at)
    return owner.values_list("pk", flat=True).first()


def forget_attempts(*, before: datetime) -> int:
    """Delete attempts and codes older than `before`; return how many attempts went."""
    SignInCode.objects.filter(asked_at__lt=before).delete()
    PhoneCode.objects.filter(asked_at__lt=before).delete()
    CallCode.objects.filter(asked_at__lt=before).delete()
    return SignInAttempt.objects.filter(at__lt=before).delete()[0]
