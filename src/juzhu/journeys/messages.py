"""Handing messages to the carrier. At least once towards the gateway, once to the phone: the
gateway takes each message key once."""

from typing import Final

import structlog

from juzhu import wiring
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices import services as notice_services
from juzhu.modules.notices.texts import sign_in_code
from juzhu.modules.people import queries as people
from juzhu.ports.sms import SmsRejectedError

log = structlog.get_logger()

BATCH: Final = 200


def pump() -> int:
    """Hand over every message that is due, in the order of the deadlines; return how many.

    Raises:
        SmsUnavailableError: the gateway is silent; the next run goes on.

    """
    notice_services.wake_postponed(at=wiring.clock().now())
    done = 0
    while batch := notices.queued(BATCH):
        for message_id in batch:
            deliver(message_id=message_id)
        done += len(batch)
    return done


def deliver(*, message_id: int) -> None:
    """Send one message and note it; a message already noted is left alone.

    Raises:
        SmsUnavailableError: the gateway is silent; the job tries again with the same key.

    """
    found = notices.to_send(message_id)
    if found is None:
        notice_services.mark_without_phone(message_id)
        return
    key, phone, text = found
    try:
        gateway_number = wiring.sms().send(key=key, phone=phone, text=text)
    except SmsRejectedError as error:
        log.warning("notices.message_rejected", message_id=message_id, reason=str(error))
        notice_services.mark_failed(message_id)
        return
    notice_services.mark_sent(message_id, gateway_number=gateway_number, at=wiring.clock().now())


def send_code(*, code_id: int) -> None:
    """Send a sign-in code when number and phone belong to one person; else do nothing.

    Raises:
        SmsUnavailableError: the gateway is silent; the job tries again while the code is good.

    """
    found = people.code_to_send(code_id, at=wiring.clock().now())
    if found is None:
        return
    key, phone, code = found
    try:
        wiring.sms().send(key=key, phone=phone, text=sign_in_code(code))
    except SmsRejectedError as error:
        log.warning("people.code_rejected", code_id=code_id, reason=str(error))
