"""The ledger's partitions, one a month, made before their month begins."""

from datetime import date
from typing import Final

from django.db import connection

MONTHS_AHEAD: Final = 3


def prepare_months(*, on: date) -> int:
    """Make the partitions of this month and the next three; return how many were new.

    An entry whose month has no partition goes to the default one: nothing ever fails for want of
    one. A month that began there stays there, because entries are never moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM generate_series(0, %s) n WHERE audit_make_month("
            "(date_trunc('month', %s::date) + n * interval '1 month')::date)",
            [MONTHS_AHEAD, on],
        )
        return int(cursor.fetchone()[0])
