"""A share code (共享码) asked for on the telephone: it goes to the reserved phone alone."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Hand
from juzhu.modules.sheets import services
from juzhu.modules.sheets.contracts import ShareField
from juzhu.modules.sheets.models import Share


@transaction.atomic
def share(
    *,
    person_id: int,
    key: str,
    purpose: str,
    fields: Collection[ShareField],
    days: int,
    hand: Hand,
    at: datetime,
) -> None:
    """Make a share code, have it sent, and note both; the officer does not see it.

    The person is told of each use. The same key is the same code, sent again.
    """
    share_id = services.share(
        person_id=person_id,
        key=key,
        purpose=purpose,
        fields=fields,
        days=days,
        tell_me=True,
        at=at,
    )
    desk.note(hand=hand, kind=ActKind.SHARE_SENT, person_id=person_id, at=at)
    audit.record(
        person_id=person_id,
        actor=hand.actor,
        purpose=hand.purpose,
        at=at,
        note=ActKind.SHARE_SENT,
    )
    queue.defer(queue.SEND_SHARE_CODE, share_id=share_id)


def to_send(share_id: int, *, on: date) -> tuple[int, str, date] | None:
    """Return (person, code, last day) of a share code to be sent; None when it is over by now."""
    row = Share.objects.filter(pk=share_id, revoked_at__isnull=True, expires_on__gte=on).first()
    return None if row is None else (row.person_id, str(row.code), row.expires_on)
