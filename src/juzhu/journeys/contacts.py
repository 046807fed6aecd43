"""Telling departments' contacts what is wrong, or soon will be: by SMS, else by e-mail.

A contact is free text with a mobile number, an e-mail address, or both.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog

from juzhu import wiring
from juzhu.domain.calendar import ONE_DAY
from juzhu.journeys import feed
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners import warnings
from juzhu.modules.partners.contracts import Grant, PartnerView, Scope
from juzhu.modules.partners.texts import SCOPES, WarningKind
from juzhu.modules.partners.warnings import Due, How
from juzhu.modules.verifications import queries as verifications
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.mail import Letter, MailRejectedError, MailUnavailableError
from juzhu.ports.sms import SmsRejectedError, SmsUnavailableError

log = structlog.get_logger()

SIGNATURE: Final = "【居住证】"
SUBJECT: Final = "居住证数据交换提醒"
STEPS: Final = (timedelta(days=30), timedelta(days=7))
"""How long before an end a contact is warned, each time once."""
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_MAILBOX: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Note:
    """What a contact is told.

    Attributes:
        key: never used for two notes.
        text: of the SMS, with its signature.
        template: its name and edition, for carriers that want it approved.
        values: what the template is filled with.
        more: further lines of a letter; an SMS has no room for them.

    """

    key: str
    text: str
    template: str
    values: tuple[tuple[str, str], ...] = ()
    more: str = ""


def tell(contact: str, note: Note) -> How | None:
    """Tell a contact; None when carrier or mail server do not answer: try again later.

    The carrier takes each key once. A letter may come twice when a process dies between sending and
    noting, under one Message-ID.
    """
    phone, mailbox = _MOBILE.search(contact), _MAILBOX.search(contact)
    try:
        if phone is not None and _by_sms(phone[0], note):
            return How.TOLD
        if mailbox is not None and _by_mail(mailbox[0], note):
            return How.TOLD
    except (SmsUnavailableError, MailUnavailableError) as error:
        log.warning("contacts.told_later", key=note.key, error=str(error))
        return None
    return How.UNTOLD


def _by_sms(phone: str, note: Note) -> bool:
    try:
        wiring.sms().send(
            key=note.key,
            phone=phone,
            text=note.text,
            template=note.template,
            values=note.values,
        )
    except SmsRejectedError:
        return False
    return True


def _by_mail(mailbox: str, note: Note) -> bool:
    mail = wiring.mail()
    if mail is None:
        return False
    try:
        mail.send(Letter(note.key, mailbox, SUBJECT, f"{note.text}\n\n{note.more}".strip() + "\n"))
    except MailRejectedError as error:
        log.warning("contacts.letter_rejected", key=note.key, error=str(error))
        return False
    return True


def warn() -> int:
    """Give the warnings that are due and have not been given; return how many were told."""
    today = wiring.clock().now().date()
    machine = datetime.fromtimestamp(time.time(), UTC)
    registry = {partner.id: partner for partner in partners.registry().partners.values()}
    due = [it for partner in registry.values() for it in _ends(partner, today, machine)]
    due += [it for partner in registry.values() for it in _unread(partner, today)]
    due += _too_often(today)
    told = 0
    for it in warnings.not_yet(due):
        text = f"{SIGNATURE}{it.text}"
        note = Note(f"warning-{it.key}", text, f"{it.kind}.1", tuple(it.values.items()))
        how = tell(registry[it.partner_id].contact, note)
        if how is None:
            break  # the next round is a minute away
        warnings.note(it, how, machine)
        told += how is How.TOLD
    return told


def _ends(partner: PartnerView, today: date, machine: datetime) -> Iterator[Due]:
    """Yield what of a partner ends soon: a grant, or the last key it has."""
    if partner.suspended:
        return
    for grant in partner.grants.values():
        yield from _grant_ends(partner, grant, today)
    ends = [key.ends_at for key in partners.valid_keys(partner, machine)]
    last = max((it for it in ends if it is not None), default=None)
    if last is not None and None not in ends and not partner.jwks_uri:
        day = last.astimezone(SHENZHEN).date()
        for step in _steps(day - machine.astimezone(SHENZHEN).date()):
            key = f"{partner.code}-key-{day:%Y%m%d}-{step.days}"
            yield Due(partner.id, key, WarningKind.LAST_KEY_ENDS, {"day": _words(day)})


def _grant_ends(partner: PartnerView, grant: Grant, today: date) -> Iterator[Due]:
    if grant.valid_to is None:
        return
    values = {"purpose": SCOPES[grant.scope], "day": _words(grant.valid_to)}
    for step in _steps(grant.valid_to - today):
        key = f"{partner.code}-{grant.scope.name.lower()}-{grant.valid_to:%Y%m%d}-{step.days}"
        yield Due(partner.id, key, WarningKind.GRANT_ENDS, values)


def _steps(left: timedelta) -> list[timedelta]:
    """Return the nearest step that has been reached, none when it is over or far away."""
    reached = [step for step in STEPS if timedelta() <= left <= step]
    return reached[-1:]


def _unread(partner: PartnerView, today: date) -> Iterator[Due]:
    """Yield that a partner has stopped reading the feed; once until it reads again."""
    last = feed.unread_since(partner, today=today)
    if last is not None:
        key = f"{partner.code}-unread-{last:%Y%m%d}"
        yield Due(partner.id, key, WarningKind.FEED_UNREAD, {"day": _words(last)})


def _too_often(today: date) -> Iterator[Due]:
    """Yield a warning for each partner and purpose that asked too often today or yesterday."""
    for partner_id, purpose, day in verifications.asked_too_often(since=today - ONE_DAY):
        key = f"{partner_id}-often-{purpose}-{day:%Y%m%d}"
        values = {"purpose": SCOPES[Scope(f"verify:{purpose}")]}
        yield Due(partner_id, key, WarningKind.ASKED_TOO_OFTEN, values)


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
