"""WeChat as the second channel of messages: which go there, in whose hands they are, their end.

A message goes to WeChat only after its SMS has been looked at once: conditions, hours and limits
hold for both. `want` is called wherever a message's SMS takes a step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from juzhu.modules.notices import hours, secrets
from juzhu.modules.notices.contracts import LADDER_ENDS, Claimed, Occasion
from juzhu.modules.notices.models import WechatNote
from juzhu.modules.vault.ring import ring

BESIDE: Final = (
    *LADDER_ENDS,
    Occasion.WINDOW_OPENED,
    Occasion.ISSUED,
    Occasion.REFUSED,
    Occasion.ENDORSED_FOR_YOU,
    Occasion.SHARE_USED,
    Occasion.PHONE_CHANGED,
    Occasion.AGENT_CHANGED,
)
"""What goes to WeChat beside its SMS: what is lost when unread, or what a thief would hide."""

SMS_ONLY: Final = (Occasion.WECHAT_BOUND, Occasion.WECHAT_LEFT)
"""What is said about the WeChat account goes to the phone alone."""

_TRIED: Final = ("handed_over", "delivered", "held", "failed", "no_phone")
_NOT_ARRIVED: Final = ("failed", "no_phone")
LEASE: Final = timedelta(minutes=2)
SAME_KEY_FOR: Final = timedelta(minutes=9)
"""So long WeChat surely takes one key once; after that a lost answer stays lost."""

_WANT: Final = """
INSERT INTO notices_wechatnote (message_id, binding_id, state, not_before)
SELECT m.id, b.id, 'queued', %(at)s
FROM notices_message m
JOIN notices_wechatbinding b ON b.person_id = m.person_id AND b.ended_at IS NULL
WHERE m.id = ANY(%(ids)s) AND NOT m.occasion = ANY(%(never)s)
    AND (m.occasion = ANY(%(beside)s) AND m.delivery = ANY(%(tried)s)
        OR m.delivery = ANY(%(lost)s) OR m.delivery = 'held' AND m.failure <> '')
ON CONFLICT DO NOTHING
"""

_CLAIM: Final = """
WITH due AS (
    SELECT n.id FROM notices_wechatnote n JOIN notices_message m ON m.id = n.message_id
    WHERE n.state IN ('queued', 'sending') AND n.not_before <= %(at)s
        AND (m.at_screen OR %(rings)s)
    ORDER BY n.not_before LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED
)
UPDATE notices_wechatnote AS n
SET state = 'sending', not_before = %(lapses)s, attempts = n.attempts + 1,
    tried_at = CASE WHEN n.state = 'sending'
        THEN coalesce(n.tried_at, n.not_before - make_interval(secs => %(lease)s))
        ELSE n.tried_at END
FROM due, notices_message m, notices_wechatbinding b
WHERE n.id = due.id AND m.id = n.message_id AND b.id = n.binding_id
RETURNING n.id, n.attempts, n.tried_at, b.openid, b.ended_at, m.id, m.person_id, m.occasion,
    m.edition, m."values", m.case_number, m.permit_number, m.due_on, m.deadline, m.at_screen,
    m.secret
"""


class NoteState(StrEnum):
    """Where a message's way to WeChat stands."""

    QUEUED = "queued"
    SENDING = "sending"
    TAKEN = "taken"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"  # it may have arrived: never sent again
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True)
class Note:
    """A message in the hands of this worker for WeChat.

    Attributes:
        openid: where it goes, "" when the account was let go meanwhile.
        tried_at: when WeChat may have taken it for the first time; None when it surely has not.
        message: what is to be said.

    """

    id: int
    openid: str
    attempts: int
    tried_at: datetime | None
    message: Claimed

    @property
    def key(self) -> str:
        """The key under which WeChat knows it; the same at every attempt."""
        return f"note-{self.id}"


def want(message_ids: Collection[int], *, at: datetime) -> None:
    """Send to WeChat those of the messages that go there now; call inside the transaction.

    Each goes there once, however often this is called.
    """
    if not message_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _WANT,
            {
                "at": at,
                "ids": list(message_ids),
                "never": list(SMS_ONLY),
                "beside": list(BESIDE),
                "tried": list(_TRIED),
                "lost": list(_NOT_ARRIVED),
            },
        )


def claim(*, at: datetime, limit: int) -> list[Note]:
    """Take up to `limit` due messages in hand; what a dead worker held comes back after LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "at": at,
                "rings": hours.may_ring(at),
                "limit": limit,
                "lapses": at + LEASE,
                "lease": LEASE.total_seconds(),
            },
        )
        return [_note(row) for row in cursor.fetchall()]


def _note(row: Sequence[Any]) -> Note:
    message = Claimed(
        id=row[5],
        person_id=row[6],
        occasion=Occasion(row[7]),
        edition=row[8],
        values=secrets.whole(row[9], row[15]),
        case_number=row[10],
        permit_number=row[11],
        due_on=row[12],
        deadline=row[13],
        at_screen=row[14],
        provider="wechat",
        attempts=row[1],
    )
    openid = "" if row[4] else ring().open(bytes(row[3]), label="notices_wechatbinding.openid")
    return Note(row[0], openid, row[1], row[2], message)


def finish(
    note_id: int, state: NoteState, *, at: datetime, number: str = "", why: str = ""
) -> None:
    """Note the end of a claimed message's way, or that WeChat has taken it."""
    ended = None if state is NoteState.TAKEN else at
    WechatNote.objects.filter(pk=note_id, state=NoteState.SENDING).update(
        state=state, not_before=None, number=number, why=why[:40], ended_at=ended
    )


def put_off(note: Note, *, until: datetime, why: str, unsure_at: datetime | None = None) -> None:
    """Try a claimed message again later; `unsure_at` says that WeChat may have taken it then."""
    WechatNote.objects.filter(pk=note.id, state=NoteState.SENDING).update(
        state=NoteState.QUEUED,
        not_before=until,
        why=why[:40],
        tried_at=note.tried_at or unsure_at,
    )


def reported(*, number: str, openid: str, status: str, at: datetime) -> bool:
    """Note what WeChat reports of a message it took; False when it is none of ours.

    A report is believed when it names the account that the message went to; repeated, it changes
    nothing.
    """
    open_states = Q(state=NoteState.TAKEN) | Q(state=NoteState.HELD)
    row = (
        WechatNote.objects.select_related("binding")
        .filter(open_states, number=number)
        .exclude(number="")
        .first()
    )
    if row is None or row.binding.openid != openid:
        return False
    success = status == "success"
    row.state = NoteState.DELIVERED if success else NoteState.FAILED
    row.why, row.ended_at = ("" if success else status[:40]), at
    row.save(update_fields=("state", "why", "ended_at"))
    return True
