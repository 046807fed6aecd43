"""WeChat accounts bound to persons: one account has one person, one person one account."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.notices import services
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.models import WechatBinding
from juzhu.modules.people import queries as people
from juzhu.modules.vault.ring import ring

_HOLDER: Final = "holder:self"
_ANOTHER: Final = "system:wechat"  # who binds an account that was theirs is not named to anybody


class Ended(StrEnum):
    """Why a binding ended."""

    UNBOUND = "unbound"  # the person gave it up
    REPLACED = "replaced"  # the person bound another account
    TAKEN_OVER = "taken_over"  # another person bound this account
    UNFOLLOWED = "unfollowed"  # nothing reaches it any more


def person_of(openid: str) -> int | None:
    """Return whose account this is, None when nobody has bound it."""
    live = WechatBinding.objects.filter(openid_digest=_digest(openid), ended_at__isnull=True)
    return live.values_list("person_id", flat=True).first()


def bound_at(person_id: int) -> datetime | None:
    """Return since when the person has an account bound, None without one."""
    live = WechatBinding.objects.filter(person_id=person_id, ended_at__isnull=True)
    return live.values_list("bound_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class BindingView:
    """An account that is or was bound to a person. Never log it."""

    openid: str
    bound_at: datetime
    ended_at: datetime | None


def of_person(person_id: int) -> list[BindingView]:
    """Return every account that was ever bound to the person, newest first."""
    rows = WechatBinding.objects.filter(person_id=person_id).order_by("-bound_at", "-pk")
    return [BindingView(row.openid, row.bound_at, row.ended_at) for row in rows]


@transaction.atomic
def bind(*, person_id: int, openid: str, at: datetime) -> bool:
    """Bind an account to a person; False when it is bound to them already.

    The person's earlier account and the account's earlier person are let go in the same
    transaction, and everybody concerned is told by SMS.
    """
    digest = _digest(openid)
    _lock(int.from_bytes(digest[:8], "big", signed=True))
    _lock(person_id)
    live = WechatBinding.objects.filter(ended_at__isnull=True).filter(
        Q(person_id=person_id) | Q(openid_digest=digest)
    )
    for row in live.select_for_update(of=("self",)):
        if row.person_id == person_id and bytes(row.openid_digest) == digest:
            return False
        mine = row.person_id == person_id
        _end(row, Ended.REPLACED if mine else Ended.TAKEN_OVER, at, told=not mine)
    WechatBinding.objects.create(
        person_id=person_id, openid=openid, openid_digest=digest, bound_at=at
    )
    _record(person_id, "bound", at)
    _tell(person_id, Occasion.WECHAT_BOUND, at)
    return True


@transaction.atomic
def unbind(*, person_id: int, at: datetime) -> None:
    """Let the person's account go because they ask for it; without one nothing happens."""
    live = WechatBinding.objects.filter(person_id=person_id, ended_at__isnull=True)
    for row in live.select_for_update(of=("self",)):
        _end(row, Ended.UNBOUND, at, told=True)


@transaction.atomic
def unfollowed(*, openid: str, at: datetime) -> None:
    """Let an account go that no longer follows: nothing can be sent to it."""
    live = WechatBinding.objects.filter(openid_digest=_digest(openid), ended_at__isnull=True)
    for row in live.select_for_update(of=("self",)):
        _end(row, Ended.UNFOLLOWED, at, told=False)


def _end(row: WechatBinding, why: Ended, at: datetime, *, told: bool) -> None:
    row.ended_at, row.why_ended = at, why
    row.save(update_fields=("ended_at", "why_ended"))
    actor = _ANOTHER if why is Ended.TAKEN_OVER else _HOLDER
    _record(row.person_id, why, at, actor)
    if told:
        _tell(row.person_id, Occasion.WECHAT_LEFT, at)


def _record(person_id: int, what: str, at: datetime, actor: str = _HOLDER) -> None:
    audit.record(person_id=person_id, actor=actor, purpose=Purpose.WECHAT, at=at, note=what)


def _tell(person_id: int, occasion: Occasion, at: datetime) -> None:
    services.write(
        person_id=person_id,
        occasion=occasion,
        subject=f"wechat-{secrets.token_hex(6)}",
        values={},
        phone=people.phones([person_id]).get(person_id),
        at=at,
        at_screen=True,
    )


def _lock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _digest(openid: str) -> bytes:
    return ring().digest(openid, label="openid")
