"""The official account (微信公众号): what it answers, who is bound to it, its entry in the menu."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction

from juzhu import wiring
from juzhu.domain.vocabulary import PermitState
from juzhu.journeys import wechat_texts as texts
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.channels import services as channels
from juzhu.modules.notices import bindings, second
from juzhu.modules.permits import queries as permits
from juzhu.ports.wechat import Event, WechatAccount, WechatRefusedError

log = structlog.get_logger()

REPEATED_FOR: Final = timedelta(minutes=15)
"""WeChat repeats a callback three times within seconds; older ones fail by their timestamp."""
MENU: Final = "政务服务"
ENTRY: Final = "居住证"
_NO_MENU: Final = 46003
_MOST_BUTTONS: Final = 3
_MOST_ENTRIES: Final = 5


class MenuFullError(Exception):
    """The account's menu has no room for the entry."""


def hear(event: Event, *, at: datetime) -> str:
    """Take in a message or event once, with its whole effect; return the answer, "" for none."""
    with transaction.atomic():
        until = datetime.fromtimestamp(time.time(), UTC) + REPEATED_FOR
        if not channels.first_time(issuer="wechat", jti=event.key[:128], until=until):
            return ""
        if event.kind == "event":
            return _event(event, at)
        word = texts.word_of(event.text) if event.kind == "text" else None
        return _answer(event.openid, word, at)


def _event(event: Event, at: datetime) -> str:
    match event.event:
        case "subscribe":
            return texts.welcome(wiring.site_url())
        case "unsubscribe":
            bindings.unfollowed(openid=event.openid, at=at)
        case "templatesendjobfinish":
            if not second.reported(
                number=event.number, openid=event.openid, status=event.status, at=at
            ):
                log.warning("notices.wechat_report_of_no_message")
        case "click":
            return _answer(event.openid, texts.word_of(event.event_key), at)
        case _:
            pass
    return ""


def _answer(openid: str, word: texts.Word | None, at: datetime) -> str:
    """Return the answer to a word: a link, and of a bound person the permit's state, no more."""
    site = wiring.site_url()
    if word is None:
        return texts.help_text(site)
    if word.topic is texts.Topic.SHEET:
        return texts.sheet(word, site)
    person_id = bindings.person_of(openid)
    if person_id is None:
        return texts.sign_in_first(word, site)
    audit.record(
        person_id=person_id,
        actor="holder:self",
        purpose=Purpose.WECHAT,
        at=at,
        fields=("permit",),
        note=word.topic,
    )
    permit = permits.permit_of(person_id, at.date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return texts.no_permit(word, site)
    return texts.standing(word, permit.status, site)


def published(account: WechatAccount) -> bool:
    """Put the entry into the account's menu, all others kept; False when it was there already.

    Raises:
        MenuFullError: the button, or the menu, has no room.
        WechatUnavailableError: no answer.
        WechatRefusedError: WeChat says no.

    """
    try:
        present = account.menu()
    except WechatRefusedError as error:
        if error.code != _NO_MENU:
            raise
        present = {}
    wanted = with_entry(present, f"{wiring.site_url()}/go/home/")
    if wanted == present:
        return False
    account.publish_menu(wanted)
    return True


def with_entry(menu: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the menu with 政务服务 -> 居住证 leading to `url`; raise MenuFullError."""
    entry = {"type": "view", "name": ENTRY, "url": url}
    buttons = [dict(button) for button in menu.get("button", [])]
    found = next((button for button in buttons if button.get("name") == MENU), None)
    if found is None:
        if len(buttons) >= _MOST_BUTTONS:
            raise MenuFullError(f"the menu has {_MOST_BUTTONS} buttons, none called {MENU}")
        return {"button": [*buttons, {"name": MENU, "sub_button": [entry]}]}
    entries = [dict(other) for other in found.get("sub_button", [])]
    old = next((other for other in entries if other.get("name") == ENTRY), None)
    if old is not None:
        old.clear()
        old.update(entry)
    elif len(entries) >= _MOST_ENTRIES:
        raise MenuFullError(f"{MENU} has {_MOST_ENTRIES} entries, none called {ENTRY}")
    else:
        entries.append(entry)
    found["sub_button"] = entries
    return {"button": buttons}
