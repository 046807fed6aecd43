"""Telling a number that was the reserved phone that it is no longer: its owner must know."""

import structlog

from juzhu import wiring
from juzhu.modules.notices.texts import phone_left
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
    try:
        wiring.sms().send(
            key=f"former-{former_id}", phone=phone, text=phone_left(), template="phone_left.1"
        )
    except SmsRejectedError as error:
        log.warning("people.former_phone_rejected", former_id=former_id, reason=str(error))
    people_services.forget_former_phone(former_id)
