"""What an officer on the telephone has sent to the caller's reserved phone."""

import structlog

from juzhu import wiring
from juzhu.domain.sheet import grouped
from juzhu.modules.notices.texts import Named, call_code, chinese, share_code
from juzhu.modules.people import queries as people
from juzhu.modules.people import spoken
from juzhu.modules.sheets import spoken as shares
from juzhu.ports.sms import SmsRejectedError

log = structlog.get_logger()


def send_code(*, code_id: int) -> None:
    """Send the code that proves a caller, while it is good.

    Raises:
        SmsUnavailableError: the provider is silent; the job tries again with the same key.

    """
    found = spoken.to_send(code_id, at=wiring.clock().now())
    if found is not None:
        key, phone, code = found
        _send(key, phone, call_code(code), (("code", code),))


def send_share(*, share_id: int) -> None:
    """Send a share code that its holder asked for on the telephone.

    Raises:
        SmsUnavailableError: the provider is silent; the job tries again with the same key.

    """
    found = shares.to_send(share_id, on=wiring.clock().now().date())
    if found is None:
        return
    person_id, code, until = found
    phone = people.person(person_id).good_phone
    if phone is not None:
        places = {"code": grouped(code), "until": chinese(until.isoformat())}
        _send(f"share-{share_id}", phone, share_code(**places), tuple(places.items()))


def _send(key: str, phone: str, named: Named, values: tuple[tuple[str, str], ...]) -> None:
    text, template = named
    try:
        wiring.sms().send(key=key, phone=phone, text=text, template=template, values=values)
    except SmsRejectedError as error:
        log.warning("calls.code_rejected", key=key, reason=str(error))
