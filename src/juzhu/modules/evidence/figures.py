"""What the dashboard counts of departments' answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from juzhu.domain.vocabulary import Source

_BY_SOURCE: Final = """
SELECT source, count(*), count(*) FILTER (WHERE status <> 'answered'),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY took_ms), max(asked_at)
FROM evidence_answer WHERE asked_at >= %s GROUP BY source ORDER BY source
"""


@dataclass(frozen=True, slots=True)
class Health:
    """How one department answered.

    Attributes:
        source: which register.
        asked: how often it was asked.
        failed: of those, without an answer that could be used.
        slow_ms: 95 % of its answers took no longer.
        last_at: when it was asked last.

    """

    source: Source
    asked: int
    failed: int
    slow_ms: int
    last_at: datetime

    @property
    def failed_share(self) -> float:
        """Which part of the questions got no answer, 0 to 1."""
        return self.failed / self.asked


def by_source(since: datetime) -> list[Health]:
    """Return how each department answered since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SOURCE, [since])
        return [
            Health(Source(source), asked, failed, round(slow), last)
            for source, asked, failed, slow, last in cursor.fetchall()
        ]
