"""A relative or friend as helper (亲友代办): asking by code, and whether a mandate carries now."""

from datetime import date
from typing import Final

import structlog

from juzhu import wiring
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.mandates import by_code
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.mandates.contracts import MandateView, Task
from juzhu.modules.notices.texts import chinese, mandate_code
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.ports.sms import SmsRejectedError

log = structlog.get_logger()

TASKS: Final = {
    Task.SEE: "看进度",
    Task.ENDORSE: "签注",
    Task.APPLY: "申领和换卡",
    Task.PAY: "缴费",
    Task.SHEET: "开信息单",
}
"""What the holder's SMS calls each task."""


def helped(*, helper_id: int, on: date) -> list[MandateView]:
    """Return the mandates under which the person may act on that day."""
    return [it for it in mandates.of_helper(helper_id, on=on) if carries(it, on=on)]


def carries(mandate: MandateView, *, on: date) -> bool:
    """Say whether anything can be done under a mandate on that day.

    It ends with the holder's death (民法典 第一百七十三条), and with a permit that was cancelled
    since it was given: what the holder wanted done is no longer there. A new one can be given.
    """
    if not mandate.in_force(on) or people.has_died(mandate.holder_id):
        return False
    permit = permits.permit_of(mandate.holder_id, on)
    if permit is None or permit.status.state is not PermitState.CANCELLED:
        return True
    ended = permit.status.cancelled_on
    return ended is not None and ended < mandate.since


def send_code(*, request_id: int) -> None:
    """Ring the holder whom a helper named, if it is anybody to be rung.

    Raises:
        SmsUnavailableError: the provider is silent; the job tries again while the code is good.

    """
    found = by_code.to_send(request_id, at=wiring.clock().now())
    if found is None:
        return
    places = {
        "helper": found.helper_name,
        "tasks": "、".join(words for task, words in TASKS.items() if task in found.tasks),
        "through": chinese(found.through.isoformat()),
        "code": found.code,
    }
    text, template = mandate_code(**places)
    try:
        wiring.sms().send(
            key=found.key,
            phone=found.phone,
            text=text,
            template=template,
            values=tuple(places.items()),
        )
    except SmsRejectedError as error:
        log.warning("mandates.code_rejected", request_id=request_id, reason=str(error))
