"""Handing messages to a provider and learning what became of them.

Each message is claimed by one worker, looked at once more (still true, a number to go to, not too
many today), handed over side by side with others while no transaction is open, and noted. A worker
killed in between leaves a claim that lapses: where the provider takes each key once the
message is sent again under the same key, elsewhere it is asked about and never sent again.
"""

import math
import time
from collections.abc import Sequence
from typing import Final

import structlog

from juzhu import wiring
from juzhu.journeys import handing_over
from juzhu.modules.notices import receipts, sending
from juzhu.modules.notices.contracts import Asked, Claimed
from juzhu.modules.notices.texts import sign_in_code
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.ports.sms import Receipt, Sent, SmsGateway, SmsRejectedError

log = structlog.get_logger()

BATCH: Final = 256


def pump(*, seconds: float = math.inf) -> int:
    """Hand over every message that is due, in the order of the deadlines; return how many.

    Safe to run in many workers: no two get the same message, and each holds one portion at most,
    so that of a million the most urgent go first. While the provider takes nothing the others
    stay in their order.

    Args:
        seconds: end after the portion that is under way then; what is left waits for the next run.

    """
    limit = time.monotonic() + seconds
    at = wiring.clock().now()
    safe = [name for name, gateway in wiring.sms_providers().items() if gateway.once_per_key]
    sending.take_up_lapsed(at=at, safe=safe)
    sending.wake(at=at)
    done = 0
    while messages := _claim(limit=BATCH):
        is_stuck = handing_over.send(messages)
        done += len(messages)
        if is_stuck or time.monotonic() > limit:
            break
    return done


def deliver(*, message_id: int) -> None:
    """Hand over one message at once if it is still due."""
    handing_over.send(_claim(limit=1, only=message_id))


def ask_receipts(*, limit: int = 2_000) -> int:
    """Ask for the receipts that did not come by themselves; return how many were asked for."""
    at, asked = wiring.clock().now(), 0
    while asked < limit and (questions := receipts.to_ask(at=at, limit=BATCH)):
        asked += len(questions)
        for name, gateway in wiring.sms_providers().items():
            _ask(gateway, [question for question in questions if question.provider == name])
    return asked


def note_receipts(found: Sequence[Receipt], *, provider: str) -> None:
    """Note what a provider says became of messages; strange receipts are logged and dropped."""
    if found:
        unknown = receipts.note_receipts(found, provider=provider, at=wiring.clock().now())
        if unknown:
            log.warning("notices.receipts_of_no_message", provider=provider, count=len(unknown))


def watch_providers() -> None:
    """Let another provider carry the messages when too many of the present one's are slow."""
    switch = receipts.watch(order=list(wiring.sms_providers()), at=wiring.clock().now())
    if switch is not None:
        log.error(
            "notices.provider_switched",
            provider=switch.provider,
            before=switch.before,
            messages=switch.messages,
            slow=switch.slow,
        )


def send_code(*, code_id: int) -> None:
    """Send a sign-in code when number and phone belong to one person; else do nothing.

    Raises:
        SmsUnavailableError: the provider is silent; the job tries again while the code is good.

    """
    found = people.code_to_send(code_id, at=wiring.clock().now())
    if found is None:
        return
    key, phone, code = found
    text, template = sign_in_code(code)
    try:
        wiring.sms().send(
            key=key, phone=phone, text=text, template=template, values=(("code", code),)
        )
    except SmsRejectedError as error:
        log.warning("people.code_rejected", code_id=code_id, reason=str(error))


def _claim(*, limit: int, only: int | None = None) -> list[Claimed]:
    order = list(wiring.sms_providers())
    return sending.claim(
        provider=receipts.carrier(order), at=wiring.clock().now(), limit=limit, only=only
    )


def _ask(gateway: SmsGateway, questions: Sequence[Asked]) -> None:
    """Ask about the messages of one provider whose number is still known."""
    phones = people.phones({question.person_id for question in questions})
    sent = []
    for question in questions:
        phone = phones.get(question.person_id, "")
        if not phone or people_services.phone_digest_of(phone) != question.phone_digest:
            phone = ""  # it went to another number, which is not kept
        sent.append(Sent(question.key, phone, question.number, question.tried_at))
    found = [receipt for receipt in wiring.sms_ask(gateway, sent) if receipt is not None]
    note_receipts(found, provider=gateway.name)
