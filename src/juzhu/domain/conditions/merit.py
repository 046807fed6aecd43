"""Introduced talent (人才引进) and full-time students: routes without any waiting time."""

from datetime import date
from typing import Final

from juzhu.domain.conditions.case import Case, Rule, fact_finding
from juzhu.domain.facts import UNKNOWN, Enrolment, Talent
from juzhu.domain.findings import Condition, Finding
from juzhu.domain.vocabulary import Source, TalentKind

_TALENT = Condition.TALENT
_ENROLLED = Condition.ENROLLED
_TALENT_SOURCE = Source.TALENT
_ENROLMENT_SOURCE = Source.ENROLMENT

PART_TIME_DEGREE: Final = "degree_part_time"
"""Found: a degree, but not of full-time study (非全日制)."""
CERTIFICATE_FROM_ELSEWHERE: Final = "skill_certificate_elsewhere"
"""Found: a skill certificate that another city or the state issued."""
PART_TIME: Final = "part_time"
NOT_BEGUN: Final = "not_begun"
ENDED: Final = "ended"


def look_talent(case: Case) -> Finding:
    """Ask for a qualification of the talent list (第十九条 第二款; for endorsement 第二十四条)."""
    talents = case.facts.talent
    if talents is UNKNOWN:
        return fact_finding(case, _TALENT, None, _TALENT_SOURCE, case.ground)
    found: str | bool = False
    for talent in talents:
        flaw = _flaw_of_talent(talent)
        if flaw is None:
            return _merit(case, _TALENT, True, talent.kind.value, _TALENT_SOURCE, case.on)
        found = found or flaw
    return _merit(case, _TALENT, False, found, _TALENT_SOURCE, None)


def is_issued_here(issued_by: str) -> bool:
    """Say whether an issuing body names Shenzhen, in Chinese, pinyin or by its division code."""
    return "深圳" in issued_by or "shenzhen" in issued_by.casefold() or issued_by.startswith("4403")


def _flaw_of_talent(talent: Talent) -> str | None:
    if talent.kind is TalentKind.DEGREE and not talent.full_time:
        return PART_TIME_DEGREE
    if talent.kind is TalentKind.SKILL_CERTIFICATE and not is_issued_here(talent.issued_by):
        return CERTIFICATE_FROM_ELSEWHERE
    # A talent title that has expired still counts, for issue and for endorsement.
    return None


def look_enrolled(case: Case) -> Finding:
    """Ask for full-time secondary or higher study on the day (全日制中高等学历(职业)教育)."""
    enrolments, on = case.facts.enrolment, case.on
    if enrolments is UNKNOWN:
        return fact_finding(case, _ENROLLED, None, _ENROLMENT_SOURCE, case.ground)
    found: str | bool = False
    for enrolment in enrolments:
        flaw = _flaw_of_enrolment(enrolment, on)
        if flaw is None:
            level = enrolment.level.value
            return _merit(case, _ENROLLED, True, level, _ENROLMENT_SOURCE, on)
        found = found or flaw
    passes_on = first_enrolled_day(case, on)
    return _merit(case, _ENROLLED, False, found, _ENROLMENT_SOURCE, passes_on)


def first_enrolled_day(case: Case, day: date) -> date | None:
    """Return the first day from `day` with full-time study."""
    enrolments = case.facts.enrolment
    assert enrolments is not UNKNOWN  # what is unknown has no first day to ask about
    days = [
        max(day, enrolment.start)
        for enrolment in enrolments
        if enrolment.full_time and (enrolment.end is None or day <= enrolment.end)
    ]
    return min(days, default=None)


def _flaw_of_enrolment(enrolment: Enrolment, on: date) -> str | None:
    if not enrolment.full_time:
        return PART_TIME
    if on < enrolment.start:
        return NOT_BEGUN
    if enrolment.end is not None and enrolment.end < on:
        return ENDED
    return None


def _merit(
    case: Case,
    condition: Condition,
    met: bool,
    found: str | bool,
    source: Source,
    passes_on: date | None,
) -> Finding:
    return Finding(condition, met, True, found, None, source, case.ground, passes_on)


TALENT: Final = Rule(look_talent)
ENROLLED: Final = Rule(look_enrolled, first_enrolled_day)
