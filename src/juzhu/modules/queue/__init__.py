"""Deferring jobs in the transaction of their cause, by name, so that modules import no job code."""

from typing import Final

from django.db import OperationalError, connection
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from procrastinate.types import JSONValue, TimeDeltaParams

PURSUE_CASE = "pursue_case"
DELIVER_MESSAGE = "deliver_message"
SEND_SIGN_IN_CODE = "send_sign_in_code"
SEND_PHONE_CODE = "send_phone_code"
SEND_MANDATE_CODE = "send_mandate_code"
SEND_CALL_CODE = "send_call_code"
SEND_SHARE_CODE = "send_share_code"
MAKE_COPY = "make_copy"
MAKE_SHEET = "make_sheet"
ANSWER_VERIFICATIONS = "answer_verifications"
TELL_FORMER_PHONE = "tell_former_phone"
HELP_ROUND = "help_round"
LOOK_AHEAD = "look_ahead"
RECHECK_CASE = "recheck_case"
EXTEND_WINDOWS = "extend_windows"
PURSUE_PAYMENT = "pursue_payment"
CARRY_OUT_REFUND = "carry_out_refund"

_JOBS: Final = JobManager(DjangoConnector())
"""Writes through Django's own connection, always. Procrastinate's app will not do: a worker gives
it another connection, on which a job would start before, or without, the commit of its cause."""


def defer(
    task: str,
    *,
    after_seconds: int = 0,
    priority: int = 0,
    lock: str | None = None,
    **arguments: JSONValue,
) -> None:
    """Write one job row for `task`; it runs after commit, or never if this rolls back.

    Args:
        task: one of the names in this module.
        after_seconds: how long to wait before the first run.
        priority: jobs with a higher one go first; everything a person waits for has 0.
        lock: of the jobs that share one, only one runs at a time.
        arguments: ids only, never personal data: job rows are not encrypted.

    Raises:
        OperationalError: the database went away, as at any other statement.

    """
    schedule = TimeDeltaParams(seconds=after_seconds) if after_seconds else None
    try:
        configure_task(
            name=task, job_manager=_JOBS, schedule_in=schedule, priority=priority, lock=lock
        ).defer(**arguments)
    except ConnectorException as error:
        raise OperationalError(f"the job {task} could not be written") from error


def due() -> int:
    """Return how many jobs could run now and wait for a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        return int(cursor.fetchone()[0])
