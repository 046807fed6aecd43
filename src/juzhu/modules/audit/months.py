"""The ledger's partitions, one a month, made before their month begins."""

from datetime import date
from typing import Final

import structlog
from django.db import OperationalError, connection, transaction

log = structlog.get_logger()

MONTHS_AHEAD: Final = 3
_PATIENCE: Final = "500ms"
"""Attaching a partition waits for readers of the default one, and others wait behind it."""


def prepare_months(*, on: date) -> int:
    """Make the partitions of this month and the next three; return how many were new.

    An entry whose month has no partition goes to the default one: nothing ever fails for want of
    one. A month that began there stays there, because entries are never moved. While a long reader
    (a dump) is in the way nothing is made; there are months of time, and each round tries again.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            cursor.execute(
                "SELECT count(*) FROM generate_series(0, %s) n WHERE audit_make_month("
                "(date_trunc('month', %s::date) + n * interval '1 month')::date)",
                [MONTHS_AHEAD, on],
            )
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != "55P03":  # lock not available
            raise
        log.warning("audit.months_put_off", on=on.isoformat())
        return 0
