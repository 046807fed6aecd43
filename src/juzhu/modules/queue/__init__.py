"""Deferring jobs in the transaction of their cause, by name, so that modules import no job code."""

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

PURSUE_CASE = "pursue_case"
DELIVER_MESSAGE = "deliver_message"
SEND_SIGN_IN_CODE = "send_sign_in_code"


def defer(task: str, *, after_seconds: int = 0, **arguments: JSONValue) -> None:
    """Write one job row for `task`; it runs after commit, or never if this rolls back.

    Args:
        task: one of the names in this module.
        after_seconds: how long to wait before the first run.
        arguments: ids only, never personal data: job rows are not encrypted.

    """
    schedule = {"seconds": after_seconds} if after_seconds else None
    app.configure_task(task, schedule_in=schedule).defer(**arguments)
