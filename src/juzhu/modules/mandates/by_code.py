"""A mandate by telephone code: the holder reads a code from their phone to the helper.

Whatever name and number a helper types, the answer is the same. Nothing can be done before the
code has come back.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from juzhu.modules import queue
from juzhu.modules.mandates import services
from juzhu.modules.mandates.contracts import (
    CODE_TIME,
    MandateProblem,
    MandateView,
    Named,
    Proof,
    Scope,
    Task,
    Way,
)
from juzhu.modules.mandates.models import Request
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.people.contracts import PersonView

ASKED_PER_DAY: Final = 5
"""By one helper, about whomever."""
SENT_PER_DAY: Final = 2
SENT_PER_MONTH: Final = 6
"""To one holder, whoever asks: nobody can be pestered."""
TRIES: Final = 5
KEPT: Final = timedelta(days=30)
"""How long a request is kept: as long as it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """An SMS to the holder. Never log it."""

    key: str
    phone: str
    helper_name: str
    tasks: frozenset[Task]
    through: date
    code: str


@transaction.atomic
def ask(*, helper_id: int, holder: Named, scope: Scope, at: datetime) -> MandateProblem | None:
    """Ask for a mandate; None when a code is on its way, if it is to somebody at all.

    Only the newest request of a helper is good.
    """
    services.alone(people.id_digest(helper_id))
    digest = people_services.digest_of(holder.id_number)
    if digest in people.all_digests(helper_id):
        return MandateProblem.SELF
    asked = Request.objects.filter(helper_id=helper_id, asked_at__gt=at - timedelta(days=1))
    if asked.count() >= ASKED_PER_DAY:
        return MandateProblem.TOO_MANY
    row = Request.objects.create(
        helper_id=helper_id,
        holder_digest=digest,
        holder_name=holder.name,
        tasks=sorted(scope.tasks | {Task.SEE}),
        through=scope.through,
        code=f"{secrets.randbelow(1_000_000):06d}",
        asked_at=at,
    )
    queue.defer(queue.SEND_MANDATE_CODE, request_id=row.pk)
    return None


@transaction.atomic
def to_send(request_id: int, *, at: datetime) -> ToSend | None:
    """Return what to send for a request, None when nobody is to be rung; a repeat is the same.

    Nobody is rung for a number that is not theirs by name, whose phone is the helper's own (a code
    there would prove nothing), who has been asked often enough, or by one helper while a code for
    another is out.
    """
    row = Request.objects.filter(pk=request_id, asked_at__gt=at - CODE_TIME).first()
    if row is None:
        return None
    _alone(bytes(row.holder_digest))
    holder = _holder(row)
    if holder is None or holder.good_phone is None:
        return None
    if row.sent_at is None:
        if _asked_enough(row, at):
            return None
        row.sent_at = at
        row.sent_to = people_services.phone_digest_of(holder.good_phone)
        row.save(update_fields=("sent_at", "sent_to"))
    return ToSend(
        key=f"mandate-code-{row.pk}",
        phone=holder.good_phone,
        helper_name=people.person(row.helper_id).name,
        tasks=frozenset(map(Task, row.tasks)),
        through=row.through,
        code=str(row.code),
    )


def pending(helper_id: int, *, at: datetime) -> Scope | None:
    """Return what the helper's newest request is for, while its code is good."""
    row = _newest(helper_id, at)
    if row is None:
        return None
    return Scope(tasks=frozenset(map(Task, row.tasks)), through=row.through)


@transaction.atomic
def confirm(*, helper_id: int, code: str, at: datetime) -> MandateView | MandateProblem:
    """Give the mandate if `code` is the one the holder was sent: five tries, once."""
    services.alone(people.id_digest(helper_id))
    row = _newest(helper_id, at)
    if row is None:
        return MandateProblem.WRONG
    row.tries += 1
    right = hmac.compare_digest(str(row.code), code) and row.sent_at is not None
    if right:
        row.used_at = at
    row.save(update_fields=("tries", "used_at"))
    holder = _holder(row) if right else None
    if holder is None or holder.good_phone is None:
        return MandateProblem.WRONG
    if people_services.phone_digest_of(holder.good_phone) != bytes(row.sent_to or b""):
        return MandateProblem.WRONG  # another phone since: not this one's to give
    helper = people.person(helper_id)
    return services.give(
        holder_id=holder.id,
        helper=Named(name=helper.name, id_number=helper.id_number),
        scope=Scope(tasks=frozenset(map(Task, row.tasks)), through=row.through),
        proof=Proof(way=Way.CODE, details=_details(row, at)),
        at=at,
    )


def _details(row: Request, at: datetime) -> dict[str, str]:
    assert row.sent_at is not None
    return {
        "request": str(row.pk),
        "sent_at": row.sent_at.isoformat(),
        "sent_to": bytes(row.sent_to or b"").hex(),
        "read_back_at": at.isoformat(),
    }


def forget(*, before: datetime) -> int:
    """Delete requests that count no more; return how many."""
    return Request.objects.filter(asked_at__lt=before).delete()[0]


def _holder(row: Request) -> PersonView | None:
    """Return whom the request is about, if name and number are one living person's."""
    found = people.person_by_digest(bytes(row.holder_digest))
    if found is None or found.name != row.holder_name or found.died_on is not None:
        return None
    helper = people.person(row.helper_id)
    return None if found.good_phone == helper.good_phone else found


def _asked_enough(row: Request, at: datetime) -> bool:
    sent = Request.objects.filter(holder_digest=row.holder_digest, sent_at__isnull=False)
    if sent.filter(sent_at__gt=at - timedelta(days=1)).count() >= SENT_PER_DAY:
        return True
    if sent.filter(sent_at__gt=at - KEPT).count() >= SENT_PER_MONTH:
        return True
    others = sent.exclude(helper_id=row.helper_id).filter(used_at__isnull=True, tries__lt=TRIES)
    return others.filter(asked_at__gt=at - CODE_TIME).exists()


def _newest(helper_id: int, at: datetime) -> Request | None:
    row = Request.objects.filter(helper_id=helper_id).order_by("-pk").first()
    if row is None or row.used_at is not None or row.tries >= TRIES:
        return None
    return None if at > row.asked_at + CODE_TIME else row


def _alone(digest: bytes) -> None:
    with connection.cursor() as cursor:
        key = int.from_bytes(digest[8:16], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
