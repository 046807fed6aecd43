"""Comparing each gateway's bill of the day (对账) with what is on record, every night."""

from datetime import date, datetime
from typing import Final

import structlog

from juzhu import wiring
from juzhu.domain.calendar import ONE_DAY
from juzhu.journeys import paying
from juzhu.modules.payments import bills
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments.contracts import AttemptState
from juzhu.ports.payments import BillLine, BillNotReadyError, PaymentUnavailableError

log = structlog.get_logger()

EMPTY_AFTER: Final = 2 * ONE_DAY
"""A day without a bill, and without money on record, counts as empty after this."""


def reconcile_due(*, at: datetime) -> int:
    """Read the bills of past days that have not been read; return how many were.

    Safe to repeat. A gateway that is silent, or whose bill is not ready, is asked again next time.
    """
    read = 0
    for name in wiring.payment_gateways():
        for day in bills.days_to_read(name, on=at.date()):
            try:
                read += reconcile(gateway=name, day=day, at=at) is not None
            except PaymentUnavailableError as error:
                log.warning("payments.bill_unanswered", gateway=name, error=str(error))
                break
    return read


def reconcile(*, gateway: str, day: date, at: datetime) -> int | None:
    """Compare one day's bill; return how many differences are new, None when it is not ready.

    A payment that the bill knows and the record does not is asked about first: it may only have
    been missed.

    Raises:
        KeyError: there is no gateway of this name.
        PaymentUnavailableError: the gateway does not answer.

    """
    try:
        lines = wiring.payment_gateways()[gateway].bill(day)
    except BillNotReadyError:
        if at.date() - day <= EMPTY_AFTER or bills.moved_on(gateway, day):
            return None
        lines = []
    for line in lines:
        _catch_up(line, at)
    new = bills.keep(gateway=gateway, day=day, lines=lines, at=at)
    level = log.error if new else log.info
    level("payments.bill_read", gateway=gateway, day=str(day), lines=len(lines), differences=new)
    return new


def _catch_up(line: BillLine, at: datetime) -> None:
    if line.is_refund:
        return
    known = payments.attempts_by_number([line.number]).get(line.number)
    if known is not None and known.state is not AttemptState.SETTLED:
        paying.pursue(number=line.number, tries=0, at=at)
