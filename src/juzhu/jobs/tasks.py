"""The jobs a worker runs. Each takes ids only, is safe to run twice, and calls one journey."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from juzhu import wiring
from juzhu.journeys import (
    apply,
    calls,
    cards,
    contacts,
    corrections,
    exchange_jobs,
    faults,
    helping,
    ledger,
    life_events,
    messages,
    my_data,
    paying,
    phone,
    proactive,
    reconciling,
    roll,
    sheets,
    webhooks,
    wechat_messages,
)
from juzhu.modules import queue
from juzhu.modules.faults import services as fault_services
from juzhu.ports.clock import ClockUnavailableError
from juzhu.ports.ledger import LedgerKeysError

log = structlog.get_logger()

PATIENT = RetryStrategy(wait=5, linear_wait=10)
"""Try for ever, 5 s after the first failure and 10 s later each time: nothing is given up."""


@app.task(name=queue.PURSUE_CASE, retry=PATIENT)
def pursue_case(*, number: str, attempts: int) -> None:
    """Decide a case whose departments were silent, or whose web process died."""
    apply.pursue(number=number, attempts=attempts)


@app.task(name=queue.DELIVER_MESSAGE, retry=PATIENT)
def deliver_message(*, message_id: int) -> None:
    """Send one message by SMS."""
    messages.deliver(message_id=message_id)


@app.task(name=queue.SEND_SIGN_IN_CODE, retry=RetryStrategy(wait=2, linear_wait=1))
def send_sign_in_code(*, code_id: int) -> None:
    """Send a sign-in code if it belongs to somebody; after five minutes there is none to send."""
    messages.send_code(code_id=code_id)


@app.task(name=queue.SEND_PHONE_CODE, retry=RetryStrategy(wait=2, linear_wait=1))
def send_phone_code(*, code_id: int) -> None:
    """Send the code to a new reserved phone; after ten minutes there is none to send."""
    phone.send_code(code_id=code_id)


@app.task(name=queue.SEND_MANDATE_CODE, retry=RetryStrategy(wait=2, linear_wait=1))
def send_mandate_code(*, request_id: int) -> None:
    """Send a holder the code that lets a helper act; after ten minutes there is none to send."""
    helping.send_code(request_id=request_id)


@app.task(name=queue.SEND_CALL_CODE, retry=RetryStrategy(wait=2, linear_wait=1))
def send_call_code(*, code_id: int) -> None:
    """Send a caller the code to be read out; after ten minutes there is none to send."""
    calls.send_code(code_id=code_id)


@app.task(name=queue.SEND_SHARE_CODE, retry=PATIENT)
def send_share_code(*, share_id: int) -> None:
    """Send a share code that its holder asked for on the telephone."""
    calls.send_share(share_id=share_id)


@app.task(name=queue.TELL_FORMER_PHONE, retry=PATIENT)
def tell_former_phone(*, former_id: int) -> None:
    """Tell a number that it is no longer somebody's reserved phone."""
    phone.tell_former(former_id=former_id)


@app.task(name=queue.ANSWER_VERIFICATIONS, retry=PATIENT)
def answer_verifications(*, job_id: str) -> None:
    """Answer some thousand questions of a department's job, then let others go first."""
    exchange_jobs.work(UUID(job_id))


@app.task(name=queue.MAKE_COPY, retry=PATIENT)
def make_copy(*, copy_id: int) -> None:
    """Make a copy of everything held about a person."""
    my_data.make(copy_id=copy_id)


@app.task(name=queue.MAKE_SHEET, retry=PATIENT)
def make_sheet(*, sheet_id: int) -> None:
    """Make an ordered sheet whose first making failed or died."""
    sheets.make(sheet_id=sheet_id)


@app.task(name=queue.HELP_ROUND, retry=PATIENT)
def help_round(*, night_id: int) -> None:
    """Do stretches of the daily round beside whoever leads it."""
    roll.help_with(night_id=night_id, at=wiring.clock().now())


@app.task(name=queue.LOOK_AHEAD, retry=PATIENT)
def look_ahead(*, watch_id: int, day: str) -> None:  # noqa: ARG001  # the day tells two jobs apart
    """Look at somebody's conditions again: endorse, tell, or look on another day."""
    proactive.look(watch_id=watch_id, at=wiring.clock().now())


@app.task(name=queue.RECHECK_CASE, retry=PATIENT)
def recheck_case(*, number: str, person_id: int) -> None:
    """Ask the departments again about a refused case."""
    corrections.recheck(number=number, person_id=person_id, at=wiring.clock().now())


@app.task(name=queue.EXTEND_WINDOWS, retry=PATIENT)
def extend_windows(*, fault_number: int) -> None:
    """Give back the days that a fault took."""
    faults.extend_windows(fault_number=fault_number, at=wiring.clock().now())


@app.task(name=queue.PURSUE_PAYMENT, retry=PATIENT)
def pursue_payment(*, number: str, tries: int) -> None:
    """Ask a gateway what became of an attempt to pay."""
    paying.pursue(number=number, tries=tries, at=wiring.clock().now())


@app.task(name=queue.CARRY_OUT_REFUND, retry=PATIENT)
def carry_out_refund(*, number: str) -> None:
    """Give money back that does not count, or that two officers gave back."""
    paying.carry_out_refund(number=number, at=wiring.clock().now())


@app.periodic(cron="* * * * *")
@app.task(name="expire_orders", queueing_lock="expire_orders", pass_context=False)
def expire_orders(timestamp: int) -> None:  # noqa: ARG001
    """Let the orders lapse that were not paid in time."""
    _by_and_by("orders", lambda: paying.expire_due(at=wiring.clock().now()))


@app.periodic(cron="*/10 * * * *")
@app.task(name="reconcile_payments", queueing_lock="reconcile_payments", pass_context=False)
def reconcile_payments(timestamp: int) -> None:  # noqa: ARG001
    """Compare the gateways' bills of the past days with what is on record."""
    _by_and_by("bills", lambda: reconciling.reconcile_due(at=wiring.clock().now()))


@app.periodic(cron="* * * * *")
@app.task(name="heartbeat", queueing_lock="heartbeat", pass_context=False)
def heartbeat(timestamp: int) -> None:  # noqa: ARG001
    """Note that the service works; a long silence before is a fault, and is made good.

    A trial on somebody's machine may be switched off at will: that is no fault.
    """
    if not wiring.is_trial():
        fault_services.beat(at=wiring.clock().now())


_round_done_for: list[str] = []


@app.periodic(cron="* * * * * */5")  # the sixth column is seconds: every five
@app.task(name="new_day", queueing_lock="new_day", pass_context=False)
def new_day(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate gives the planned second
    """Do the round when the civil day has changed since this process last did it.

    Other workers may do it too: every step is safe to repeat.
    """
    try:
        now = wiring.clock().now()
        day = now.date().isoformat()
        if _round_done_for == [day]:
            return
        done = roll.run(on=now.date(), at=now)
        cards.remind(at=now)
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.round_put_off", error=type(error).__name__)  # the next is seconds away
        return
    _round_done_for[:] = [day]
    log.info("jobs.round_done", day=day, **done)


PUMP_SECONDS: Final = 30.0
_pumping = Lock()


@app.periodic(cron="* * * * * */5")
@app.task(name="pump_messages", queueing_lock="pump_messages", pass_context=False)
def pump_messages(timestamp: int) -> None:  # noqa: ARG001
    """Hand over the messages that are due and have no job of their own, for half a minute.

    A million may be due at once. Every five seconds one more process of all the workers joins in;
    each gives one of its places to it and keeps the others for whoever waits at a screen.
    """
    if _pumping.acquire(blocking=False):
        try:
            _by_and_by("pump", partial(messages.pump, seconds=PUMP_SECONDS))
        finally:
            _pumping.release()


@app.periodic(cron="* * * * * */5")
@app.task(name="pump_wechat", queueing_lock="pump_wechat", pass_context=False)
def pump_wechat(timestamp: int) -> None:  # noqa: ARG001
    """Hand over the messages that go to WeChat too; a slow WeChat holds up no SMS."""
    _by_and_by("wechat", wechat_messages.pump)


@app.periodic(cron="* * * * * */10")
@app.task(name="ask_receipts", queueing_lock="ask_receipts", pass_context=False)
def ask_receipts(timestamp: int) -> None:  # noqa: ARG001
    """Learn what became of messages, and change the provider when too many are slow."""
    _by_and_by("receipts", messages.ask_receipts)
    _by_and_by("providers", messages.watch_providers)


@app.periodic(cron="* * * * * */10")
@app.task(name="make_cards", queueing_lock="make_cards", lock="make_cards", pass_context=False)
def make_cards(timestamp: int) -> None:  # noqa: ARG001
    """Send production files to the card factory and take in its news."""
    _by_and_by("cards", lambda: cards.work(at=wiring.clock().now()))


def _by_and_by(name: str, work: Callable[[], object]) -> None:
    """Do periodic work; when the clock or the database is away, the next run is seconds away."""
    try:
        work()
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.put_off", work=name, error=type(error).__name__)


@app.periodic(cron="* * * * * */10")
@app.task(name="take_life_events", queueing_lock="take_life_events", pass_context=False)
def take_life_events(timestamp: int) -> None:  # noqa: ARG001
    """Take in what the registers of persons have told since the last time."""
    try:
        life_events.take_new(at=wiring.clock().now())
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.life_events_put_off", error=type(error).__name__)


@app.periodic(cron="* * * * * */5")
@app.task(name="seal_ledger", queueing_lock="seal_ledger", pass_context=False)
def seal_ledger(timestamp: int) -> None:  # noqa: ARG001
    """Seal what has been written to the ledger since the last time."""
    try:
        ledger.seal(at=wiring.clock().now())
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.sealing_put_off", error=type(error).__name__)
    except (LedgerKeysError, OSError) as error:  # nothing is lost: it is sealed once this is mended
        log.error("jobs.sealing_failed", error=str(error))


@app.periodic(cron="* * * * * */5")
@app.task(name="nudge_partners", queueing_lock="nudge_partners", pass_context=False)
def nudge_partners(timestamp: int) -> None:  # noqa: ARG001
    """Tell departments' addresses that the feed has something for them."""
    try:
        webhooks.hint(law=wiring.clock().now(), at=webhooks.now())
        webhooks.send(at=webhooks.now())
        webhooks.tell_contacts()
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.nudging_put_off", error=type(error).__name__)


@app.periodic(cron="* * * * *")
@app.task(name="warn_partners", queueing_lock="warn_partners", pass_context=False)
def warn_partners(timestamp: int) -> None:  # noqa: ARG001
    """Warn departments' contacts of what ends soon, and of asking too often."""
    try:
        contacts.warn()
    except (ClockUnavailableError, OperationalError, InterfaceError) as error:
        log.warning("jobs.warning_put_off", error=type(error).__name__)


@app.periodic(cron="* * * * * */10")
@app.task(name="rescue_stalled", queueing_lock="rescue_stalled", pass_context=False)
async def rescue_stalled(timestamp: int) -> None:  # noqa: ARG001
    """Give the jobs of a worker that died to the living ones."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=20):
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:  # done or rescued by another worker a moment ago
            log.warning("jobs.stalled_job_left", job_id=job.id, task=job.task_name)
        else:
            log.warning("jobs.stalled_job_rescued", job_id=job.id, task=job.task_name)
