"""When the departments are asked again about a refused case, and until when.

Each day of the first week, then weekly, for as long as a refusal can be taken to review
(行政复议法 第二十条): data come late or are corrected, and nobody has to notice it but us.
"""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from juzhu.domain.findings import Decision
from juzhu.domain.parameters import REVIEW_DAYS
from juzhu.domain.vocabulary import Business, Source
from juzhu.modules.cases.models import Case, Recheck
from juzhu.ports.clock import SHENZHEN

DAILY: Final = 7
WEEK: Final = 7
WEIGHED: Final = (Business.FIRST_ISSUE, Business.ENDORSEMENT)


class Due(NamedTuple):
    """A refused case to be asked about again."""

    id: int
    number: str
    person_id: int


def begin(case: Case, decision: Decision, at: datetime) -> None:
    """Have a refused case asked about again, if it was refused for what a register holds."""
    by_register = any(
        finding.met is False and finding.source is not Source.PERMIT
        for finding in decision.findings
    )
    if case.business in WEIGHED and by_register:
        Recheck.objects.create(case=case, next_on=at.date() + timedelta(days=1))


def due(*, on: date, after: int, limit: int) -> list[Due]:
    """Return the refused cases to be asked about by `on`, by number from `after` on."""
    rows = Recheck.objects.filter(next_on__lte=on, pk__gt=after).order_by("pk")[:limit]
    return [Due(*row) for row in rows.values_list("pk", "case__number", "case__person_id")]


def move(case: Case, on: date) -> None:
    """Set the next day after `on`, or end when a refusal cannot be taken to review any more."""
    refused_on = (case.closed_at or case.accepted_at).astimezone(SHENZHEN).date()
    days = (on - refused_on).days
    following = days + 1 if days < DAILY else days + WEEK
    if following > REVIEW_DAYS.on(on).value:
        end(case)
    else:
        Recheck.objects.filter(case=case).update(next_on=refused_on + timedelta(days=following))


def end(case: Case) -> None:
    """Ask no more."""
    Recheck.objects.filter(case=case).delete()
