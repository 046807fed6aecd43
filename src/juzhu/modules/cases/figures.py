"""What the dashboard counts of cases and decisions: sums only, never a person.

Statements of their own, because each must read a month of a big city in a fraction of a second:
they walk the index by acceptance and touch each case once.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from juzhu.domain.findings import Condition
from juzhu.modules.cases.contracts import Channel, DayOfCases, Pace

AT_ONCE_SECONDS: Final = 60
"""Decided within this time of acceptance, and by no officer, counts as decided at once (秒批)."""

_BY_DAY: Final = """
SELECT accepted_on, channel, count(*) FROM cases_case
WHERE accepted_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
"""

_BY_HOUR: Final = """
SELECT extract(hour FROM accepted_at AT TIME ZONE 'Asia/Shanghai')::int, channel, count(*)
FROM cases_case WHERE accepted_on = %(day)s GROUP BY 1, 2
"""

_UNTIL: Final = """
SELECT count(*) FROM cases_case WHERE accepted_on = %(day)s AND accepted_at <= %(moment)s
"""

# The first decision that is an answer; a case without one has none yet.
_PACE: Final = """
WITH answered AS (
  SELECT c.accepted_on AS day, d.decided_by,
         extract(epoch FROM d.decided_at - c.accepted_at) AS took
  FROM cases_case c CROSS JOIN LATERAL (
    SELECT decided_at, decided_by FROM cases_decision
    WHERE case_id = c.id AND outcome <> 'unknown' ORDER BY attempt LIMIT 1
  ) d
  WHERE c.accepted_on BETWEEN %(first)s AND %(last)s
)
SELECT day, count(*),
       count(*) FILTER (WHERE took <= %(at_once)s AND decided_by LIKE 'system:%%'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY took)
FROM answered GROUP BY GROUPING SETS ((day), ()) ORDER BY day
"""

# Of conditions that share a group one met is enough: a case failed by a group if none was met.
_REFUSED: Final = """
SELECT condition, count(*) FROM (
  SELECT d.case_id, coalesce(%(groups)s::jsonb ->> (f.value ->> 'condition'),
                             f.value ->> 'condition') AS condition
  FROM cases_case c JOIN cases_decision d ON d.case_id = c.id AND d.outcome = 'refused'
  CROSS JOIN LATERAL jsonb_array_elements(d.findings) f
  WHERE c.accepted_on BETWEEN %(first)s AND %(last)s
  GROUP BY 1, 2
  HAVING bool_or(f.value ->> 'met' = 'false') AND NOT bool_or(f.value ->> 'met' = 'true')
) x GROUP BY 1 ORDER BY 2 DESC, 1
"""

_OUTCOMES: Final = """
SELECT count(*) FILTER (WHERE refused), count(*) FILTER (WHERE refused AND last = 'approved')
FROM (
  SELECT bool_or(d.outcome = 'refused') AS refused,
         (array_agg(d.outcome ORDER BY d.attempt DESC))[1] AS last
  FROM cases_case c JOIN cases_decision d ON d.case_id = c.id
  WHERE c.accepted_on BETWEEN %(first)s AND %(last)s GROUP BY c.id
) x
"""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many cases were refused, and how many of those refusals did not stand."""

    refused: int
    overturned: int


def by_day(first: date, last: date) -> list[DayOfCases]:
    """Return applications of each day and channel; days without any are left out."""
    rows = _rows(_BY_DAY, first=first, last=last)
    return [DayOfCases(day, Channel(channel), count) for day, channel, count in rows]


def by_hour(day: date) -> dict[int, dict[Channel, int]]:
    """Return applications of one day by the hour of the civil day and the channel."""
    found: dict[int, dict[Channel, int]] = {}
    for hour, channel, count in _rows(_BY_HOUR, day=day):
        found.setdefault(hour, {})[Channel(channel)] = count
    return found


def accepted_until(moment: datetime, *, day: date) -> int:
    """Return how many applications a day had brought by a moment of it."""
    return int(_rows(_UNTIL, day=day, moment=moment)[0][0])


def pace(first: date, last: date) -> tuple[dict[date, Pace], Pace | None]:
    """Return how fast the cases of each day were answered, and all of them together."""
    days: dict[date, Pace] = {}
    whole = None
    for day, answered, at_once, median, slow in _rows(
        _PACE, first=first, last=last, at_once=AT_ONCE_SECONDS
    ):
        if not answered:
            continue
        found = Pace(answered, at_once, float(median), float(slow))
        if day is None:
            whole = found
        else:
            days[day] = found
    return days, whole


def refused_for(first: date, last: date) -> list[tuple[str, int]]:
    """Return refused cases by the condition, or group of them, not met; most frequent first."""
    groups = json.dumps({condition.value: condition.group for condition in Condition})
    rows = _rows(_REFUSED, first=first, last=last, groups=groups)
    return [(condition, count) for condition, count in rows]


def refusals(first: date, last: date) -> Refusals:
    """Return the refusals of cases accepted on these days, and those that did not stand."""
    return Refusals(*_rows(_OUTCOMES, first=first, last=last)[0])


def _rows(statement: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
    return found
