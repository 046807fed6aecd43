"""Handing messages to WeChat: looked at once more, then side by side, with no transaction open."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from juzhu import wiring
from juzhu.journeys.handing_over import GIVEN_UP_AFTER
from juzhu.journeys.message_conditions import needless
from juzhu.modules.notices import bindings, second
from juzhu.modules.notices.contracts import BEFORE_END, BEFORE_SUSPENSION, Occasion
from juzhu.modules.notices.second import Note, NoteState
from juzhu.modules.notices.wordings import worded
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.wechat import (
    TemplateMessage,
    WechatAccount,
    WechatNotTaken,
    WechatRefused,
    WechatResult,
    WechatTaken,
    WechatUnsure,
)

log = structlog.get_logger()

BATCH: Final = 128
PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=10)
_LINKS: Final[Mapping[Occasion, str]] = (
    dict.fromkeys(BEFORE_SUSPENSION + BEFORE_END, "endorse")
    | dict.fromkeys((Occasion.SHEET_READY, Occasion.SHEET_HELD, Occasion.SHEET_PHOTO), "sheet")
    | dict.fromkeys((Occasion.SHARE_USED, Occasion.DISPUTE_ANSWERED), "looks")
    | {Occasion.CANCELLED: "apply", Occasion.MAY_APPLY_NOW: "apply", Occasion.REFUSED: "progress"}
)


def pump() -> int:
    """Hand over what is due for WeChat; return how many. Safe to run in many workers."""
    account = wiring.wechat()
    if account is None:
        return 0
    done = 0
    while notes := second.claim(at=wiring.clock().now(), limit=BATCH):
        _send(account, notes)
        done += len(notes)
    return done


def _send(account: WechatAccount, notes: list[Note]) -> None:
    at = wiring.clock().now()
    over = needless([note.message for note in notes], on=at.date())
    ready: list[tuple[Note, TemplateMessage]] = []
    for note in notes:
        message = _message(account, note)
        if note.message.id in over or at.date() > note.message.deadline + GIVEN_UP_AFTER:
            second.finish(note.id, NoteState.NEEDLESS, at=at)
        elif note.tried_at is not None and at - note.tried_at > second.SAME_KEY_FOR:
            log.warning("notices.wechat_held", note_id=note.id)
            second.finish(note.id, NoteState.HELD, at=at, why="no answer")
        elif message is None:
            why = "no template" if note.openid else "account let go"
            second.finish(note.id, NoteState.FAILED, at=at, why=why)
        else:
            ready.append((note, message))
    results = account.send([message for _, message in ready])
    for (note, _), result in zip(ready, results, strict=True):
        _noted(note, result, at)


def _message(account: WechatAccount, note: Note) -> TemplateMessage | None:
    """Return what goes out; None without a template, or when the account was let go."""
    template = account.templates.get(note.message.occasion)
    if template is None or not note.openid:
        return None
    try:
        data = {name: worded(text, note.message.values) for name, text in template[1].items()}
    except KeyError:  # an older edition's values
        return None
    link = _LINKS.get(note.message.occasion, "messages")
    return TemplateMessage(
        key=note.key,
        openid=note.openid,
        template=template[0],
        data=data,
        url=f"{wiring.site_url()}/go/{link}/",
    )


def _noted(note: Note, result: WechatResult, at: datetime) -> None:
    match result:
        case WechatTaken(number):
            second.finish(note.id, NoteState.TAKEN, at=at, number=number)
        case WechatRefused(unfollowed=True):
            second.finish(note.id, NoteState.FAILED, at=at, why="not following")
            bindings.unfollowed(openid=note.openid, at=at)
        case WechatRefused(code, quota=True):
            log.error("notices.wechat_quota_used_up", code=code)
            second.put_off(note, until=_tomorrow(at), why=f"errcode {code}")
        case WechatRefused(code):
            log.error("notices.wechat_refused", code=code, occasion=note.message.occasion)
            second.finish(note.id, NoteState.FAILED, at=at, why=f"errcode {code}")
        case WechatNotTaken(reason):
            pause = min(PAUSE * 2 ** min(note.attempts - 1, 5), LONGEST_PAUSE)
            second.put_off(note, until=at + pause, why=reason)
        case WechatUnsure(reason):
            second.put_off(note, until=at + PAUSE, why=reason, unsure_at=at)


def _tomorrow(at: datetime) -> datetime:
    """Return when a day's quota begins anew: at midnight, and ten minutes for their clocks."""
    local = at.astimezone(SHENZHEN) + timedelta(days=1)
    return local.replace(hour=0, minute=10, second=0, microsecond=0)
