"""How much partners have used of their allowance, over all processes: one row each."""

from collections.abc import Mapping
from typing import Final

from django.db import connection

# A row says when the whole allowance will be back; by the database's clock, which is one for all.
# `statement_timestamp()` stands still within a statement, so the difference is what was used.
_SETTLE: Final = """
INSERT INTO partners_allowance AS held (partner_id, full_at)
SELECT used.partner, statement_timestamp() + make_interval(secs => used.seconds)
  FROM unnest(%s::bigint[], %s::float8[]) AS used(partner, seconds) ORDER BY used.partner
ON CONFLICT (partner_id) DO UPDATE SET full_at =
    greatest(held.full_at, clock_timestamp()) + (excluded.full_at - statement_timestamp())
RETURNING partner_id, extract(epoch FROM full_at - clock_timestamp())::float8
"""


def settle(used: Mapping[int, float]) -> dict[int, float]:
    """Add what was used, in seconds of the allowance; return in how many it will be back whole.

    The seconds are negative where nothing has been used for long. In one order, so that no two
    processes wait for each other.
    """
    if not used:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(used), list(used.values())])
        return dict(cursor.fetchall())
