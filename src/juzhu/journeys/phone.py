"""Codes to a number before it is the reserved phone, and a word to the number that was it."""

import structlog

from juzhu import wiring
from juzhu.modules.notices.texts import phone_code, phone_left
from juzhu.modules.people import phones
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.ports.sms import SmsRejectedError

log = structlog.get_logger()


def tell_former(*, former_id: int) -> None:
    """Send the one message to a former number; a number told before is left alone.

    Raises:
        SmsUnavailableError: the gateway is silent; the job tries again with the same key.

    """
    phone = people.former_phone(former_id)
    if phone is None:
        return
    text, template = phone_left()
    try:
        wiring.sms().send(key=f"former-{former_id}", phone=phone, text=text, template=template)
    except SmsRejectedError as error:
        log.warning("people.former_phone_rejected", former_id=former_id, reason=str(error))
    people_services.forget_former_phone(former_id)


def send_code(*, code_id: int) -> None:
    """Send the code that proves a new reserved phone, while it is good.

    Raises:
        SmsUnavailableError: the gateway is silent; the job tries again with the same key.

    """
    found = phones.to_send(code_id, at=wiring.clock().now())
    if found is None:
        return
    key, phone, code = found
    text, template = phone_code(code)
    try:
        wiring.sms().send(
            key=key, phone=phone, text=text, template=template, values=(("code", code),)
        )
    except SmsRejectedError as error:
        log.warning("people.phone_code_rejected", code_id=code_id, reason=str(error))
