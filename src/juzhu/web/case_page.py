"""What the page of a case shows, from the case alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from juzhu.domain.parameters import (
    REVIEW_DAYS,
    SUIT_MONTHS,
    WRITTEN_ANSWER_WORKING_DAYS,
)
from juzhu.domain.vocabulary import Business
from juzhu.journeys.evidence import sources_of
from juzhu.modules.cases.contracts import CaseState, CaseView
from juzhu.modules.permits.contracts import PermitView
from juzhu.ports.departments import AnswerStatus
from juzhu.web import findings, points, texts


@dataclass(frozen=True, slots=True)
class Check:
    """One register in the list of what is being asked."""

    name: str
    answered: bool


def context(case: CaseView, permit: PermitView | None) -> Mapping[str, Any]:
    """Return what the template of any state may show."""
    rows = findings.rows(case.findings, case.answers)
    on = case.accepted_on
    return {
        "case": case,
        "permit": permit,
        "endorsing": case.business is Business.ENDORSEMENT,
        "rows": rows,
        "met_count": sum(row.met is True for row in rows),
        "failed": findings.listed(dict.fromkeys(row.short for row in rows if row.met is False)),
        "citations": findings.citations(case.findings),
        "corrections": findings.corrections(rows),
        "checks": checks(case),
        "silent": findings.names(case.silent),
        "point_name": points.named(case.point),
        "may_ask_review": may_ask_review(case),
        "review_days": REVIEW_DAYS.on(on).value,
        "suit_months": SUIT_MONTHS.on(on).value,
        "written_days": WRITTEN_ANSWER_WORKING_DAYS.on(on).value,
        "poll": poll_mark(case),
    }


def checks(case: CaseView) -> list[Check]:
    """Return the registers asked, with a tick for those that answered."""
    answered = {a.source for a in case.answers if a.status is AnswerStatus.ANSWERED}
    asked = sources_of(case.business)
    return [Check(str(texts.CHECKS[source]), source in answered) for source in asked]


def may_ask_review(case: CaseView) -> bool:
    """Say whether the refusal can still be put before an officer: once, and not after one."""
    untouched = case.review_asked_at is None and case.ruling is None
    return case.state is CaseState.REFUSED and untouched


def poll_mark(case: CaseView) -> str:
    """Return a word that changes when the page would."""
    return f"{case.state}-{len(case.answers)}-{len(case.silent)}"
